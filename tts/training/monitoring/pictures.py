"""Pictures of a voice's training in TensorBoard: functions of the output of a training step or a validation.

A package offers its own with the decorators `training_picture` and `validation_picture`.

B batch, H heads, T mel frames, N text tokens, M mel channels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from matplotlib.figure import Figure
from torch import Tensor

from tts.audio.config import AudioConfig
from tts.batch import Batch
from tts.data.manifest import Utterance
from tts.models.acoustic import AcousticOutput
from tts.models.decoders.decoder import InferenceOutput
from tts.models.losses import StepReport
from tts.reporting.plots import alignment_figure
from tts.training.monitoring.axes import Axes
from tts.training.monitoring.tensorboard import TensorBoard


@dataclass(frozen=True)
class AlignmentPicture:
    """Weights `[T, N]` from 0 to 1, on any device; drawn in milliseconds, so that every step can have one."""

    weights: Tensor
    axes: Axes


Picture = AlignmentPicture | Figure
"""A figure of matplotlib takes a tenth of a second."""


@dataclass(frozen=True)
class TrainingView:
    """Output of a training step. A picture shows the batch's first utterance."""

    report: StepReport
    batch: Batch
    utterance: Utterance
    audio: AudioConfig
    step: int
    monotonic: bool
    """Whether the monotonic phase is on."""

    @property
    def frames(self) -> int:
        return int(self.batch.mel_lengths[0])

    @property
    def tokens(self) -> int:
        return int(self.batch.text.lengths[0])

    def axes(self) -> Axes:
        """With the utterance's name, text and phones."""
        title = _title(self.batch.ids[0], self.step, self.monotonic, self.utterance)
        return Axes(title, self.utterance.symbols, self.frames, self.audio.frame_seconds)


@dataclass(frozen=True)
class ValidationView:
    """Output of a validation for one held-out utterance: its row in the batch, reconstructed and from text alone."""

    row: int
    batch: Batch
    output: AcousticOutput
    from_text: InferenceOutput
    utterance: Utterance
    audio: AudioConfig
    step: int
    monotonic: bool

    @property
    def frames(self) -> int:
        return int(self.batch.mel_lengths[self.row])

    @property
    def tokens(self) -> int:
        return int(self.batch.text.lengths[self.row])

    @property
    def title(self) -> str:
        return _title(self.batch.ids[self.row], self.step, self.monotonic, self.utterance)


TrainingPicture = Callable[[TrainingView], Mapping[str, Picture]]
ValidationPicture = Callable[[ValidationView], Mapping[str, Picture]]
TRAINING: dict[str, TrainingPicture] = {}
VALIDATION: dict[str, ValidationPicture] = {}
"""By module and name, so that a module that is imported again replaces its own."""


def training_picture(function: TrainingPicture) -> TrainingPicture:
    """Decorator: pictures by name, every `trainer.alignment_every` steps."""
    TRAINING[f"{function.__module__}.{function.__qualname__}"] = function
    return function


def validation_picture(function: ValidationPicture) -> ValidationPicture:
    """Decorator: pictures by name for each utterance shown; `NAME` becomes `valid_1/NAME` and so on."""
    VALIDATION[f"{function.__module__}.{function.__qualname__}"] = function
    return function


def show_training(board: TensorBoard, view: TrainingView) -> None:
    """All pictures of a training step."""
    for function in TRAINING.values():
        for name, picture in function(view).items():
            show(board, name, picture, view.step)


def validation_pictures(view: ValidationView) -> dict[str, Picture]:
    """All pictures of an utterance by name."""
    return {name: picture for function in VALIDATION.values() for name, picture in function(view).items()}


def show(board: TensorBoard, name: str, picture: Picture, step: int) -> None:
    if isinstance(picture, AlignmentPicture):
        board.alignment(name, picture.weights, step, picture.axes)
    else:
        board.figure(name, picture, step)


@training_picture
def training_alignments(view: TrainingView) -> dict[str, Picture]:
    """The alignment that the decoder used, and every head's."""
    report, frames, tokens, axes = view.report, view.frames, view.tokens, view.axes()
    frames_per_step = -(-report.alignment.shape[1] // report.heads.shape[2])
    heads = report.heads[0].repeat_interleave(frames_per_step, 1)[:, :frames, :tokens]
    weights = {"used": report.alignment[0, :frames, :tokens], "focused_head": heads[int(report.focus.argmax())]}
    weights |= {f"head_{h}": head for h, head in enumerate(heads)}
    return {f"alignment/{name}": AlignmentPicture(values, axes) for name, values in weights.items()}


@validation_picture
def validation_alignment(view: ValidationView) -> dict[str, Picture]:
    """The mel and the alignment that it was reconstructed along."""
    alignment = view.output.alignment[view.row, : view.frames, : view.tokens].float().cpu()
    mel = view.batch.mel[view.row, : view.frames].cpu()
    return {"alignment": alignment_figure(alignment, view.utterance.tokens, mel, view.audio, view.title)}


def _title(name: str, step: int, monotonic: bool, utterance: Utterance) -> str:
    return f"{name}, step {step}, {'SMMA' if monotonic else 'plain'}\n{utterance.text}"
