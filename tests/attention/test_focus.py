"""Focus rate, and the faults of a path that it does not show."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from tts.attention.focus import focus_rate, inspect_path


def path(*tokens: int, size: int = 5, frames: int | None = None) -> Tensor:
    """`[1, T, N]`, attending mostly, not only, to the given tokens, and to nothing in the padding."""
    weights = 0.8 * F.one_hot(torch.tensor(tokens), size) + 0.2 / size
    return F.pad(weights, (0, 0, 0, (frames or len(tokens)) - len(tokens)))[None]


def inspect(alignment: Tensor, tokens: int, frames: int) -> tuple[float, int, int, int]:
    report = inspect_path(alignment, torch.tensor([tokens]), torch.tensor([frames]))
    return report.monotonicity.item(), report.skipped.item(), report.repeated.item(), report.unfinished.item()


def test_the_mean_peak_over_valid_frames_of_each_head() -> None:
    weights = torch.tensor(
        [[[[1.0, 0.0], [0.5, 0.5], [0, 0]], [[0.75, 0.25], [0.25, 0.75], [0, 0]]],
         [[[1.0, 0.0], [0.0, 1.0], [1, 0]], [[0.75, 0.25], [0.75, 0.25], [0.25, 0.75]]]]
    )  # fmt: skip
    rates = focus_rate(weights, torch.tensor([2, 3]))
    torch.testing.assert_close(rates, torch.tensor([4.5 / 5, 0.75]))


def test_padding_frames_do_not_count_whatever_they_hold() -> None:
    weights = torch.full((1, 1, 4, 2), 0.5)
    weights[0, 0, 2:] = 9.0
    assert focus_rate(weights, torch.tensor([2])).item() == 0.5


def test_a_path_without_fault() -> None:
    assert inspect(path(0, 0, 1, 2, 2, 3, 4), tokens=5, frames=7) == (1.0, 0, 0, 0)


def test_skipped_tokens_are_counted_and_leave_order_broken() -> None:
    monotonicity, skipped, repeated, unfinished = inspect(path(0, 0, 3, 4), tokens=5, frames=4)
    assert (skipped, repeated, unfinished) == (2, 0, 0)
    assert monotonicity == pytest.approx(2 / 3)


def test_returns_are_counted_once_each() -> None:
    monotonicity, skipped, repeated, unfinished = inspect(path(0, 1, 0, 1, 2, 1, 2, 3, 4), tokens=5, frames=9)
    assert (skipped, repeated, unfinished) == (0, 2, 0)
    assert monotonicity == pytest.approx(6 / 8)


def test_unfinished_is_how_far_the_last_frame_is_from_the_last_token() -> None:
    assert inspect(path(0, 1, 2, 2), tokens=5, frames=4) == (1.0, 2, 0, 2)


def test_lengths_bound_what_is_looked_at() -> None:
    """Padding frames attend nothing, which must not read as a return to token 0; padding tokens are not skipped."""
    assert inspect(path(0, 1, 2, frames=6, size=9), tokens=3, frames=3) == (1.0, 0, 0, 0)


def test_utterances_of_a_batch_are_reported_apart() -> None:
    batch = torch.cat([path(0, 1, 2, 3, 4), path(0, 2, 1, 1, 1)])
    report = inspect_path(batch, torch.tensor([5, 3]), torch.tensor([5, 5]))
    assert report.skipped.tolist() == [0, 0]
    assert report.repeated.tolist() == [0, 1]
    assert report.unfinished.tolist() == [0, 1]
