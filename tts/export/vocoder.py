"""The vocoder as a graph: a mel in, the waveform out, by real numbers alone.

ONNX has no complex numbers in most of its operators and no inverse short-time Fourier transform, so both transforms are
convolutions with sines and cosines.

T frames, M mel channels, S filters, F frequencies.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.vocoder.generator import Filters, Generator
from tts.vocoder.source import pulses


class MelToWave(nn.Module):
    """What `Generator` makes of a whole mel, the same noise every time."""

    window: Tensor
    squared: Tensor
    analysis: Tensor
    synthesis: Tensor
    noise_real: Tensor
    noise_imaginary: Tensor

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator
        window = generator.window.double()
        size = len(window)
        angle = 2 * math.pi * torch.outer(torch.arange(size // 2 + 1), torch.arange(size)).double() / size
        analysis = torch.cat([angle.cos(), -angle.sin()]) * window
        twice = torch.full((size // 2 + 1, 1), 2.0, dtype=torch.float64)
        twice[0] = 1.0
        if size % 2 == 0:
            twice[-1] = 1.0
        synthesis = torch.cat([twice * angle.cos(), -twice * angle.sin()]) * window / size
        self.register_buffer("analysis", analysis.float()[:, None])
        self.register_buffer("synthesis", synthesis.float()[:, None])
        self.register_buffer("squared", window.square().float()[None, None])
        self.register_buffer("noise_real", generator.noise.real.contiguous())
        self.register_buffer("noise_imaginary", generator.noise.imag.contiguous())

    def forward(self, mel: Tensor) -> Tensor:
        """Log-mel `[1, T, M]` of at least two frames → waveform `[1, (T − 1)·hop_length]`."""
        generator = self.generator
        source = pulses(generator.pitch(mel), generator.audio.hop_length, generator.audio.sample_rate, mel.new_zeros(1))
        return self.render(generator.filters(mel), source)

    def render(self, filters: Filters, source: Tensor) -> Tensor:
        """`Generator.render` without complex numbers."""
        real, imaginary = self._spectrum(source)
        place = torch.arange(filters.phase.shape[1]) % len(self.noise_real)
        noise_real, noise_imaginary = self.noise_real[place], self.noise_imaginary[place]
        (strength, noisy), turn = filters.gains(likelier=True), filters.phase
        cosine, sine = strength * turn.cos(), strength * turn.sin()
        spectrum = torch.cat(
            [
                real * cosine - imaginary * sine + noise_real * noisy,
                real * sine + imaginary * cosine + noise_imaginary * noisy,
            ],
            -1,
        ).transpose(1, 2)
        hop, half = self.generator.hop, self.squared.shape[-1] // 2
        wav = F.conv_transpose1d(spectrum, self.synthesis, stride=hop)
        overlap = F.conv_transpose1d(torch.ones_like(spectrum[:, :1]), self.squared, stride=hop)
        return (wav / overlap.clamp(min=1e-11))[:, 0, half : half + source.shape[1]]

    def _spectrum(self, wav: Tensor) -> tuple[Tensor, Tensor]:
        """`[1, samples]` → real and imaginary part, `[1, S, F]` each."""
        half = self.squared.shape[-1] // 2
        both = F.conv1d(F.pad(wav[:, None], (half, half)), self.analysis, stride=self.generator.hop)
        real, imaginary = both.transpose(1, 2).chunk(2, -1)
        return real, imaginary
