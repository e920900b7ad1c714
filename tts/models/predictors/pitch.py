"""Fundamental frequency of every frame, predicted from what the decoder reads."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from tts.audio.pitch import HIGHEST, LOWEST
from tts.models.layers import GatedConvStack
from tts.settings.schema import check_shares, check_sizes

MIDDLE = 150.0
"""Hz; from where octaves are counted."""


@dataclass(frozen=True)
class PitchConfig:
    """The predictor of the fundamental frequency, at the frame rate."""

    layers: int = 2
    """Number of convolution layers; more see farther and take longer."""
    kernel: int = 5
    """Width of each convolution, in frames; odd."""
    dropout: float = 0.1
    """Share of channels that training switches off at random, 0 to 1; more keeps a model from learning little speech
    by heart."""

    def __post_init__(self) -> None:
        check_sizes(self, layers=64, kernel=63)
        check_shares(dropout=self.dropout)


@dataclass
class PitchPrediction:
    """Pitch and voicing of every frame."""

    octaves: Tensor
    """float32 `[B, T]`, log2 of the frequency over `MIDDLE`, 150 Hz."""
    voicing: Tensor
    """float32 `[B, T]`, logit of being voiced."""

    def hertz(self) -> Tensor:
        """`[B, T]`; 0 where unvoiced."""
        frequency = (MIDDLE * self.octaves.exp2()).clamp(LOWEST, HIGHEST)
        return torch.where(self.voicing > 0, frequency, 0.0)


class PitchPredictor(nn.Module):
    """Frames `[B, T, D]` → their pitch."""

    def __init__(self, width: int, config: PitchConfig) -> None:
        super().__init__()
        self.stack = GatedConvStack(width, config.layers, config.kernel, config.dropout)
        self.out = nn.Linear(width, 2)

    def forward(self, frames: Tensor, mask: Tensor) -> PitchPrediction:
        octaves, voicing = self.out(self.stack(frames, mask)).float().unbind(-1)
        return PitchPrediction(octaves, voicing)


def octaves_of(pitch: Tensor) -> Tensor:
    """Hz `[...]` → octaves from `MIDDLE`, 0 where unvoiced."""
    return torch.where(pitch > 0, (pitch.clamp(min=LOWEST) / MIDDLE).log2(), 0.0)
