"""The block every convolutional part is made of."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class GatedConv(nn.Module):
    """Residual gated convolution with layer norm before it: `[B, L, D]` → `[B, L, D]` (Dauphin et al. 2017).

    `mask` `[B, L, 1]` zeroes padding, so that it never reaches a valid position. Of the kernel's weights for positions
    to come only the first `ahead` are used.
    """

    def __init__(self, width: int, kernel: int, dropout: float, ahead: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.convolution = nn.Conv1d(width, 2 * width, kernel, padding="same")
        self.dropout = nn.Dropout(dropout)
        self.behind, self.ahead = kernel // 2, ahead

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        y = (self.norm(x) * mask).transpose(1, 2)
        if self.ahead == self.behind:
            y = self.convolution(y)
        else:
            used = self.convolution.weight[..., : self.behind + 1 + self.ahead]
            y = F.conv1d(F.pad(y, (self.behind, self.ahead)), used, self.convolution.bias)
        return x + self.dropout(F.glu(y, dim=1).transpose(1, 2))


class GatedConvStack(nn.Module):
    """Gated convolutions and a final layer norm, `[B, L, D]` → `[B, L, D]`, zero in the padding.

    A position depends on `behind` positions before it and on `ahead` after it. `ahead` is `behind` if not given, and
    can be less: the first layers look ahead then.
    """

    def __init__(self, width: int, layers: int, kernel: int, dropout: float, ahead: int | None = None) -> None:
        super().__init__()
        each, self.behind = kernel // 2, layers * (kernel // 2)
        self.ahead = self.behind if ahead is None else min(ahead, self.behind)
        shares = [min(each, max(0, self.ahead - each * layer)) for layer in range(layers)]
        self.blocks = nn.ModuleList(GatedConv(width, kernel, dropout, share) for share in shares)
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
