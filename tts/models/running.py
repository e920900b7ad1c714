"""Statistics learnt in passing, the same however many processes share the batches.

B batch, G groups (speakers), D width.
"""

from __future__ import annotations

import torch
from torch import Tensor, distributed


def over_processes(value: Tensor) -> Tensor:
    """`value`, replaced by its sum over the processes of the run."""
    if distributed.is_available() and distributed.is_initialized():
        distributed.all_reduce(value)
    return value


@torch.no_grad()
def remember(known: Tensor, values: Tensor, group: Tensor, momentum: float) -> None:
    """Move the rows of `known` `[G, D]` towards the mean of the `values` `[B, D]` of their `group` `[B]`.

    The first mean of a group is taken as it is; a group that is not among them keeps its row.
    """
    count = over_processes(values.new_zeros(len(known), 1).index_add_(0, group, torch.ones_like(values[:, :1])))
    total = over_processes(torch.zeros_like(known, dtype=values.dtype).index_add_(0, group, values))
    mean = (total / count.clamp(min=1)).to(known.dtype)
    moved = torch.where(known.any(1, keepdim=True), torch.lerp(mean, known, momentum), mean)
    known.copy_(torch.where(count > 0, moved, known))
