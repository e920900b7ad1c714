"""Settings of the acoustic model: stored with every voice as plain data.

Sizes are bounded, since a voice may come from a stranger.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tts.attention.config import AttentionConfig
from tts.settings.schema import check_sizes


@dataclass(frozen=True)
class TextEncoderConfig:
    layers: int = 4
    kernel: int = 5
    dropout: float = 0.1

    def __post_init__(self) -> None:
        check_sizes(self, layers=64, kernel=63)
        _check_shares(dropout=self.dropout)


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
        check_sizes(self, gru=4096, gru_stride=64, style_tokens=4096, style_heads=64)
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
        check_sizes(self, layers=64, kernel=63, channels=256)
        _check_shares(dropout=self.dropout)


@dataclass(frozen=True)
class DurationConfig:
    layers: int = 3
    kernel: int = 5
    dropout: float = 0.1

    def __post_init__(self) -> None:
        check_sizes(self, layers=64, kernel=63)
        _check_shares(dropout=self.dropout)


@dataclass(frozen=True)
class PitchConfig:
    """The predictor of the fundamental frequency, at the frame rate."""

    layers: int = 2
    kernel: int = 5
    dropout: float = 0.1

    def __post_init__(self) -> None:
        check_sizes(self, layers=64, kernel=63)
        _check_shares(dropout=self.dropout)


@dataclass(frozen=True)
class ParallelDecoderConfig:
    """Gated convolutions over all frames at once."""

    kind: Literal["parallel"] = "parallel"
    layers: int = 6
    kernel: int = 5
    dropout: float = 0.0
    pitch: PitchConfig = field(default_factory=PitchConfig)
    variance: float = 1.0
    """How much of the variance that its mels lack beside recordings is given back when it speaks, from 0 to 1."""

    def __post_init__(self) -> None:
        check_sizes(self, layers=64, kernel=63)
        _check_shares(dropout=self.dropout, variance=self.variance)


@dataclass(frozen=True)
class AutoregressiveDecoderConfig:
    """Transformer TTS (Li et al. 2018) whose cross-attention becomes monotonic (Liang et al. 2020)."""

    kind: Literal["autoregressive"] = "autoregressive"
    reduction: int = 2
    """Frames a step."""
    layers: int = 3
    heads: int = 4
    """Of the self-attention."""
    window: int = 128
    """Steps that self-attention sees."""
    feedforward: int = 512
    prenet: int = 64
    """Width of the two layers that the last frame passes; narrow and with much dropout, or it would be copied."""
    prenet_dropout: float = 0.5
    dropout: float = 0.1
    positions: bool = True
    """Number the tokens and steps by scaled sinusoids. Plain attention needs them; a sentence longer than any in
    training has numbers never seen."""
    own_past: float = 0.0
    """Largest share of the past that training takes from the model itself, where one path leads."""
    postnet_layers: int = 4
    postnet_kernel: int = 5
    attention: AttentionConfig = field(default_factory=lambda: AttentionConfig(gate="contrast", selection="threshold"))
    """The cross-attention of every layer. `focused`: the first layer's sharpest head leads all heads of all layers."""

    def __post_init__(self) -> None:
        check_sizes(
            self, reduction=16, layers=64, heads=64, window=65536, feedforward=65536, prenet=8192,
            postnet_layers=64, postnet_kernel=63,
        )  # fmt: skip
        if self.attention.gate == "lookahead":
            raise ValueError("gate=lookahead sees frames that are not yet spoken: choose contrast or sigmoid")
        _check_shares(dropout=self.dropout, prenet_dropout=self.prenet_dropout, own_past=self.own_past)


@dataclass(frozen=True)
class ModelConfig:
    width: int = 128
    """D, of every hidden state."""
    text_encoder: TextEncoderConfig = field(default_factory=TextEncoderConfig)
    reference_encoder: ReferenceEncoderConfig = field(default_factory=ReferenceEncoderConfig)
    attention: AttentionConfig = field(default_factory=AttentionConfig)
    prosody: ProsodyConfig = field(default_factory=ProsodyConfig)
    duration: DurationConfig = field(default_factory=DurationConfig)
    decoder: ParallelDecoderConfig | AutoregressiveDecoderConfig = field(default_factory=ParallelDecoderConfig)

    def __post_init__(self) -> None:
        check_sizes(self, width=8192)
        if self.width % self.reference_encoder.style_heads:
            raise ValueError(
                f"width {self.width} must be a multiple of style_heads {self.reference_encoder.style_heads}"
            )
        if isinstance(self.decoder, AutoregressiveDecoderConfig) and self.width % (2 * self.decoder.heads):
            raise ValueError(
                f"width {self.width} must be even, and a multiple of the decoder's {self.decoder.heads} heads"
            )


def _check_shares(**shares: float) -> None:
    for name, value in shares.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must lie between 0 and 1, got {value}")
