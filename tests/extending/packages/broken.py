"""Not on the page: things that fail, to see that their package is named."""

from __future__ import annotations

from torch import Tensor

from tts.batch import Batch
from tts.models.acoustic import AcousticOutput
from tts.models.losses import LossConfig, loss_term
from tts.training.monitoring.pictures import Picture, TrainingView, training_picture


@training_picture
def broken_picture(view: TrainingView) -> dict[str, Picture]:
    raise IndexError("no such head")


@loss_term("broken")
def broken_term(output: AcousticOutput, batch: Batch, config: LossConfig) -> Tensor:
    return output.error + batch.mel[..., :1, :3]
