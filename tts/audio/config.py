"""The one mel definition: stored with every voice, checked wherever a mel meets a model."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from tts.settings.schema import plain


@dataclass(frozen=True)
class AudioConfig:
    """Log-mel settings. Magnitude spectrogram, Slaney mel scale and norm, natural log, centred frames."""

    sample_rate: int = 16000
    """Samples a second (Hz) of recordings, mels and speech; more keeps higher sounds and takes more computation."""
    n_fft: int = 1024
    """Samples in each Fourier transform; more tells frequencies apart more finely. A power of two is fastest."""
    win_length: int = 1024
    """Samples of sound that each frame looks at, at most `n_fft`; more blurs fast changes."""
    hop_length: int = 200
    """Samples from one frame to the next; fewer gives finer timing and more frames. Frame t is centred on sample t ·
    hop_length."""
    n_mels: int = 80
    """Frequency channels of the mel; more keeps more detail."""
    f_min: float = 0.0
    """Frequency in Hz at which the lowest channel begins."""
    f_max: float = 8000.0
    """Frequency in Hz at which the highest channel ends, at most half the sample rate."""
    floor: float = 1e-5
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

    @property
    def fingerprint(self) -> str:
        """Short hash of every setting; names the feature cache."""
        return hashlib.sha256(json.dumps(plain(self), sort_keys=True).encode()).hexdigest()[:12]
