"""How far up a recording goes: what a lower sample rate or a codec cut off leaves an edge in its spectrum."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

N_FFT = 2048
QUIET = 1e-4
"""Share of the loudest frame's energy below which a frame does not count."""
SMOOTHED = 9
"""Bins that are averaged."""
LOWEST, STEP = 3000.0, 100.0
"""Hz, of the edges that are tried."""
BELOW, GAP = (500.0, 50.0), 250.0
"""Hz: what lies so far below an edge is compared with all that lies so far above it."""
DROP = 25.0
"""dB. Speech falls by less within `GAP`, filters by 40 and more."""


def bandwidth(wav: Tensor, sample_rate: int) -> float | None:
    """Hz above which a recording `[samples]` holds nothing; None where it goes up to half its sample rate.

    Of recordings at 16 kHz that are read at 24 it finds 7,900, of MP3 at 32 kbit/s 7,200; of speech with all its highs,
    nothing (docs/LOG.md). Noise that was added after the cut hides it.
    """
    if len(wav) < 2 * N_FFT:
        return None
    spectrum = torch.stft(wav, N_FFT, N_FFT // 2, window=torch.hann_window(N_FFT), center=False, return_complex=True)
    power = spectrum.abs().square()  # [F, T]
    energy = power.sum(0)
    mean = power[:, energy >= QUIET * energy.max()].mean(1)
    level = 10 * F.avg_pool1d(mean[None], SMOOTHED, 1, SMOOTHED // 2, count_include_pad=False)[0].add(1e-20).log10()
    hertz = torch.arange(len(level)) * sample_rate / N_FFT
    edge, deepest = None, DROP
    for tried in torch.arange(LOWEST, sample_rate / 2 - BELOW[0], STEP).tolist():
        within = level[(hertz >= tried - BELOW[0]) & (hertz <= tried - BELOW[1])].mean()
        drop = float(within - level[hertz >= tried + GAP].max())
        if drop >= deepest:
            edge, deepest = tried, drop
    return edge
