"""Length masks."""

from __future__ import annotations

import torch
from torch import Tensor


def length_mask(lengths: Tensor, size: int) -> Tensor:
    """True inside the length, bool `[B, size]`, for int64 lengths `[B]`."""
    return torch.arange(size, device=lengths.device) < lengths[:, None]
