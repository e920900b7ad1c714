"""Where in its token a frame is."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.models.length_regulator import passed_until, place_in_token, stretched
from tts.models.predictors.duration import hard_alignment


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=6))
def test_the_place_of_a_frame_under_a_hard_alignment(durations: list[int]) -> None:
    alignment = hard_alignment(torch.tensor([durations]), sum(durations))
    want = [
        (k + 0.5, d - k - 0.5, float(d)) for d in durations for k in range(d)
    ]  # the middle of frame k of a token of d frames
    passed, left, length = torch.tensor(want).unbind(1)
    expected = torch.stack([passed / length, passed.log1p(), left.log1p(), length.log1p()], 1)
    torch.testing.assert_close(place_in_token(alignment)[0], expected, rtol=1e-4, atol=1e-4)


def test_the_place_is_smooth_in_a_soft_alignment_and_nothing_in_the_padding() -> None:
    soft = torch.randn(2, 9, 4).softmax(-1)
    soft[1, 6:] = 0
    soft[1, :, 3] = 0
    soft.requires_grad_()
    place = place_in_token(soft)
    assert not place[1, 6:].any()
    place.square().sum().backward()
    assert soft.grad is not None and soft.grad.isfinite().all() and soft.grad.any()


def test_what_has_passed_is_the_same_frame_by_frame() -> None:
    alignment, before = torch.rand(2, 7, 3), torch.zeros(2, 1, 3)
    for t, passed in enumerate(passed_until(alignment).unbind(1)):
        here = alignment[:, t : t + 1]
        torch.testing.assert_close(passed_until(here, before)[:, 0], passed)
        before = before + here


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 40)), min_size=1, max_size=4), st.booleans())
def test_stretching_is_torch_s_interpolation_of_each_utterance(sizes: list[tuple[int, int]], smooth: bool) -> None:
    lengths, wanted = (torch.tensor(column) for column in zip(*sizes, strict=True))
    x = torch.randn(len(sizes), int(lengths.max()), 3, generator=torch.Generator().manual_seed(len(sizes)))
    made = stretched(x, lengths, wanted, smooth)
    for row, out, (length, count) in zip(x, made, sizes, strict=True):
        own = row[:length].T[None]
        mode = {"mode": "linear"} if smooth else {"mode": "nearest-exact"}
        expected = torch.nn.functional.interpolate(own, count, **mode)[0].T
        torch.testing.assert_close(out[:count], expected, rtol=1e-4, atol=1e-4)
