"""Settings of a vocoder's training run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from tts.training.config import OptimizerConfig, RunConfig, TrainerConfig
from tts.vocoder.config import GeneratorConfig
from tts.vocoder.discriminators import DiscriminatorConfig
from tts.vocoder.losses import EDGE, WINDOWS, VocoderLossConfig


@dataclass(frozen=True)
class MelSource:
    """Whose mels the vocoder learns from."""

    kind: Literal["from_recordings", "from_voice"] = "from_recordings"
    """from_recordings: mels of the recordings, at any loudness and speed; from_voice: mels as a voice makes them, a
    little blurred."""
    voice: str | None = None
    """from_voice: folder of the voice, which makes the mel of every recording again, along its alignment."""

    def __post_init__(self) -> None:
        if (self.kind == "from_voice") != bool(self.voice):
            raise ValueError("mels=from_voice and mels.voice=PATH go together: give both, or neither")


@dataclass(frozen=True)
class VocoderTrainConfig(RunConfig):
    """A vocoder: mel to sound."""

    task: Literal["vocoder"] = "vocoder"
    """What is trained: voice or vocoder."""
    generator: GeneratorConfig = field(default_factory=GeneratorConfig)
    """The network that makes the sound."""
    discriminators: DiscriminatorConfig = field(default_factory=DiscriminatorConfig)
    """The networks that tell recordings and generated sound apart, where a loss asks for them."""
    loss: VocoderLossConfig = field(default_factory=VocoderLossConfig)
    """Weight of each term; 0 switches a term off."""
    mels: MelSource = field(default_factory=MelSource)
    """Whose mels the vocoder learns from."""
    optimizer: OptimizerConfig = field(
        default_factory=lambda: OptimizerConfig(lr=1e-3, decay_from=0.1, final=0.03, ema_decay=0.999)
    )
    """AdamW, its learning rate and the averaged weights."""
    trainer: TrainerConfig = field(default_factory=lambda: TrainerConfig(frames_per_batch=1040))
    """The training loop; a step is 16 segments of 65 frames."""
    segment_frames: int = 65
    """Length of a training example in mel frames."""
    learns: Literal["all", "new_filters"] = "all"
    """all: every weight; new_filters: after init_from of a vocoder for narrower mels, only the filters above its
    highest, so that below it sounds as it did."""
    teacher: str | None = None
    """Vocoder of the same mels whose sound is learnt instead of that of the recordings, with its pitch; null for the
    recordings."""
    half: bool = False
    """Export the weights in half precision: half the size, and no audible difference."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.teacher is not None and self.loss.uses_discriminators:
            raise ValueError("teacher and loss.adversarial or loss.features do not go together: give one of them")
        generator = replace(self.generator, window=self.generator.window_of(self.audio))
        object.__setattr__(self, "generator", generator)  # as it is stored, and compared on resuming
        if self.learns == "new_filters" and not self.init_from:
            raise ValueError("learns=new_filters: give init_from=VOCODER, one for narrower mels")
        longest = max(WINDOWS + self.discriminators.windows)
        least = -(-longest // self.audio.hop_length) + 2 * EDGE + 1
        if self.segment_frames < least:
            raise ValueError(
                f"segment_frames must be {least} or more, so that spectra of {longest} samples are compared without "
                f"the edges, got {self.segment_frames}"
            )
