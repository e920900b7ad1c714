"""A voice that differs from the one it began from by matrices of low rank.

In LoRA (Hu et al. 2021, arXiv 2106.09685) training itself is held to such updates. Here it is free, and the update is
approximated afterwards, as well as a matrix of its rank can (Eckart and Young 1936).
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from tts.models.tables import declared

NARROW = 8
"""A matrix with no more rows or columns than this is learnt as a whole, as kernels of a channel by itself are."""


def matrices(model: nn.Module) -> dict[str, Tensor]:
    """The weights `[out, …]` that are matrices or kernels, by their names; tables with a row for each symbol, speaker
    or language are none."""
    tables = {f"{name}.weight" for name, module in model.named_modules() if isinstance(module, nn.Embedding)}
    tables |= declared(model, "per_symbol") | declared(model, "per_speaker") | declared(model, "per_language")
    named = model.named_parameters()
    return {name: p for name, p in named if name not in tables and p.dim() > 1 and min(p.flatten(1).shape) > NARROW}


@torch.no_grad()
def limit_rank(model: nn.Module, initial: Mapping[str, Tensor], rank: int) -> None:
    """Put in the place of each matrix of `model` the nearest that differs from that of `initial` by one of `rank`."""
    for name, weight in matrices(model).items():
        start = initial[name].to(weight)
        change = (weight - start).flatten(1).double().cpu()
        left, sizes, right = torch.linalg.svd(change, full_matrices=False)
        nearest = (left[:, :rank] * sizes[:rank]) @ right[:rank]
        weight.copy_(start + nearest.view(weight.shape).to(weight))
