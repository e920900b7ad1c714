"""The block every convolutional part is made of."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class GatedConv(nn.Module):
    """Residual gated convolution with layer norm before it: `[B, L, D]` → `[B, L, D]` (Dauphin et al. 2017).

    `mask` `[B, L, 1]` zeroes padding, so that it never reaches a valid position.
    """

    def __init__(self, width: int, kernel: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.convolution = nn.Conv1d(width, 2 * width, kernel, padding="same")
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        y = (self.norm(x) * mask).transpose(1, 2)
        y = F.glu(self.convolution(y), dim=1).transpose(1, 2)
        return x + self.dropout(y)


class GatedConvStack(nn.Module):
    """Gated convolutions and a final layer norm, `[B, L, D]` → `[B, L, D]`, zero in the padding."""

    def __init__(self, width: int, layers: int, kernel: int, dropout: float) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(GatedConv(width, kernel, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """`mask`: bool `[B, L]`."""
        zeroing = mask[..., None].to(x.dtype)
        for block in self.blocks:
            x = block(x, zeroing)
        return self.norm(x) * zeroing


def lowest_channels(mel: Tensor, count: int | None) -> Tensor:
    """Normalised mel `[..., M]` with its lowest `count` channels, and the mean in place of the others."""
    if count is None:
        return mel
    return torch.where(torch.arange(mel.shape[-1], device=mel.device) < count, mel, 0.0)


def mean_over_length(x: Tensor, mask: Tensor) -> Tensor:
    """Mean over the valid positions of `[B, L, D]` → `[B, D]`."""
    return (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)
