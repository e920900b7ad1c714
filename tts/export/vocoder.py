"""The vocoder as a graph: a mel in, the waveform out, by real numbers alone.

ONNX has no complex numbers in most of its operators and no inverse short-time Fourier transform, so both transforms are
products with matrices of cosines and sines. Frames are folded about their middle first: cosines are the same on both
sides of it and sines opposite, so that half of each matrix does.

T frames, M mel channels, S filters, F frequencies, N samples of a window, H samples from filter to filter.
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

    cosines: Tensor
    sines: Tensor
    from_cosines: Tensor
    from_sines: Tensor
    overlap: Tensor
    noise_real: Tensor
    noise_imaginary: Tensor

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator
        window = generator.window.double()
        self.size, self.hop = len(window), generator.hop
        self.middle = self.size // 2  # of an even number
        self.pairs = self.middle - 1
        self.blocks = -(-self.size // self.hop)
        angle = 2 * math.pi * torch.outer(torch.arange(self.middle + 1), torch.arange(self.middle + 1)).double()
        cosines, sines = (angle / self.size).cos(), (angle / self.size).sin()
        weighted = window[: self.middle + 1, None]
        twice = torch.full((self.middle + 1, 1), 2.0, dtype=torch.float64)
        twice[0] = twice[-1] = 1.0
        paired = slice(1, self.pairs + 1)
        inverse = (twice * weighted.T) / self.size
        self.register_buffer("cosines", (weighted * cosines).float())
        self.register_buffer("sines", -(weighted * sines)[paired].float())
        self.register_buffer("from_cosines", (inverse * cosines).float())
        self.register_buffer("from_sines", -(inverse * sines)[:, paired].float())
        squared = F.pad(window.square(), (0, self.blocks * self.hop - self.size)).view(self.blocks, self.hop)
        self.register_buffer("overlap", F.pad(squared.cumsum(0), (0, 0, 1, 0)).float())
        self.register_buffer("noise_real", generator.noise.real.contiguous())
        self.register_buffer("noise_imaginary", generator.noise.imag.contiguous())

    def forward(self, mel: Tensor) -> Tensor:
        """Log-mel `[1, T, M]` of at least two frames → waveform `[1, (T − 1)·hop_length]`."""
        generator = self.generator
        source = pulses(generator.pitch(mel), generator.audio.hop_length, generator.audio.sample_rate, mel.new_zeros(1))
        return self.render(generator.filters(mel), source)

    def render(self, filters: Filters, source: Tensor) -> Tensor:
        """`Generator.render` of one waveform without complex numbers."""
        (strength, noisy), turn = (gain[0] for gain in filters.gains(likelier=True)), filters.phase[0]
        real, imaginary = self.spectrum(source[0], turn.shape[0])
        place = torch.arange(turn.shape[0]) % len(self.noise_real)
        cosine, sine = strength * turn.cos(), strength * turn.sin()
        wav = self.wave(
            real * cosine - imaginary * sine + self.noise_real[place] * noisy,
            real * sine + imaginary * cosine + self.noise_imaginary[place] * noisy,
        )
        return wav[None, : source.shape[1]]

    def spectrum(self, wav: Tensor, count: int) -> tuple[Tensor, Tensor]:
        """`[(S − 1)·H]` → real and imaginary part `[S, F]`; `count` is S."""
        blocks = F.pad(wav, (self.middle, self.blocks * self.hop - self.middle)).view(-1, self.hop)
        frames = torch.cat([blocks[first : first + count] for first in range(self.blocks)], 1)
        first, last = frames[:, 1 : self.pairs + 1], frames[:, self.size - self.pairs : self.size].flip(1)
        even = torch.cat([frames[:, :1], first + last, frames[:, self.pairs + 1 : self.middle + 1]], 1)
        return even @ self.cosines, (first - last) @ self.sines

    def wave(self, real: Tensor, imaginary: Tensor) -> Tensor:
        """The reverse, with the end that the last windows overlap: `[S, F]` each → `[S·H]` or more."""
        even, odd = real @ self.from_cosines, imaginary @ self.from_sines
        first, alone = even[:, 1 : self.pairs + 1], even[:, self.pairs + 1 :]
        frames = torch.cat([even[:, :1], first + odd, alone, (first - odd).flip(1)], 1)
        added = real.new_zeros(1)
        for k, block in enumerate(frames.split(self.hop, 1)):
            added = added + F.pad(block, (0, self.hop - block.shape[1], k, self.blocks - 1 - k))
        place = torch.arange(added.shape[0])
        begun, ended = (place + 1).clamp(max=self.blocks), (place + 1 - real.shape[0]).clamp(min=0)
        overlap = self.overlap[begun] - self.overlap[ended]
        return (added / overlap.clamp(min=1e-11)).flatten()[self.middle :]
