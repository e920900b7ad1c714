"""Settings of a vocoder's training run: `configs/train_vocoder.yaml`, checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tts.training.config import RunConfig
from tts.vocoder import GeneratorConfig
from tts.vocoder.discriminators import DiscriminatorConfig
from tts.vocoder.losses import EDGE, WINDOWS, VocoderLossConfig


@dataclass(frozen=True)
class MelSource:
    """Whose mels the vocoder learns from."""

    kind: Literal["from_recordings", "from_voice"] = "from_recordings"
    voice: str | None = None
    """`from_voice`: a voice that synthesises every recording again, along its alignment."""

    def __post_init__(self) -> None:
        if (self.kind == "from_voice") != bool(self.voice):
            raise ValueError("mels=from_voice and mels.voice=PATH go together: give both, or neither")


@dataclass(frozen=True)
class VocoderTrainConfig(RunConfig):
    """Of a vocoder: `configs/train_vocoder.yaml`, checked."""

    generator: GeneratorConfig = field(default_factory=GeneratorConfig)
    discriminators: DiscriminatorConfig = field(default_factory=DiscriminatorConfig)
    loss: VocoderLossConfig = field(default_factory=VocoderLossConfig)
    mels: MelSource = field(default_factory=MelSource)
    segment_frames: int = 65
    """Mel frames of a training example."""
    half: bool = False
    """Export the weights in half precision: half the size, and no audible difference."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.generator.check_fits(self.audio)
        longest = max(WINDOWS + self.discriminators.windows)
        least = -(-longest // self.audio.hop_length) + 2 * EDGE + 1
        if self.segment_frames < least:
            raise ValueError(
                f"segment_frames must be {least} or more, so that spectra of {longest} samples are compared without "
                f"the edges, got {self.segment_frames}"
            )
