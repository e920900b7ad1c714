"""Distance of a vocoder's copy from its recording."""

from __future__ import annotations

import math

from torch import Tensor

from tts.audio.transforms import create_dct

COEFFICIENTS = slice(1, 25)


def mel_cepstral_distortion(recording: Tensor, copy: Tensor) -> float:
    """Root-mean-square difference in dB of two log-mels `[T, M]`, frame by frame, smoothed over frequency.

    Kubichek's measure (1993) on the first 24 cosine coefficients of the log-mel; the level is of no matter.
    """
    frames, channels = min(len(recording), len(copy)), recording.shape[1]
    cosines = create_dct(COEFFICIENTS.stop, channels, norm="ortho")[:, COEFFICIENTS]
    cepstrum = (recording[:frames] - copy[:frames]) @ cosines
    return float(cepstrum.norm(dim=-1).mean()) * 20 / math.log(10) / math.sqrt(channels)
