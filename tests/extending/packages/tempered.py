"""A mechanism of attention: a softmax over the text whose temperature each head learns."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tts.attention.config import AttentionConfig
from tts.attention.decoding import Bounds
from tts.attention.mechanism import Aligned, Mechanism, Path


class Tempered(Mechanism, name="tempered"):
    """softmax(e / τ), with one τ for each head, which starts at 1."""

    def __init__(self, config: AttentionConfig) -> None:
        super().__init__(config)
        self.log_temperature = nn.Parameter(torch.zeros(config.heads))

    def weights(self, energy: Tensor, heads: tuple[int, ...]) -> Tensor:
        """Of energies `[B, h, …, N]`."""
        temperature = self.log_temperature[list(heads)].exp()
        return (energy / temperature.view(-1, *[1] * (energy.dim() - 2))).softmax(-1)

    def align(
        self, energy: Tensor, mel: Tensor, heads: tuple[int, ...], text_lengths: Tensor, mel_lengths: Tensor
    ) -> Aligned:
        frames = torch.arange(energy.shape[2], device=energy.device) < mel_lengths[:, None]
        return Aligned(self.weights(energy, heads) * frames[:, None, :, None])

    def path(self, heads: tuple[int, ...], bounds: Bounds) -> Path:
        return TemperedPath(self, heads)


class TemperedPath:
    """Frame by frame: each by itself."""

    def __init__(self, mechanism: Tempered, heads: tuple[int, ...]) -> None:
        self.mechanism, self.heads = mechanism, heads

    def advance(self, energy: Tensor, mel: Tensor) -> Tensor:
        return self.mechanism.weights(energy, self.heads)
