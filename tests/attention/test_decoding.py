"""Paths one frame at a time: the soft one against the recursion and against all paths, the others by hand."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tts.attention.decoding import GivenPath, HardPath, SoftPath
from tts.ops import stepwise_expectation


def test_the_soft_path_without_bounds_is_the_expectation() -> None:
    torch.manual_seed(0)
    stay, text_lengths = torch.randn(2, 3, 20, 6), torch.tensor([6, 4])
    whole = stepwise_expectation(stay, text_lengths, torch.tensor([20, 20]), from_logits=True)
    path = SoftPath(text_lengths, torch.zeros(2, 6).long(), torch.full((2, 6), 20), width=6, sharpness=1)
    for t in range(20):
        torch.testing.assert_close(path.advance(stay[:, :, t]), whole[:, :, t])


def test_the_soft_path_within_bounds_is_the_mean_of_all_paths_within_them() -> None:
    torch.manual_seed(0)
    frames, tokens = 9, 4
    stay, shortest, longest = torch.randn(frames, tokens), [1, 2, 0, 1], [2, 3, 4, 1]
    mean = torch.zeros(frames, tokens)

    def walk(path: list[int], probability: float) -> None:
        if len(path) == frames:
            mean[torch.arange(frames), torch.tensor(path)] += probability
            return
        here, stayed = path[-1], path.count(path[-1])
        moves = 1 - float(stay[len(path), here].sigmoid())
        if here == tokens - 1 or stayed < shortest[here]:
            moves = 0.0
        elif stayed >= longest[here]:
            moves = 1.0
        if moves < 1:
            walk([*path, here], probability * (1 - moves))
        if moves > 0:
            walk([*path, here + 1], probability * moves)

    walk([0], 1.0)
    bounds = torch.tensor([tokens]), torch.tensor([shortest]), torch.tensor([longest])

    def spoken(sharpness: float) -> torch.Tensor:
        path = SoftPath(*bounds, tokens, sharpness)
        return torch.stack([path.advance(stay[None, None, t])[0, 0] for t in range(frames)])

    torch.testing.assert_close(spoken(1), mean)
    sharper = mean**3
    torch.testing.assert_close(spoken(3), sharper / sharper.sum(1, keepdim=True), msg="its state is not sharpened")


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 9), st.integers(1, 3), st.integers(0, 99))
def test_a_soft_path_stays_with_few_neighbours_and_passes_every_token(tokens: int, width: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    ends, frames = torch.tensor([tokens]), 5 * tokens
    path = SoftPath(ends, torch.full((1, tokens), 1), torch.full((1, tokens), 4), width, sharpness=1)
    places = torch.stack(
        [path.advance(3 * torch.randn(1, 1, tokens, generator=generator))[0, 0] for _ in range(frames)]
    )
    torch.testing.assert_close(places.sum(1), torch.ones(frames))
    on = places > 0
    assert (on.sum(1) <= width).all() and on.any(0).all() and on[-1, -1]
    first, last = on.int().argmax(1), tokens - 1 - on.flip(1).int().argmax(1)
    assert (last - first < width).all() and (first.diff() >= 0).all(), "neighbours, and never back"
    assert ((last.diff() >= 0) & (last.diff() <= 1)).all(), "no token is passed over"


def places(path: HardPath, stay: Tensor, frames: int) -> list[int]:
    return [int(path.advance(stay)[0, 0].argmax()) for _ in range(frames)]


def test_the_hard_path_moves_when_half_of_all_paths_would_have() -> None:
    ends, least, most = torch.tensor([3]), torch.zeros(1, 3).long(), torch.full((1, 3), 99)
    stay = torch.full((1, 1, 3), 0.8).logit()  # 0.8 ** 3 > 0.5 > 0.8 ** 4
    assert places(HardPath(ends, least, most), stay, 10) == [0] * 4 + [1] * 4 + [2] * 2
    assert places(HardPath(ends, torch.full((1, 3), 6), most), stay, 14) == [0] * 6 + [1] * 6 + [2] * 2
    assert places(HardPath(ends, least, torch.full((1, 3), 2)), stay, 6) == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize(("reduction", "places"), [(1, [0] * 3 + [1] + [2] * 6), (2, [0, 0, 2, 2, 2])])
def test_the_given_path_is_the_recording_s(reduction: int, places: list[int]) -> None:
    path = GivenPath(torch.tensor([[3, 1, 4]]), torch.tensor([3]), reduction)
    energy, mel = torch.zeros(1, 1, 3), torch.zeros(1, 2)
    assert [int(path.advance(energy, mel)[0, 0].argmax()) for _ in places] == places
