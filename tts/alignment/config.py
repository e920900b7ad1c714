"""Settings of the aligner: stored with it as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from tts.alignment.hmm.states import StateTable
from tts.settings.schema import check_sizes


@dataclass(frozen=True)
class AlignerConfig:
    """Features, model and training. The defaults are those that placed boundaries best (docs/LOG.md)."""

    sample_rate: int = 16000
    """Hz; recordings are resampled to it."""
    hop_length: int = 80
    """Samples between frames; frame t is centred on sample t·hop_length."""
    win_length: int = 160
    """Samples of the analysis window; a long one blurs boundaries towards the louder phone."""
    n_fft: int = 512
    """Samples of the Fourier transform."""
    n_mels: int = 30
    """Channels of the mel."""
    cepstra: int = 13
    """Mel-frequency cepstral coefficients, without deltas, which bias boundaries to one side."""
    states: int = 2
    """Per phone, one after another. Where there are several, the last of a nasal or approximant depends on the next."""
    mixtures: int = 8
    """Gaussians per state; a power of two."""
    iterations: int = 4
    """Of expectation–maximisation after every growth of the model."""
    shortest_pause: float = 0.05
    """Seconds; a shorter silence inside a text is a closure, and belongs to the phone that follows."""
    least_variance: float = 0.01
    """Of a Gaussian, in units of the corpus's."""
    seed: int = 0
    """Of the dither, and of the directions in which Gaussians are split."""

    @property
    def frame_seconds(self) -> float:
        return self.hop_length / self.sample_rate

    def __post_init__(self) -> None:
        check_sizes(self, n_mels=1024, n_fft=1 << 15, mixtures=1024, states=5, iterations=10_000)
        if not 4_000 <= self.sample_rate <= 192_000 or not 0.001 <= self.frame_seconds <= 0.1:
            raise ValueError(
                f"sample_rate={self.sample_rate} must lie between 4000 and 192000, and hop_length={self.hop_length} be "
                "1 to 100 milliseconds of it"
            )
        if not 0 <= self.shortest_pause <= 10 or not 1e-6 <= self.least_variance <= 1:
            raise ValueError("shortest_pause must lie between 0 and 10 seconds, least_variance between 1e-6 and 1")
        if not 1 <= self.cepstra <= self.n_mels:
            raise ValueError(f"cepstra must lie between 1 and n_mels, got {self.cepstra}")
        if not 1 <= self.hop_length <= self.win_length <= self.n_fft:
            raise ValueError("hop_length ≤ win_length ≤ n_fft must hold")
        if self.mixtures & (self.mixtures - 1):
            raise ValueError(f"mixtures must be a power of two, got {self.mixtures}")
        if not 0 <= self.seed < 1 << 31:
            raise ValueError(f"seed must lie between 0 and 2³¹ − 1, got {self.seed}")

    @property
    def doublings(self) -> list[int]:
        """Numbers of Gaussians on the way from one to `mixtures`."""
        return [1 << k for k in range(1, self.mixtures.bit_length())]

    def table(self, phones: tuple[str, ...]) -> StateTable:
        """The states of a trained aligner."""
        return StateTable(phones, self.states, in_context=self.states > 1)
