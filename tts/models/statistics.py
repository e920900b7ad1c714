"""Statistics learnt in passing, the same however many processes share the batches.

What a batch tells is a tensor of sums. It is taken in after the step, when the processes have waited for each other
anyway: in its midst the faster ones would wait once more.

B batch, G groups (speakers), D width.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, distributed


class Told(NamedTuple):
    """What a batch of one process told."""

    sums: Tensor
    take_in: Callable[[Tensor], object]
    """Called with the sums over all processes."""


def take_in(told: Sequence[Told]) -> None:
    """Learn from what the batches of all processes told; called by all of them, with the same things told."""
    parts = [sums for sums, _ in told]
    if parts and distributed.is_available() and distributed.is_initialized():
        joined = torch.cat([part.flatten() for part in parts])
        distributed.all_reduce(joined)
        parts = [sums.view_as(part) for sums, part in zip(joined.split([p.numel() for p in parts]), parts, strict=True)]
    for sums, (_, learn) in zip(parts, told, strict=True):
        learn(sums)


def told_average(value: Tensor) -> Told:
    """Makes `value` `[D]`, of which every process has its own, their average."""
    return Told(torch.cat([value, value.new_ones(1)]), lambda sums: value.copy_(sums[:-1] / sums[-1]))


@torch.no_grad()
def told_means(known: Tensor, seen: Tensor, values: Tensor, group: Tensor, momentum: float) -> Told:
    """Moves the rows of `known` `[G, D]` towards the mean of the `values` `[B, D]` of their `group` `[B]`.

    The first mean of a group is taken as it is and forgotten soon: what an untrained model told of a speaker who is
    seldom heard would stay for long. After it was `seen` `[G]` n times a row keeps `momentum` of itself, or n / (9 + n)
    where that is less. A group that is not among them keeps its row.
    """
    counted = torch.cat([values, torch.ones_like(values[:, :1])], 1)
    sums = values.new_zeros(len(known), known.shape[1] + 1).index_add_(0, group, counted)

    def learn(sums: Tensor) -> None:
        total, count = sums[:, :-1], sums[:, -1:]
        mean = (total / count.clamp(min=1)).to(known.dtype)
        kept = (seen / (9 + seen)).clamp(max=momentum)[:, None]
        known.copy_(torch.where(count > 0, torch.lerp(mean, known, kept), known))
        seen.add_(count[:, 0] > 0)

    return Told(sums, learn)
