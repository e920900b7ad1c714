"""Settings of a voice's training run: `configs/train.yaml`, checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tts.models.config import ModelConfig
from tts.models.losses import LossConfig
from tts.settings.schedule import Schedule, check_schedule
from tts.text.config import TextConfig
from tts.training.config import RunConfig


@dataclass(frozen=True)
class SwitchConfig:
    """When plain attention becomes stepwise monotonic, and what eases the way."""

    switch_on: Literal["step", "focus_rate", "never"] = "step"
    switch_step: int = 300
    """`step`: the first step of the monotonic phase."""
    focus_rate: float = 0.9
    """`focus_rate`: what the sharpest head's moving average must hold above…"""
    hold: int = 100
    """…for so many steps."""
    prior: Schedule = 0.0
    """Weight of the beta-binomial log prior on plain energies; of no effect after the switch."""
    hard_share: Schedule = 0.0
    """Share of steps in which the decoder reads hard durations, over the steps since the switch."""
    predicted_prosody_share: Schedule = 0.0
    """Share of steps in which the decoder reads the prosody predicted from text."""

    def __post_init__(self) -> None:
        for schedule in (self.prior, self.hard_share, self.predicted_prosody_share):
            check_schedule(schedule)
        if self.switch_step < 0:
            raise ValueError(f"switch_step={self.switch_step}: give a step, 0 or later, or switch_on=never")
        if self.hold < 1 or not 0 < self.focus_rate < 1:
            raise ValueError("hold must be 1 or more, focus_rate between 0 and 1")

    @property
    def at_once(self) -> bool:
        """Whether a run has no plain phase."""
        return self.switch_on == "step" and self.switch_step == 0


@dataclass(frozen=True)
class AlignmentSource:
    """Where the alignment of the training recordings comes from."""

    kind: Literal["learnt", "from_files"] = "learnt"
    """`learnt`: the model's own attention; `from_files`: TextGrids, and the attention only follows."""
    folder: str | None = None
    """`from_files`: holds CORPUS/ID.TextGrid, or ID.TextGrid where there is no folder of the corpus's name."""

    def __post_init__(self) -> None:
        if self.kind == "from_files" and not self.folder:
            raise ValueError("from_files needs the folder of the TextGrids: give alignment.folder=PATH")
        if self.kind == "learnt" and self.folder is not None:
            raise ValueError("a folder is of use to alignment=from_files only; leave it out, or choose that")


@dataclass(frozen=True)
class TrainConfig(RunConfig):
    """Of a voice."""

    text: TextConfig = field(default_factory=TextConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    alignment: AlignmentSource = field(default_factory=AlignmentSource)
    smma: SwitchConfig = field(default_factory=SwitchConfig)
    loss: LossConfig = field(default_factory=LossConfig)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.alignment.kind == "from_files" and not self.model.decoder.takes_given_alignment:
            raise ValueError(
                f"alignment=from_files: the {self.model.decoder.kind} decoder finds its own way through the text, "
                "which given times do not teach it; take model/decoder=parallel, or alignment=learnt"
            )
