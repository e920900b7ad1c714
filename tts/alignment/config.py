"""Settings of the aligner: stored with it as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from tts.alignment.hmm.states import StateTable
from tts.settings.schema import check_sizes


@dataclass(frozen=True)
class AlignerConfig:
    """Features, model and training. The defaults are those that placed boundaries best (docs/LOG.md)."""

    sample_rate: int = 16000
    """Samples a second (Hz) to which recordings are resampled for the aligner."""
    hop_length: int = 80
    """Samples from one frame to the next; fewer gives finer times. Frame t is centred on sample t·hop_length."""
    win_length: int = 160
    """Samples of sound that each frame looks at; many blur boundaries towards the louder phone."""
    n_fft: int = 512
    """Samples in each Fourier transform, at least `win_length`."""
    n_mels: int = 30
    """Frequency channels of the mel from which the cepstra are computed."""
    cepstra: int = 13
    """Number of mel-frequency cepstral coefficients that describe a frame; without deltas, which bias boundaries to
    one side."""
    states: int = 2
    """Number of states that each phone goes through, one after another. Where there are several, the last of a nasal
    or approximant depends on the next phone."""
    mixtures: int = 8
    """Number of Gaussians in each state, a power of two; more describe a phone more closely and need more speech."""
    iterations: int = 4
    """Rounds of expectation–maximisation after every doubling of the Gaussians; more fit better and take longer."""
    shortest_pause: float = 0.05
    """Length in seconds of the shortest silence inside a text that counts as a pause; a shorter one is a closure,
    part of the phone that follows."""
    least_variance: float = 0.01
    """Smallest variance of a Gaussian, as a share of the corpus's own; more keeps rare phones from being learnt by
    heart."""
    seed: int = 0
    """Start of the random numbers: the dither, and the directions in which Gaussians are split."""

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
