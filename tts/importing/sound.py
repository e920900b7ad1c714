"""The sound of a piece as it is stored: of even loudness, and without steady noise where that is asked for."""

from __future__ import annotations

import math

import numpy as np
import torch

from tts.importing.extra import library

MOST_PEAK = 0.95
"""Of full scale."""
DECREASE, WINDOW = 0.9, 0.02
"""By how much noise is turned down, 1 being all of it; seconds of a Fourier transform."""


def at_loudness(wav: torch.Tensor, sample_rate: int, loudness: float) -> tuple[torch.Tensor, float]:
    """`wav` [samples] at a loudness in LUFS, or the nearest to it that does not clip; and the gain in dB.

    Silence, and what is shorter than a measurement takes (0.4 s), stays as it is.
    """
    if len(wav) < 0.4 * sample_rate + 1:
        return wav, 0.0
    meter = library("pyloudnorm", "evening out loudness").Meter(sample_rate)
    measured = float(meter.integrated_loudness(wav.double().numpy()))
    peak = float(wav.abs().max())
    if not math.isfinite(measured) or not peak:
        return wav, 0.0
    gain = min(10 ** ((loudness - measured) / 20), MOST_PEAK / peak)
    return wav * gain, 20 * math.log10(gain)


def without_noise(wav: torch.Tensor, sample_rate: int, noise: torch.Tensor) -> torch.Tensor:
    """`wav` [samples] with what sounds like `noise` [samples] turned down, by spectral gating (noisereduce)."""
    if len(noise) < 2048:
        return wav
    reduce_noise = library("noisereduce", "denoise=true").reduce_noise
    found = reduce_noise(
        y=wav.numpy(),
        y_noise=noise.numpy(),
        sr=sample_rate,
        stationary=True,
        prop_decrease=DECREASE,
        # In longer windows the harmonics of a voice stand apart, and the gate turns them down with the gaps between.
        n_fft=2 ** round(math.log2(WINDOW * sample_rate)),
    )
    return torch.from_numpy(np.asarray(found, np.float32))
