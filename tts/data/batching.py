"""Batches by frame budget, from length buckets, over a weighted mix of corpora: a fixed sequence for a seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch.utils.data import Sampler


class FrameBudgetBatches(Sampler[list[int]]):
    """An endless sequence of batches of indices into a dataset.

    Each corpus is gone through in random order, again and again. From the mix, a pool of utterances is drawn, sorted by
    length and cut into batches whose padded size stays within the budget; the batches of a pool come in random order.
    The sequence depends on the arguments alone, so that position k can be reached again after a restart.

    Parameters
    ----------
    frames: length of every utterance, in frames.
    part: which corpus each belongs to, 0…P−1.
    weights: share of the frames of each corpus, `[P]`; one without utterances has none.
    budget: frames of a batch, padding included; a longer utterance makes a batch of its own.
    pool: batches drawn and sorted at a time.
    rank, world: this process takes every `world`-th batch.
    start: batches (of this process) to pass over.
    shares: probability, 0 to 1, with which a pass over its corpus takes each utterance; None for 1.
    """

    def __init__(
        self,
        frames: Sequence[int],
        part: Sequence[int],
        weights: Sequence[float],
        budget: int,
        pool: int,
        seed: int,
        rank: int = 0,
        world: int = 1,
        start: int = 0,
        shares: Sequence[float] | None = None,
    ) -> None:
        present = sorted(set(part))
        if not present or min(weights[p] for p in present) <= 0:
            raise ValueError("batches need utterances, and each of their corpora a weight above 0")
        self.frames, self.part = list(frames), list(part)
        self.shares = [1.0] * len(frames) if shares is None else list(shares)
        for p in present:
            if not max(share for share, own in zip(self.shares, part, strict=True) if own == p) > 0:
                raise ValueError("each corpus needs an utterance whose share is above 0")
        self.weights = {p: weights[p] for p in present}
        self.budget, self.pool, self.seed = budget, pool, seed
        self.rank, self.world, self.start = rank, world, start

    def __iter__(self) -> Iterator[list[int]]:
        for position, batch in enumerate(self._all()):
            if position % self.world == self.rank and position // self.world >= self.start:
                yield batch

    def _all(self) -> Iterator[list[int]]:
        generator = torch.Generator().manual_seed(self.seed)
        streams = {p: self._shuffled(p, generator) for p in self.weights}
        drawn = dict.fromkeys(streams, 0.0)
        while True:
            chosen: list[int] = []
            total = 0
            while total < self.pool * self.budget:
                behind = min(streams, key=lambda p: drawn[p] / self.weights[p])
                index = next(streams[behind])
                chosen.append(index)
                drawn[behind] += self.frames[index]
                total += self.frames[index]
            batches = self._cut(sorted(chosen, key=lambda i: self.frames[i]))
            for k in torch.randperm(len(batches), generator=generator).tolist():
                yield batches[k]

    def _shuffled(self, part: int, generator: torch.Generator) -> Iterator[int]:
        members = [i for i, p in enumerate(self.part) if p == part]
        while True:
            for k in torch.randperm(len(members), generator=generator).tolist():
                share = self.shares[members[k]]
                # Nothing is drawn for those that are always taken: without shares the sequence is that of a version
                # that knew none.
                if share == 1 or float(torch.rand((), generator=generator)) < share:
                    yield members[k]

    def _cut(self, ordered: list[int]) -> list[list[int]]:
        batches: list[list[int]] = [[]]
        for index in ordered:  # rising length: the newcomer is the longest
            if batches[-1] and self.frames[index] * (len(batches[-1]) + 1) > self.budget:
                batches.append([])
            batches[-1].append(index)
        return batches
