"""Discriminators between recordings and copies: over periods of the waveform, and over spectra."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import weight_norm

SLOPE = 0.1
DiscriminatorOutput = tuple[Tensor, list[Tensor]]
"""Scores, high for recordings, and the features of every layer before them."""


@dataclass(frozen=True)
class DiscriminatorConfig:
    periods: tuple[int, ...] = (2, 3, 5, 7, 11)
    """One discriminator a number: it compares samples that lie so far apart (HiFi-GAN's periods)."""
    windows: tuple[int, ...] = (512, 1024, 2048)
    """One discriminator a number: it reads spectra with windows of so many samples."""
    channels: int = 16
    """Channels of each discriminator's first layer; later ones of those over periods have up to 16 times as many."""

    def __post_init__(self) -> None:
        if self.channels <= 0 or not self.periods + self.windows or min(self.periods + self.windows) <= 0:
            raise ValueError("channels, periods and windows must be positive, and one period or window at least given")


class PeriodDiscriminator(nn.Module):
    """Reads every `period`-th sample together (Kong, Kim, Bae 2020, arXiv 2010.05646)."""

    def __init__(self, period: int, channels: int) -> None:
        super().__init__()
        self.period = period
        widths = [1, channels, 4 * channels, 8 * channels, 16 * channels]
        self.layers = nn.ModuleList(weight_norm(nn.Conv2d(a, b, (5, 1), (3, 1), (2, 0))) for a, b in pairwise(widths))
        self.score = weight_norm(nn.Conv2d(widths[-1], 1, (3, 1), padding=(1, 0)))

    def forward(self, wav: Tensor) -> DiscriminatorOutput:
        """`[B, samples]`."""
        wav = F.pad(wav[:, None], (0, -wav.shape[1] % self.period), mode="reflect")
        return _score(wav.unflatten(2, (-1, self.period)), self.layers, self.score)


class SpectrumDiscriminator(nn.Module):
    """Reads a complex spectrum (Jang et al. 2021, arXiv 2106.07889, had its magnitude)."""

    window: Tensor

    def __init__(self, window: int, channels: int) -> None:
        super().__init__()
        self.register_buffer("window", torch.hann_window(window), persistent=False)
        shapes = [((9, 3), (1, 1)), ((9, 3), (2, 1)), ((9, 3), (2, 1)), ((9, 3), (2, 1)), ((3, 3), (1, 1))]
        widths = [2] + [channels] * len(shapes)
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(a, b, kernel, stride, (kernel[0] // 2, kernel[1] // 2)))
            for a, b, (kernel, stride) in zip(widths, widths[1:], shapes, strict=False)
        )
        self.score = weight_norm(nn.Conv2d(channels, 1, (3, 3), padding=(1, 1)))

    def forward(self, wav: Tensor) -> DiscriminatorOutput:
        """`[B, samples]`."""
        size = len(self.window)
        spectrum = torch.stft(wav.float(), size, size // 4, window=self.window, return_complex=True) / size**0.5
        return _score(torch.view_as_real(spectrum).permute(0, 3, 1, 2), self.layers, self.score)


class Discriminators(nn.Module):
    """All of them, each by itself."""

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        over_periods = [PeriodDiscriminator(period, config.channels) for period in config.periods]
        over_spectra = [SpectrumDiscriminator(window, config.channels) for window in config.windows]
        self.members = nn.ModuleList([*over_periods, *over_spectra])

    def forward(self, wav: Tensor) -> tuple[list[Tensor], list[list[Tensor]]]:
        """`[B, samples]` → every member's scores, and its layers' features."""
        outputs = [member(wav) for member in self.members]
        return [scores for scores, _ in outputs], [features for _, features in outputs]


def _score(x: Tensor, layers: nn.ModuleList, score: nn.Module) -> DiscriminatorOutput:
    features = []
    for layer in layers:
        x = F.leaky_relu(layer(x), SLOPE)
        features.append(x)
    return score(x), features
