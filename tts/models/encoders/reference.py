"""Mel to hidden states and to a style: reference encoder and style tokens of Wang et al. 2018 (arXiv 1803.09017)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.attention.masks import length_mask
from tts.models.layers import mean_over_length
from tts.settings.schema import check_sizes


@dataclass(frozen=True)
class ReferenceEncoderConfig:
    """GST-style (Wang et al. 2018, arXiv 1803.09017), at the frame rate."""

    channels: tuple[int, ...] = (8, 16, 32)
    """Channels of each 2-D convolution, one number a layer; each layer halves the frequency axis and keeps time."""
    gru: int = 64
    """Units of the recurrent layer (GRU) over frames; more remember more."""
    gru_stride: int = 4
    """Frames in each step of the GRU; more is faster. Boundaries come from the convolutions, so it need not be fine."""
    style_tokens: int = 8
    """Number of learnt styles of which a recording's style is mixed."""
    style_heads: int = 4
    """Number of attention heads that mix the styles; must divide `model.width`."""

    def __post_init__(self) -> None:
        check_sizes(self, gru=4096, gru_stride=64, style_tokens=4096, style_heads=64)
        if not 1 <= len(self.channels) <= 8 or not all(1 <= c <= 1024 for c in self.channels):
            raise ValueError(f"channels must be 1 to 8 numbers up to 1024, got {list(self.channels)}")


class ReferenceEncoder(nn.Module):
    """Mel `[B, T, M]` → R `[B, T, D]`.

    Strides halve the frequency axis only: time keeps its resolution, since phones are aligned on R. The GRU walks over
    means of `gru_stride` frames and each frame sees the memory of its group beside its own convolutions.
    """

    def __init__(self, n_mels: int, width: int, config: ReferenceEncoderConfig) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels, rows = 1, n_mels
        for out in config.channels:
            layers += [nn.Conv2d(channels, out, 3, stride=(1, 2), padding=1), nn.ReLU()]
            channels, rows = out, (rows + 1) // 2
        self.convolutions = nn.Sequential(*layers)
        self.into = nn.Linear(channels * rows, config.gru)
        self.gru = nn.GRU(config.gru, config.gru, batch_first=True)
        self.stride = config.gru_stride
        self.out = nn.Linear(2 * config.gru, width)

    def forward(self, mel: Tensor, mel_lengths: Tensor) -> Tensor:
        mask = length_mask(mel_lengths, mel.shape[1])[..., None]
        x = mel[:, None]
        for layer in self.convolutions:
            # Padding is zeroed before every layer, since biases fill it: nothing valid may depend on how much there is.
            x = layer(x * mask[:, None])
        x = torch.relu(self.into(x.transpose(1, 2).flatten(2))) * mask
        share = self._mean_of_groups(mask.to(x.dtype)).clamp(min=1 / self.stride)
        memory = self.gru(self._mean_of_groups(x) / share)[0].repeat_interleave(self.stride, 1)[:, : x.shape[1]]
        return self.out(torch.cat([x, memory], -1)) * mask

    def _mean_of_groups(self, x: Tensor) -> Tensor:
        return F.avg_pool1d(x.transpose(1, 2), self.stride, ceil_mode=True).transpose(1, 2)


class StyleTokens(nn.Module):
    """A bank of learnt styles; a recording is a mix of them, `[B, T, D]` → `[B, D]`."""

    def __init__(self, width: int, config: ReferenceEncoderConfig) -> None:
        super().__init__()
        self.tokens = nn.Parameter(torch.empty(config.style_tokens, width))
        nn.init.normal_(self.tokens, std=0.5)
        self.attention = nn.MultiheadAttention(width, config.style_heads, batch_first=True)

    def forward(self, encoded: Tensor, mel_lengths: Tensor) -> Tensor:
        query = mean_over_length(encoded, length_mask(mel_lengths, encoded.shape[1]))[:, None]
        bank = torch.tanh(self.tokens).to(query.dtype).expand(len(query), -1, -1)
        return self.attention(query, bank, bank, need_weights=False)[0][:, 0]
