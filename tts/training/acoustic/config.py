"""Settings of a voice's training run."""

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
    """What starts the monotonic phase: step (at `switch_step`), focus_rate (once the heads are sharp), or never."""
    switch_step: int = 300
    """switch_on=step: the first step of the monotonic phase. 0 leaves out the plain phase."""
    focus_rate: float = 0.9
    """switch_on=focus_rate: how sharp the sharpest head must be, 0 to 1: the moving average of its largest weight."""
    hold: int = 100
    """switch_on=focus_rate: number of steps for which it must stay that sharp."""
    prior: Schedule = field(default_factory=lambda: [[0, 1.0], [200, 1.0], [300, 0.0]])
    """Weight of a prior that favours the diagonal (beta-binomial, added to the energies of plain attention); 0 is
    none. Let it end at the switch."""
    hard_share: Schedule = field(default_factory=lambda: [[0, 0.0], [400, 0.5]])
    """Share of steps in which the decoder reads whole-frame durations, as in synthesis, instead of the soft
    alignment; steps count from the switch."""
    predicted_prosody_share: Schedule = 0.5
    """Share of steps in which the decoder reads the prosody predicted from text, as in synthesis, instead of the
    recording's."""

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
    """learnt: the model's own attention finds it; from_files: TextGrids give it, and the attention only follows."""
    folder: str | None = None
    """from_files: folder of the TextGrids, CORPUS/ID.TextGrid, or ID.TextGrid where it has no folder of the corpus's
    name."""

    def __post_init__(self) -> None:
        if self.kind == "from_files" and not self.folder:
            raise ValueError("from_files needs the folder of the TextGrids: give alignment.folder=PATH")
        if self.kind == "learnt" and self.folder is not None:
            raise ValueError("a folder is of use to alignment=from_files only; leave it out, or choose that")


@dataclass(frozen=True)
class TrainConfig(RunConfig):
    """A voice: text to mel, and when each phone is spoken."""

    task: Literal["voice"] = "voice"
    """What is trained: voice or vocoder."""
    text: TextConfig = field(default_factory=TextConfig)
    """How written text becomes tokens."""
    model: ModelConfig = field(default_factory=ModelConfig)
    """The acoustic model."""
    alignment: AlignmentSource = field(default_factory=AlignmentSource)
    """Where the alignment of the training recordings comes from."""
    ranking: str | None = None
    """OUT/ranking.tsv of tts-align, of the first corpus: utterances that fit their text much worse than is usual for
    their speaker are drawn less often, and those that sound like another text never; null draws all alike."""
    update_rank: int | None = None
    """With init_from: the rank of the matrices by which the voice differs from the one that it began from; null is any.
    With 1 it sounds more natural, and less like a speaker who is unlike all that the base knows."""
    smma: SwitchConfig = field(default_factory=SwitchConfig)
    """The two phases. Schedules are numbers or [step, value] points."""
    loss: LossConfig = field(default_factory=LossConfig)
    """Weight of each term; 0 switches a term off."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.update_rank is not None and (self.update_rank < 1 or self.init_from is None):
            raise ValueError("update_rank is 1 or more, with init_from=VOICE, or null")
        if self.alignment.kind == "from_files" and not self.model.decoder.takes_given_alignment:
            raise ValueError(
                f"alignment=from_files: the {self.model.decoder.kind} decoder finds its own way through the text, "
                "which given times do not teach it; take model/decoder=parallel, or alignment=learnt"
            )
