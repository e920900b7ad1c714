"""Distance of a vocoder's copy from its recording."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from tts.audio.transforms import create_dct

COEFFICIENTS = slice(1, 25)
N_FFT = 1024
QUIETEST = 1e-8
"""Power of a bin, as a share of the recording's strongest, below which there is nothing to compare."""


def mel_cepstral_distortion(recording: Tensor, copy: Tensor) -> float:
    """Root-mean-square difference in dB of two log-mels `[T, M]`, frame by frame, smoothed over frequency.

    Kubichek's measure (1993) on the first 24 cosine coefficients of the log-mel; the level is of no matter.
    """
    frames, channels = min(len(recording), len(copy)), recording.shape[1]
    cosines = create_dct(COEFFICIENTS.stop, channels, norm="ortho")[:, COEFFICIENTS]
    cepstrum = (recording[:frames] - copy[:frames]) @ cosines
    return float(cepstrum.norm(dim=-1).mean()) * 20 / math.log(10) / math.sqrt(channels)


def log_spectral_distance(recording: Tensor, copy: Tensor, sample_rate: int, above: float) -> float:
    """Root-mean-square difference in dB of two sounds' spectra above so many Hz, the mean over frames.

    Two stretches of the same noise are 7.9 dB apart: what no copy that invents its noise falls below by much.
    """
    samples = min(len(recording), len(copy))
    powers = [
        torch.stft(wav[:samples], N_FFT, N_FFT // 4, window=torch.hann_window(N_FFT), return_complex=True)
        .abs()
        .square()[math.ceil(above * N_FFT / sample_rate) :]
        for wav in (recording, copy)
    ]
    floor = QUIETEST * powers[0].max()
    apart = 10 * (powers[0].clamp(min=floor) / powers[1].clamp(min=floor)).log10()
    heard = (powers[0] > floor).float().mean(0) > 0.5  # frames that hold something up there
    return float(apart.square().mean(0).sqrt()[heard].mean()) if bool(heard.any()) else 0.0
