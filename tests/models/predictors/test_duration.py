"""Fractional frames to whole ones, and whole ones to a hard alignment."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.models.predictors.duration import (
    LONGEST,
    SHORTER_SHARE,
    DurationConfig,
    DurationPredictor,
    ShortestDurations,
    hard_alignment,
    whole_frames,
)
from tts.models.statistics import apply_updates

DURATIONS = st.lists(st.lists(st.floats(0, 60, width=32), min_size=1, max_size=40), min_size=1, max_size=3)


@settings(max_examples=100, deadline=None)
@given(DURATIONS)
def test_rounding_gives_every_token_a_frame_and_does_not_drift(rows: list[list[float]]) -> None:
    lengths = torch.tensor([len(row) for row in rows])
    durations = torch.full((len(rows), int(lengths.max())), 7.7)  # rubbish in the padding
    for b, row in enumerate(rows):
        durations[b, : len(row)] = torch.tensor(row)
    whole = whole_frames(durations, lengths)
    assert whole.dtype == torch.int64
    for b, row in enumerate(rows):
        inside, want = whole[b, : len(row)], torch.tensor(row).double().clamp(min=1)
        assert (inside >= 1).all() and not whole[b, len(row) :].any()
        assert ((inside.cumsum(0) - want.cumsum(0)).abs() <= 0.5 + 1e-9).all(), "an end moved by over half a frame"


def test_whole_frames_stay_what_they_are() -> None:
    durations = torch.tensor([[3, 1, 12], [5, 2, 0]])
    assert torch.equal(whole_frames(durations.float(), torch.tensor([3, 2])), durations)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=1, max_size=3), st.integers(0, 3))
def test_a_hard_alignment_counts_back_to_its_durations(rows: list[list[int]], extra: int) -> None:
    durations = torch.tensor(rows)
    frames = int(durations.sum(1).max()) + extra
    alignment = hard_alignment(durations, frames)
    assert alignment.shape == (len(rows), frames, 3)
    assert torch.equal(alignment.sum(1).long(), durations)
    for one_hot, row in zip(alignment, rows, strict=True):
        want = [n for n, count in enumerate(row) for _ in range(count)]
        assert one_hot[: len(want)].argmax(-1).tolist() == want
        assert not one_hot[len(want) :].any()


def test_a_bad_prediction_is_bounded() -> None:
    predictor = DurationPredictor(6, DurationConfig(layers=1, kernel=3)).eval()
    torch.nn.init.constant_(predictor.out.bias, 100.0)
    frames = predictor(torch.randn(1, 4, 6), torch.ones(1, 4, dtype=torch.bool)).exp()
    torch.testing.assert_close(frames, torch.full((1, 4), float(LONGEST)))


def test_the_shortest_duration_is_one_that_hardly_any_occurrence_is_below() -> None:
    shortest, generator = ShortestDurations(3), torch.Generator().manual_seed(0)
    counted = []
    for _ in range(400):
        symbols = torch.randint(0, 2, (4, 30), generator=generator)  # the third never occurs
        durations = torch.randint(1, 40, (4, 30), generator=generator) + 10 * symbols
        tokens = torch.arange(30) < torch.tensor([30, 20, 10, 0])[:, None]
        padded = torch.where(tokens, durations, 0)  # the padding counts for nothing
        apply_updates([shortest.update(padded, symbols, tokens)])
        counted.append((durations[tokens], symbols[tokens]))
    durations, symbols = (torch.cat(values) for values in zip(*counted, strict=True))
    for symbol in range(2):
        below = (durations[symbols == symbol] < shortest.frames[symbol]).float().mean()
        assert SHORTER_SHARE / 2 < below < 2 * SHORTER_SHARE
    assert shortest.frames[2] == 0


def test_a_large_batch_does_not_throw_the_shortest_duration_to_and_fro() -> None:
    shortest, generator = ShortestDurations(1), torch.Generator().manual_seed(0)
    symbols, tokens = torch.zeros(40, 90, dtype=torch.long), torch.ones(40, 90, dtype=torch.bool)
    learnt = []
    for _ in range(120):
        durations = torch.randint(2, 12, (40, 90), generator=generator)
        apply_updates([shortest.update(durations, symbols, tokens)])
        learnt.append(float(shortest.frames))
    assert min(learnt[60:]) > 1.5 and max(learnt[60:]) < 3.5, "a tenth of the occurrences are 2"


def test_no_token_is_shorter_than_its_symbol_s_shortest() -> None:
    shortest = ShortestDurations(2)
    shortest.frames.copy_(torch.tensor([0.0, 4.0]))
    spoken = shortest(torch.tensor([[1.5, 1.5, 9.0]]), torch.tensor([[0, 1, 1]]))
    assert torch.equal(spoken, torch.tensor([[1.5, 4.0, 9.0]]))
