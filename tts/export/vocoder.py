"""The vocoder as a graph: a mel in, the waveform out, by real numbers alone.

ONNX has no complex numbers in most of its operators and no inverse short-time Fourier transform, so both transforms are
products with matrices of cosines and sines. Frames are folded about their middle first: cosines are the same on both
sides of it and sines opposite, so that half of each matrix does.

T frames, M mel channels, S filters, F frequencies, N samples of a window, H samples from filter to filter.
"""

from __future__ import annotations

import math
from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.vocoder.generator import LOUDEST, Block, Filters, Generator
from tts.vocoder.source import pulses


class MelToWave(nn.Module):
    """What `Generator` makes of a whole mel, the same noise every time."""

    between: Tensor
    cosines: Tensor
    sines: Tensor
    from_cosines: Tensor
    from_sines: Tensor
    overlap: Tensor
    noise_real: Tensor
    noise_imaginary: Tensor

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator = deepcopy(generator)
        for block in (*generator.filter_trunk.blocks, *generator.pitch_trunk.blocks):
            assert isinstance(block, Block)
            block.fold_scale()
        steps, window = generator.config.steps, generator.window.double()
        self.size, self.hop = len(window), generator.hop
        self.middle = self.size // 2  # of an even number
        self.blocks = -(-self.size // self.hop)
        # Sample n, from 1 to the middle, goes with sample size − n. Sample 0 is nothing, as windows begin with 0; the
        # middle goes with itself, by half.
        sample, frequency = torch.arange(1, self.middle + 1).double(), torch.arange(self.middle + 1).double()
        angle = 2 * math.pi * torch.outer(sample, frequency) / self.size
        weight = window[1 : self.middle + 1, None].clone()
        weight[-1] /= 2
        twice = torch.full((self.middle + 1, 1), 2.0, dtype=torch.float64)
        twice[0] = twice[-1] = 1.0
        self.register_buffer("cosines", (weight * angle.cos()).float())
        self.register_buffer("sines", -(weight * angle.sin()).float())
        self.register_buffer("from_cosines", (twice * (weight * angle.cos()).T / self.size).float())
        self.register_buffer("from_sines", -(twice * (weight * angle.sin()).T / self.size).float())
        squared = F.pad(window.square(), (0, self.blocks * self.hop - self.size)).view(self.blocks, self.hop)
        self.register_buffer("overlap", F.pad(squared.cumsum(0), (0, 0, 1, 0)).float())
        self.register_buffer("noise_real", generator.noise.real.contiguous())
        self.register_buffer("noise_imaginary", generator.noise.imag.contiguous())
        self.register_buffer("between", (torch.arange(steps) / steps)[:, None])
        self.heads = nn.ModuleList(_heads(generator.filter_trunk.head, steps))

    def forward(self, mel: Tensor) -> Tensor:
        """Log-mel `[1, T, M]` of at least two frames → waveform `[1, (T − 1)·hop_length]`."""
        generator = self.generator
        source = pulses(generator.pitch(mel), generator.audio.hop_length, generator.audio.sample_rate, mel.new_zeros(1))
        return self.render(self.filters(mel), source)

    def filters(self, mel: Tensor) -> Filters:
        """`Generator.filters` of one mel, `[S, F]`, with as many for the last frame as for the others."""
        generator = self.generator
        hidden = generator.filter_trunk.hidden(generator._normalise(mel))
        harmonic, noise, phase = (head(hidden).view(-1, self.middle + 1) for head in self.heads)
        here = mel[0] - generator.level
        change = torch.cat([here[1:], here[-1:]]) - here
        density = (here[:, None] + self.between * change[:, None]).flatten(0, 1) @ generator.spread
        return Filters((density + harmonic).clamp(max=LOUDEST), (density + noise).clamp(max=LOUDEST), phase)

    def render(self, filters: Filters, source: Tensor) -> Tensor:
        """`Generator.render` of one waveform without complex numbers; filters after its end count for nothing."""
        (strength, noisy), turn = filters.gains(likelier=True), filters.phase
        needed = source.shape[1] // self.hop + 1
        real, imaginary = self.spectrum(source[0], turn.shape[0])
        place = torch.arange(turn.shape[0]) % len(self.noise_real)
        cosine, sine = strength * turn.cos(), strength * turn.sin()
        wav = self.wave(
            (real * cosine - imaginary * sine + self.noise_real.index_select(0, place) * noisy)[:needed],
            (real * sine + imaginary * cosine + self.noise_imaginary.index_select(0, place) * noisy)[:needed],
        )
        return wav[None, : source.shape[1]]

    def spectrum(self, wav: Tensor, count: int) -> tuple[Tensor, Tensor]:
        """`[samples]`, then silence → real and imaginary part of `count` windows, `[count, F]` each."""
        end = (count + self.blocks) * self.hop - self.middle - wav.shape[0]
        rows = F.pad(wav, (self.middle, end)).view(-1, self.hop)
        first, last = self._windows(rows, count, False), self._windows(rows.flip(1), count, True)
        return (first + last) @ self.cosines, (first - last) @ self.sines

    def wave(self, real: Tensor, imaginary: Tensor) -> Tensor:
        """The reverse, with the end that the last windows overlap: `[S, F]` each → `[S·H]` or more."""
        even, odd = real @ self.from_cosines, imaginary @ self.from_sines
        added = self._added(even + odd, False) + self._added(even - odd, True).flip(1)
        place = torch.arange(added.shape[0])
        begun, ended = (place + 1).clamp(max=self.blocks), (place + 1 - real.shape[0]).clamp(min=0)
        overlap = self.overlap[begun] - self.overlap[ended]
        return (added / overlap.clamp(min=1e-11)).flatten()[self.middle :]

    def _windows(self, rows: Tensor, count: int, turned: bool) -> Tensor:
        """Rows `[count + blocks, H]` that follow each other → the first halves of `count` windows, `[count, half]`;
        of rows that are turned about, the second halves from their ends."""
        pieces = self._pieces(turned)
        return torch.cat([rows[row : row + count, first:end] for row, first, end in pieces], 1)

    def _added(self, halves: Tensor, turned: bool) -> Tensor:
        """The reverse, `[S + blocks − 1, H]`, where windows overlap their sum."""
        pieces = self._pieces(turned)
        added = halves.new_zeros(1)
        for (row, first, end), half in zip(pieces, halves.split([p[2] - p[1] for p in pieces], 1), strict=True):
            added = added + F.pad(half, (first, self.hop - end, row, self.blocks - 1 - row))
        return added

    def _pieces(self, turned: bool) -> list[tuple[int, int, int]]:
        """How half a window lies in the rows from its first one on: row, first column and end."""
        start = self.blocks * self.hop - self.size if turned else 1
        pieces = []
        for k in range(self.blocks):
            first, end = max(0, start - k * self.hop), min(self.hop, start + self.middle - k * self.hop)
            if first < end:
                pieces.append((self.blocks - 1 - k if turned else k, first, end))
        return pieces


def _heads(head: nn.Linear, steps: int) -> list[nn.Linear]:
    """One for each of `Filters`, whose outputs need not be picked out of a frame's. Noise is predicted less one."""
    made = []
    for k in range(3):
        weight, bias = (p.detach().unflatten(0, (steps, 3, -1))[:, k].flatten(0, 1) for p in (head.weight, head.bias))
        linear = nn.Linear(head.in_features, len(bias))
        linear.weight.data, linear.bias.data = weight.contiguous(), bias - (1.0 if k == 1 else 0.0)
        made.append(linear)
    return made
