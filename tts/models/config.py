"""Settings of the acoustic model: stored with every voice as plain data.

Sizes are bounded, since a voice may come from a stranger.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tts.attention.config import AttentionConfig


def _bound(config: object, **limits: int) -> None:
    for name, most in limits.items():
        value = getattr(config, name)
        if not 1 <= value <= most:
            raise ValueError(f"{name} must lie between 1 and {most}, got {value}")


@dataclass(frozen=True)
class TextEncoderConfig:
    layers: int = 4
    kernel: int = 5
    dropout: float = 0.1

    def __post_init__(self) -> None:
        _bound(self, layers=64, kernel=63)


@dataclass(frozen=True)
class ReferenceEncoderConfig:
    """GST-style (Wang et al. 2018, arXiv 1803.09017), at the frame rate."""

    channels: tuple[int, ...] = (8, 16, 32)
    """Of the 2-D convolutions, each halving the frequency axis and keeping time."""
    gru: int = 64
    """Units of the GRU over frames."""
    gru_stride: int = 4
    """Frames per step of the GRU, which is sequential and slow: it remembers, boundaries come from the convolutions."""
    style_tokens: int = 8
    style_heads: int = 4

    def __post_init__(self) -> None:
        _bound(self, gru=4096, gru_stride=64, style_tokens=4096, style_heads=64)
        if not 1 <= len(self.channels) <= 8 or not all(1 <= c <= 1024 for c in self.channels):
            raise ValueError(f"channels must be 1 to 8 numbers up to 1024, got {list(self.channels)}")


@dataclass(frozen=True)
class ProsodyConfig:
    """The narrow bottleneck on the aligned mel encoding, and what predicts it from text."""

    channels: int = 4
    layers: int = 3
    kernel: int = 5
    dropout: float = 0.1

    def __post_init__(self) -> None:
        _bound(self, layers=64, kernel=63, channels=256)


@dataclass(frozen=True)
class DurationConfig:
    layers: int = 3
    kernel: int = 5
    dropout: float = 0.1

    def __post_init__(self) -> None:
        _bound(self, layers=64, kernel=63)


@dataclass(frozen=True)
class PitchConfig:
    """The predictor of the fundamental frequency, at the frame rate."""

    layers: int = 2
    kernel: int = 5
    dropout: float = 0.1

    def __post_init__(self) -> None:
        _bound(self, layers=64, kernel=63)


@dataclass(frozen=True)
class DecoderConfig:
    """The parallel decoder: gated convolutions over frames."""

    layers: int = 6
    kernel: int = 5
    dropout: float = 0.0

    def __post_init__(self) -> None:
        _bound(self, layers=64, kernel=63)


@dataclass(frozen=True)
class ModelConfig:
    width: int = 128
    """D, of every hidden state."""
    text_encoder: TextEncoderConfig = field(default_factory=TextEncoderConfig)
    reference_encoder: ReferenceEncoderConfig = field(default_factory=ReferenceEncoderConfig)
    attention: AttentionConfig = field(default_factory=AttentionConfig)
    prosody: ProsodyConfig = field(default_factory=ProsodyConfig)
    duration: DurationConfig = field(default_factory=DurationConfig)
    pitch: PitchConfig = field(default_factory=PitchConfig)
    decoder: DecoderConfig = field(default_factory=DecoderConfig)

    def __post_init__(self) -> None:
        _bound(self, width=8192)
        if self.width % self.reference_encoder.style_heads:
            raise ValueError(
                f"width {self.width} must be a multiple of style_heads {self.reference_encoder.style_heads}"
            )
