"""What the vocoder filters: pulses at the fundamental frequency, and noise."""

from __future__ import annotations

import math

import torch
from torch import Tensor

NOISE_SECONDS = 8
"""Of fixed noise, repeated."""


def pulses(pitch: Tensor, hop_length: int, sample_rate: int, start: Tensor) -> Tensor:
    """A band-limited train of pulses of unit power: all harmonics below half the sample rate, equally strong.

    Parameters
    ----------
    pitch: `[B, T]` in Hz, of frames `hop_length` samples apart; linear between them.
    start: `[B]`, the phase of the first sample in cycles.

    Returns
    -------
    float32 `[B, (T − 1)·hop_length]`.
    """
    return continued_pulses(pitch, hop_length, sample_rate, start)[0]


def continued_pulses(pitch: Tensor, hop_length: int, sample_rate: int, before: Tensor) -> tuple[Tensor, Tensor]:
    """The same, and with it the phase `[B]`, in cycles and float64, from which a train goes on that begins at the last
    of these frames.

    The harmonics' sum is Dirichlet's kernel, so that its cost does not depend on their number.
    """
    between = torch.arange(hop_length, device=pitch.device) / hop_length
    frequency = torch.lerp(pitch[:, :-1, None], pitch[:, 1:, None], between).flatten(1)
    cycles = (frequency.double() / sample_rate).cumsum(1) + before[:, None]
    phase = 2 * math.pi * (cycles - cycles.round())
    phase = phase.float()  # whose last digits are no longer added up
    harmonics = (sample_rate / 2 / frequency).floor().clamp(min=1)
    half = phase / 2
    at_pulse = half.abs() < 1e-4
    kernel = ((harmonics + 0.5) * phase).sin() / torch.where(at_pulse, 1.0, half.sin())
    kernel = torch.where(at_pulse, 2 * harmonics + 1, kernel)
    return (kernel - 1) / 2 * (2 / harmonics).sqrt(), cycles[:, -1]


def fixed_noise_spectrum(sample_rate: int, window: Tensor, hop: int) -> Tensor:
    """White noise of unit power, the same every time, as its short-time Fourier transform: complex `[P, F]`.

    Window p is about sample p·`hop`; after P windows the noise comes again.
    """
    count = NOISE_SECONDS * sample_rate // hop
    noise = torch.randn(count * hop, generator=torch.Generator().manual_seed(0))
    half = len(window) // 2
    around = torch.cat([noise[-half:], noise, noise[: len(window) - half]])
    return torch.fft.rfft(around.unfold(0, len(window), hop)[:count] * window)
