"""Settings of the acoustic model: stored with every voice as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field

from tts.attention.config import AttentionConfig


@dataclass(frozen=True)
class TextEncoderConfig:
    layers: int = 4
    kernel: int = 5
    dropout: float = 0.1


@dataclass(frozen=True)
class ReferenceEncoderConfig:
    """GST-style (Wang et al. 2018, arXiv 1803.09017), at the frame rate."""

    channels: tuple[int, ...] = (8, 16, 32)
    """Of the 2-D convolutions, each halving the frequency axis and keeping time."""
    gru: int = 64
    """Units of the GRU over frames."""
    style_tokens: int = 8
    style_heads: int = 4


@dataclass(frozen=True)
class ProsodyConfig:
    """The narrow bottleneck on the aligned mel encoding, and what predicts it from text."""

    channels: int = 4
    layers: int = 3
    kernel: int = 5
    dropout: float = 0.1


@dataclass(frozen=True)
class DurationConfig:
    layers: int = 3
    kernel: int = 5
    dropout: float = 0.1


@dataclass(frozen=True)
class DecoderConfig:
    """The parallel decoder: gated convolutions over frames."""

    layers: int = 6
    kernel: int = 5
    dropout: float = 0.05


@dataclass(frozen=True)
class ModelConfig:
    width: int = 128
    """D, of every hidden state."""
    text_encoder: TextEncoderConfig = field(default_factory=TextEncoderConfig)
    reference_encoder: ReferenceEncoderConfig = field(default_factory=ReferenceEncoderConfig)
    attention: AttentionConfig = field(default_factory=AttentionConfig)
    prosody: ProsodyConfig = field(default_factory=ProsodyConfig)
    duration: DurationConfig = field(default_factory=DurationConfig)
    decoder: DecoderConfig = field(default_factory=DecoderConfig)
