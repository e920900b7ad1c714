"""Who speaks, heard from a recording: what stands for a speaker that a model was not trained on."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from tts.attention.masks import length_mask
from tts.models.layers import GatedConvStack, mean_over_length
from tts.settings.schema import check_shares, check_sizes

STRIDE = 2
"""Frames that are read as one: who speaks does not change between them."""
LEAST_VARIANCE = 1e-5


@dataclass(frozen=True)
class SpeakerEncoderConfig:
    channels: int = 0
    """Channels of the part that hears from a recording who speaks; 0 for none, and then a speaker must be trained."""
    layers: int = 3
    """Number of convolution layers."""
    kernel: int = 5
    """Width of each convolution, in pairs of frames; odd."""
    dropout: float = 0.1
    """Share of channels that training switches off at random, 0 to 1."""

    def __post_init__(self) -> None:
        if self.channels:
            check_sizes(self, channels=4096, layers=64, kernel=63)
        check_shares(dropout=self.dropout)


class SpeakerEncoder(nn.Module):
    """Normalised mel `[B, T, M]` → what the table of speakers holds for who speaks, `[B, D]`.

    Convolutions, and the mean and standard deviation of their channels over all frames, as in an x-vector (Snyder et
    al. 2018).
    """

    def __init__(self, n_mels: int, width: int, config: SpeakerEncoderConfig) -> None:
        super().__init__()
        self.into = nn.Linear(STRIDE * n_mels, config.channels)
        self.stack = GatedConvStack(config.channels, config.layers, config.kernel, config.dropout)
        self.out = nn.Linear(2 * config.channels, width)

    def forward(self, mel: Tensor, mel_lengths: Tensor) -> Tensor:
        mel = mel * length_mask(mel_lengths, mel.shape[1])[..., None]
        mel = nn.functional.pad(mel, (0, 0, 0, -mel.shape[1] % STRIDE))
        lengths = (mel_lengths + STRIDE - 1) // STRIDE
        x = self.into(mel.unflatten(1, (-1, STRIDE)).flatten(2))
        mask = length_mask(lengths, x.shape[1])
        x = self.stack(x, mask)
        mean = mean_over_length(x, mask)
        variance = mean_over_length((x - mean[:, None]).square(), mask)
        return self.out(torch.cat([mean, (variance + LEAST_VARIANCE).sqrt()], -1))
