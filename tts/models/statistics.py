"""Running statistics of training batches, the same however many processes share the batches.

A batch gives an update, a tensor of sums. Updates are applied after the optimiser's step, when the processes have
synchronised anyway: summing them over processes within the step would make the faster ones wait once more.

B batch, G groups (speakers), D width.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, distributed


class RunningUpdate(NamedTuple):
    """One batch's contribution to a running statistic, of one process."""

    sums: Tensor
    apply: Callable[[Tensor], object]
    """Called with the sums over all processes."""


def apply_updates(updates: Sequence[RunningUpdate]) -> None:
    """Sum updates over all processes and apply them; called by all processes, with the same updates in order."""
    parts = [sums for sums, _ in updates]
    if parts and distributed.is_available() and distributed.is_initialized():
        joined = torch.cat([part.flatten() for part in parts])
        distributed.all_reduce(joined)
        parts = [sums.view_as(part) for sums, part in zip(joined.split([p.numel() for p in parts]), parts, strict=True)]
    for sums, (_, apply) in zip(parts, updates, strict=True):
        apply(sums)


def average_over_processes(value: Tensor) -> RunningUpdate:
    """Makes `value` `[D]`, of which every process has its own, their average."""
    return RunningUpdate(torch.cat([value, value.new_ones(1)]), lambda sums: value.copy_(sums[:-1] / sums[-1]))


@torch.no_grad()
def running_means(means: Tensor, seen: Tensor, values: Tensor, group: Tensor, momentum: float) -> RunningUpdate:
    """Moves the rows of `means` `[G, D]` towards the mean of the `values` `[B, D]` of their `group` `[B]`.

    The first mean of a group is taken as it is, and early ones are forgotten soon: those of an untrained model would
    otherwise stay for long where a speaker is rare. After it was `seen` `[G]` n times a row keeps `momentum` of itself,
    or n / (9 + n) where that is less. A group without values keeps its row.
    """
    counted = torch.cat([values, torch.ones_like(values[:, :1])], 1)
    sums = values.new_zeros(len(means), means.shape[1] + 1).index_add_(0, group, counted)

    def apply(sums: Tensor) -> None:
        total, count = sums[:, :-1], sums[:, -1:]
        mean = (total / count.clamp(min=1)).to(means.dtype)
        kept = (seen / (9 + seen)).clamp(max=momentum)[:, None]
        means.copy_(torch.where(count > 0, torch.lerp(mean, means, kept), means))
        seen.add_(count[:, 0] > 0)

    return RunningUpdate(sums, apply)
