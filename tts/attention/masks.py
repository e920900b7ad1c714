"""Length masks, and means under them."""

from __future__ import annotations

import torch
from torch import Tensor


def length_mask(lengths: Tensor, size: int) -> Tensor:
    """True inside the length, bool `[B, size]`, for int64 lengths `[B]`."""
    return torch.arange(size, device=lengths.device) < lengths[:, None]


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """Mean of all `values` where `mask`, of the same shape, is true; what is elsewhere, NaN too, does not count."""
    # Not values[mask]: its size would have to be read from the GPU.
    return torch.where(mask, values, 0).sum() / mask.sum()
