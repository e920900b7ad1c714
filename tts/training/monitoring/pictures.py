"""Pictures of a voice's training in TensorBoard: functions of the output of a training step or a validation.

A package offers its own with the decorators `training_picture` and `validation_picture`.

B batch, H heads, T mel frames, N text tokens, M mel channels.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from matplotlib.figure import Figure
from torch import Tensor
from tqdm import tqdm

from tts.audio.config import AudioConfig
from tts.batch import Batch
from tts.data.manifest import Utterance
from tts.errors import place_in_plugin
from tts.models.acoustic import AcousticOutput
from tts.models.decoders.decoder import InferenceOutput
from tts.models.losses import StepReport
from tts.reporting.plots import alignment_figure
from tts.training.monitoring.axes import Axes
from tts.training.monitoring.tensorboard import TensorBoard


@dataclass(frozen=True)
class AlignmentPicture:
    """Weights of frames on tokens; drawn in milliseconds, so that every step can have one.

    Raises
    ------
    ValueError: `weights` has another shape than `axes`.
    """

    weights: Tensor
    """`[T, N]`, from 0 to 1, without padding; on any device."""
    axes: Axes
    """Around it: those of a `TrainingView`, or others for T frames and N labels."""

    def __post_init__(self) -> None:
        wanted = (self.axes.frames, len(self.axes.labels))
        if self.weights.shape != wanted:
            raise ValueError(f"weights of shape {tuple(self.weights.shape)} within axes of {wanted} frames and tokens")


Picture = AlignmentPicture | Figure
"""An `AlignmentPicture`, or a figure of matplotlib, which takes a tenth of a second."""


@dataclass(frozen=True)
class TrainingView:
    """Output of a training step. A picture shows the batch's first utterance, row 0, without its padding."""

    report: StepReport
    """Loss terms, mel and alignments, without gradients, on the training device."""
    batch: Batch
    """What the step trained on."""
    utterance: Utterance
    """The first of the batch: its text, symbols and speaker."""
    audio: AudioConfig
    """Sample rate and hop, for seconds and Hz."""
    step: int
    """Steps done so far."""
    monotonic: bool
    """Whether the monotonic phase is on."""

    @property
    def frames(self) -> int:
        """T of the utterance."""
        return int(self.batch.mel_lengths[0])

    @property
    def tokens(self) -> int:
        """N of the utterance."""
        return int(self.batch.text.lengths[0])

    def axes(self) -> Axes:
        """For an `AlignmentPicture` of the utterance: its name, text and phones."""
        title = _title(self.batch.ids[0], self.step, self.monotonic, self.utterance)
        return Axes(title, self.utterance.symbols, self.frames, self.audio.frame_seconds)


@dataclass(frozen=True)
class ValidationView:
    """Output of a validation for one held-out utterance."""

    row: int
    """The utterance's, in the tensors of the batch."""
    batch: Batch
    """Held-out recordings."""
    output: AcousticOutput
    """The recordings reconstructed."""
    from_text: InferenceOutput
    """The same texts spoken with nothing but the text."""
    utterance: Utterance
    """Its text, symbols and speaker."""
    audio: AudioConfig
    """Sample rate and hop, for seconds and Hz."""
    step: int
    """Steps done so far."""
    monotonic: bool
    """Whether the monotonic phase is on."""

    @property
    def frames(self) -> int:
        """T of the recording."""
        return int(self.batch.mel_lengths[self.row])

    @property
    def tokens(self) -> int:
        """N of the utterance."""
        return int(self.batch.text.lengths[self.row])

    @property
    def title(self) -> str:
        """Its name, the step and the phase; below, the text, which may hold `$`."""
        return _title(self.batch.ids[self.row], self.step, self.monotonic, self.utterance)


TrainingPicture = Callable[[TrainingView], Mapping[str, Picture]]
ValidationPicture = Callable[[ValidationView], Mapping[str, Picture]]
TRAINING: dict[str, TrainingPicture] = {}
VALIDATION: dict[str, ValidationPicture] = {}
"""By module and name, so that a module that is imported again replaces its own."""


def training_picture(function: TrainingPicture) -> TrainingPicture:
    """Decorator of a function that gets a `TrainingView`, in the first process, every `trainer.alignment_every` steps,
    and returns pictures by name, which is their tag in TensorBoard."""
    TRAINING[f"{function.__module__}.{function.__qualname__}"] = function
    return function


def validation_picture(function: ValidationPicture) -> ValidationPicture:
    """Decorator of a function that gets a `ValidationView` for each utterance shown, and returns pictures by name:
    `NAME` becomes `valid_1/NAME` and so on."""
    VALIDATION[f"{function.__module__}.{function.__qualname__}"] = function
    return function


class Made(NamedTuple):
    """A picture by its name."""

    name: str
    picture: Picture
    leave_out: Callable[[Exception], None]
    """What to call if it cannot be drawn."""


def training_pictures(view: TrainingView) -> Iterator[Made]:
    """All pictures of a training step."""
    return _made(TRAINING, view)


def validation_pictures(view: ValidationView) -> Iterator[Made]:
    """All pictures of an utterance."""
    return _made(VALIDATION, view)


def _made(functions: dict[str, Any], view: Any) -> Iterator[Made]:
    """The pictures of all functions. One that fails is left out from then on: no plot is worth a run."""
    for place, function in list(functions.items()):
        leave_out = partial(_leave_out, functions, place)
        try:
            pictures = dict(function(view))
            for name, picture in pictures.items():
                if not isinstance(picture, Picture):
                    raise TypeError(f"{name!r} is a {type(picture).__name__}, and no AlignmentPicture or Figure")
        except Exception as error:
            leave_out(error)
            continue
        yield from (Made(name, picture, leave_out) for name, picture in pictures.items())


def _leave_out(functions: dict[str, Any], place: str, error: Exception) -> None:
    if functions.pop(place, None) is not None:
        reason = f"{place_in_plugin(error)}{type(error).__name__}: {error}"
        tqdm.write(" ".join(f"picture {place} fails and is left out from here on: {reason}".split()), file=sys.stderr)


def show(board: TensorBoard, made: Made, step: int, prefix: str = "") -> None:
    """Log a picture as `prefix` and its name."""
    name, picture, leave_out = made
    if isinstance(picture, AlignmentPicture):
        board.alignment(prefix + name, picture.weights, step, picture.axes)
    else:
        board.figure(prefix + name, picture, step, leave_out)


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
