"""Sizes of the vocoder: stored with every vocoder as plain data, and bounded, since it may come from a stranger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tts.audio.config import AudioConfig
from tts.settings.schema import check_sizes

Package = Literal["bigvgan", "vocos"]
"""Of published vocoders, and who runs them."""
MOST_OVERLAP = 64
"""Windows that a sample is in."""


@dataclass(frozen=True)
class GeneratorConfig:
    width: int = 256
    """Channels of the network between its layers; more make a larger, slower network."""
    hidden: int = 768
    """Channels inside every block, between its two pointwise layers."""
    layers: int = 6
    """Number of convolution blocks; more see farther and take longer."""
    pitch_width: int = 96
    """Channels of the part that reads the pitch off the mel."""
    pitch_layers: int = 3
    """Number of convolution blocks of the part that reads the pitch off the mel."""
    window: int | None = None
    """Samples of each short-time Fourier transform in which the source's pulses and the noise are filtered; null for
    20 milliseconds of them."""
    steps: int = 4
    """Filters per mel frame; more follow faster changes. Must divide the hop length."""

    def __post_init__(self) -> None:
        check_sizes(self, width=8192, hidden=32768, layers=64, pitch_width=8192, pitch_layers=64, steps=1024)
        if self.window is not None:
            check_sizes(self, window=32768)

    def window_of(self, audio: AudioConfig) -> int:
        """Samples of the window.

        Raises
        ------
        ValueError: the window is odd, or these filters cannot follow frames of `audio`, or take memory out of all
            proportion.
        """
        window = 2 * round(audio.sample_rate / 100) if self.window is None else self.window
        hop = audio.hop_length // self.steps
        if window % 2:
            raise ValueError(f"window={window} must be an even number of samples")
        if audio.hop_length % self.steps or not 2 * hop <= window <= MOST_OVERLAP * hop:
            raise ValueError(
                f"steps={self.steps} must divide the hop of {audio.hop_length} samples, and window={window} must be 2 "
                f"to {MOST_OVERLAP} times as long as what comes out"
            )
        return window
