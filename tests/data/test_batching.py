"""Batches by frame budget: what they hold, in what shares, and that they can be reached again."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.data.batching import FrameBudgetBatches

FRAMES = torch.randint(20, 400, (60,), generator=torch.Generator().manual_seed(0)).tolist()
PART = [0] * 45 + [1] * 15


def sampler(**changes: object) -> FrameBudgetBatches:
    arguments = {"frames": FRAMES, "part": PART, "weights": [0.7, 0.3], "budget": 1600, "pool": 4, "seed": 5}
    return FrameBudgetBatches(**(arguments | changes))


def take(batches: FrameBudgetBatches, count: int) -> list[list[int]]:
    return list(islice(batches, count))


@settings(max_examples=40, deadline=None)
@given(
    frames=st.lists(st.integers(1, 300), min_size=1, max_size=30),
    budget=st.integers(1, 1000),
    pool=st.integers(1, 6),
    seed=st.integers(0, 2**31),
)
def test_padded_batches_keep_the_budget(frames: list[int], budget: int, pool: int, seed: int) -> None:
    batches = take(FrameBudgetBatches(frames, [0] * len(frames), [1.0], budget, pool, seed), 40)
    assert len(batches) == 40
    for batch in batches:
        padded = len(batch) * max(frames[i] for i in batch)
        assert batch and (padded <= budget or len(batch) == 1)


def test_little_is_padding() -> None:
    batches = take(sampler(pool=16), 200)
    padded = sum(len(batch) * max(FRAMES[i] for i in batch) for batch in batches)
    assert sum(FRAMES[i] for batch in batches for i in batch) / padded > 0.85


def test_every_utterance_is_seen_about_as_often() -> None:
    """Each corpus is gone through whole before any of it returns, however pools cut it."""
    seen: Counter[int] = Counter()
    for batch in take(sampler(weights=[sum(FRAMES[:45]), sum(FRAMES[45:])]), 300):
        seen.update(batch)
    for part in (0, 1):
        counts = [seen[i] for i in range(60) if PART[i] == part]
        assert min(counts) >= 3 and max(counts) - min(counts) <= 2


@pytest.mark.parametrize("weights", [[1.0, 1.0], [0.9, 0.1], [1, 30]])
def test_weights_are_shares_of_frames(weights: list[float]) -> None:
    drawn = [0, 0]
    for batch in take(sampler(weights=weights), 600):
        for i in batch:
            drawn[PART[i]] += FRAMES[i]
    assert drawn[0] / sum(drawn) == pytest.approx(weights[0] / sum(weights), abs=0.02)


def test_the_sequence_depends_on_the_seed_alone() -> None:
    torch.manual_seed(1)
    first = take(sampler(), 50)
    torch.manual_seed(2)
    assert take(sampler(), 50) == first
    assert take(sampler(seed=6), 50) != first


def test_one_sampler_can_be_walked_twice() -> None:
    batches = sampler()
    assert take(batches, 30) == take(batches, 30)


@pytest.mark.parametrize("start", [1, 7, 40])
@pytest.mark.parametrize("world", [1, 3])
def test_start_goes_on_exactly_where_a_run_stopped(start: int, world: int) -> None:
    for rank in range(world):
        whole = take(sampler(rank=rank, world=world), start + 20)
        assert take(sampler(rank=rank, world=world, start=start), 20) == whole[start:]


def test_ranks_share_the_sequence_out() -> None:
    whole = take(sampler(), 60)
    ranks = [take(sampler(rank=rank, world=3), 20) for rank in range(3)]
    assert [batch for step in zip(*ranks, strict=True) for batch in step] == whole


def test_batches_of_a_pool_do_not_come_by_length() -> None:
    longest = [max(FRAMES[i] for i in batch) for batch in take(sampler(pool=32), 30)]
    assert longest != sorted(longest) and longest != sorted(longest, reverse=True)


@pytest.mark.parametrize(
    ("part", "weights"),
    [([], [0.5, 0.5]), (PART, [1.0, 0.0]), (PART, [1.0, -1.0])],
    ids=["no utterance", "zero", "negative"],
)
def test_a_corpus_without_weight_is_refused(part: list[int], weights: list[float]) -> None:
    with pytest.raises(ValueError, match="each of their corpora a weight above 0"):
        sampler(part=part, weights=weights)


def test_a_corpus_without_utterances_has_no_share() -> None:
    assert take(sampler(part=[0] * 60, weights=[0.5, 0.5]), 20) == take(sampler(part=[0] * 60, weights=[1.0]), 20)


def test_an_utterance_is_drawn_as_often_as_its_share_says() -> None:
    shares = [0.0 if i < 10 else 0.5 if i < 20 else 1.0 for i in range(len(FRAMES))]
    counts = Counter(i for batch in take(sampler(shares=shares), 2000) for i in batch)
    assert not any(counts[i] for i in range(10))
    half, whole = (sum(counts[i] for i in own) / len(own) for own in (range(10, 20), range(20, 45)))
    assert half / whole == pytest.approx(0.5, abs=0.05)


def test_without_shares_the_sequence_is_that_of_shares_of_one() -> None:
    assert take(sampler(), 30) == take(sampler(shares=[1.0] * len(FRAMES)), 30)


def test_a_corpus_of_which_nothing_would_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="share is above 0"):
        sampler(shares=[0.0 if part else 1.0 for part in PART])
