"""Settings of the acoustic model: stored with every voice as plain data.

Each part's settings stand beside the part. Sizes are bounded, since a voice may come from a stranger.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tts.attention.config import AttentionConfig
from tts.models.decoders import DecoderConfig, ParallelDecoderConfig
from tts.models.encoders.reference import ReferenceEncoderConfig
from tts.models.encoders.speaker import SpeakerEncoderConfig
from tts.models.encoders.text import TextEncoderConfig
from tts.models.predictors.duration import DurationConfig
from tts.models.predictors.prosody import ProsodyConfig
from tts.settings.schema import check_sizes

MOST_AHEAD = 4096
"""Tokens, more than any stack of layers sees."""


@dataclass(frozen=True)
class ModelConfig:
    width: int = 128
    """Channels of every hidden state (D in the papers): the model's size grows with its square."""
    text_encoder: TextEncoderConfig = field(default_factory=TextEncoderConfig)
    """The part that turns text into hidden states."""
    reference_encoder: ReferenceEncoderConfig = field(default_factory=ReferenceEncoderConfig)
    """The part that turns a recording's mel into hidden states and a style."""
    speaker_encoder: SpeakerEncoderConfig = field(default_factory=SpeakerEncoderConfig)
    """The part that hears from a recording who speaks, for speakers that the model was not trained on."""
    attention: AttentionConfig = field(default_factory=AttentionConfig)
    """The attention that aligns text and mel."""
    prosody: ProsodyConfig = field(default_factory=ProsodyConfig)
    """The narrow bottleneck through which a recording's prosody passes, and what predicts it from text."""
    duration: DurationConfig = field(default_factory=DurationConfig)
    """The part that predicts from text how long each token lasts."""
    decoder: DecoderConfig = field(default_factory=ParallelDecoderConfig)
    """The part that turns hidden states into a mel."""
    reads_ahead: int | None = None
    """Tokens after its own that a token's speech depends on; null for as many as the layers see (14). With few, a voice
    speaks a text that is still being written with less delay (`Voice.stream`), and knows less of what comes."""
    visible_channels: int | None = None
    """Mel channels, from the lowest, that encoder and decoder read; null for those that the recordings of every corpus
    fill, but for a twentieth. The others are made and never read, so that a speaker whose recordings lack them gets
    them from the rest."""

    def __post_init__(self) -> None:
        check_sizes(self, width=8192)
        if self.reads_ahead is not None and not 0 <= self.reads_ahead <= MOST_AHEAD:
            raise ValueError(f"reads_ahead={self.reads_ahead}: from 0 to {MOST_AHEAD}, or null")
        if self.visible_channels is not None and self.visible_channels < 1:
            raise ValueError(f"visible_channels={self.visible_channels}: at least one must be read")
        if self.width % self.reference_encoder.style_heads:
            raise ValueError(
                f"width {self.width} must be a multiple of style_heads {self.reference_encoder.style_heads}"
            )
        self.decoder.check_width(self.width)
