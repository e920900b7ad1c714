"""The one mel definition: stored with every voice, checked wherever a mel meets a model.

The defaults at 24 kHz contain those at 16 kHz (`configs/audio/16khz.yaml`): both have frames every 12.5 ms and windows
of 64 ms, and the lowest 80 of the 90 channels are the 80 there, ln 1.5 higher. So a model of the narrower one can be
widened (`AudioConfig.widens`), and 12.5 ms is 200, 300, 552 or 600 samples, all of which a vocoder's filters divide.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from functools import cached_property

import librosa
import numpy as np

from tts.settings.schema import plain

CLOSE = 1e-4
"""Relative difference of frequencies that are the same."""


@dataclass(frozen=True)
class AudioConfig:
    """Log-mel settings. Magnitude spectrogram, Slaney mel scale and norm, natural log, centred frames."""

    sample_rate: int = 24000
    """Samples a second (Hz) of recordings, mels and speech; more keeps higher sounds and takes more computation."""
    n_fft: int = 1536
    """Samples in each Fourier transform; more tells frequencies apart more finely. A power of two is fastest."""
    win_length: int = 1536
    """Samples of sound that each frame looks at, at most `n_fft`; more blurs fast changes."""
    hop_length: int = 300
    """Samples from one frame to the next; fewer gives finer timing and more frames. Frame t is centred on sample t ·
    hop_length."""
    n_mels: int = 90
    """Frequency channels of the mel; more keeps more detail."""
    f_min: float = 0.0
    """Frequency in Hz at which the lowest channel begins."""
    f_max: float = 11745.625
    """Frequency in Hz at which the highest channel ends, at most half the sample rate."""
    floor: float = 1.5e-5
    """Smallest amplitude: anything quieter is raised to it before the logarithm."""

    def __post_init__(self) -> None:
        if self.sample_rate <= 0 or self.hop_length <= 0 or self.n_mels <= 0 or self.floor <= 0:
            raise ValueError("sample_rate, hop_length, n_mels and floor must be positive")
        if not self.hop_length <= self.win_length <= self.n_fft:
            raise ValueError("hop_length ≤ win_length ≤ n_fft must hold")
        if not 0 <= self.f_min < self.f_max <= self.sample_rate / 2:
            raise ValueError(f"0 ≤ f_min < f_max ≤ {self.sample_rate / 2:g} (half the sample rate) must hold")

    @property
    def frame_seconds(self) -> float:
        """Seconds from one frame to the next."""
        return self.hop_length / self.sample_rate

    @cached_property
    def edges(self) -> np.ndarray:
        """Hz, `[M + 2]`: channel m rises from `edges[m]`, has its centre at `edges[m + 1]` and ends at
        `edges[m + 2]`."""
        return librosa.mel_frequencies(self.n_mels + 2, fmin=self.f_min, fmax=self.f_max)

    def channels_below(self, hertz: float) -> int:
        """How many channels, from the lowest, end at `hertz` or below."""
        return int((self.edges[2:] <= hertz * (1 + CLOSE)).sum())

    def widens(self, other: AudioConfig) -> bool:
        """Whether the channels of `other` are the lowest of these, of the same frames and windows."""
        lengths = ("n_fft", "win_length", "hop_length")
        ratio = self.sample_rate / other.sample_rate
        return (
            ratio > 1
            and all(getattr(self, name) == ratio * getattr(other, name) for name in lengths)
            and math.isclose(self.floor, ratio * other.floor, rel_tol=CLOSE)
            and self.n_mels > other.n_mels
            and np.allclose(self.edges[: other.n_mels + 2], other.edges, rtol=CLOSE)
        )

    @property
    def fingerprint(self) -> str:
        """Short hash of every setting; names the feature cache."""
        return hashlib.sha256(json.dumps(plain(self), sort_keys=True).encode()).hexdigest()[:12]
