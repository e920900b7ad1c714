"""Validation: reconstruct held-out recordings, and speak their texts with nothing but the text."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import torch
from matplotlib.figure import Figure
from torch import Tensor

from tts.attention.focus import inspect_path
from tts.attention.masks import length_mask
from tts.batch import Batch
from tts.data.dataset import Item, SpeechDataset
from tts.data.segments import read_samples
from tts.models.acoustic import AcousticModel, AcousticOutput, Conditions
from tts.models.decoders.decoder import InferenceOutput
from tts.models.predictors.pitch import PitchPrediction, octaves_of
from tts.reporting.last_validation import Shown, ShownUtterance, write_validation
from tts.reporting.plots import save_png
from tts.training.monitoring.means import Means
from tts.training.monitoring.pictures import ValidationView, show, validation_pictures
from tts.training.monitoring.tensorboard import TensorBoard
from tts.vocoder.choice import AUTO_VOCODER, make_vocoder

logger = logging.getLogger(__name__)

SHOWN = 2
"""Utterances whose pictures and sound are logged."""


@dataclass
class Validator:
    """The same held-out utterances every time, in batches of similar length; the first corpus's longest are shown."""

    dataset: SpeechDataset
    device: torch.device
    limit: int
    run: Path
    """Folder for `alignments/`, pictures of those shown at every step, and for the last validation."""
    batch_size: int = 8

    def __post_init__(self) -> None:
        items = self.dataset.items
        chosen = sorted(items[:: max(1, -(-len(items) // self.limit))], key=lambda i: (i.part, -i.frames))
        groups = [chosen[k : k + self.batch_size] for k in range(0, len(chosen), self.batch_size)]
        self.batches = [self.dataset.collate(group) for group in groups]
        self.shown = groups[0][:SHOWN]
        self.recordings_shown = False
        self.vocoder = make_vocoder(AUTO_VOCODER, self.dataset.audio)

    @torch.no_grad()
    def __call__(self, model: AcousticModel, board: TensorBoard | None, step: int) -> dict[str, float]:
        """Means over utterances, by name. `mel` is the L1 error of the reconstruction, in standard deviations of each
        channel; `mel_from_text` that of synthesis from text, at the recording's timing and pitch so that frames
        compare. `pitch_error` is that of the predicted pitch, in semitones, where both are voiced; NaN if nowhere."""
        means, shown = Means(), list[Shown]()
        for number, batch in enumerate(self.batches):
            batch = batch.to(self.device)
            output = model(batch, Conditions())
            from_text = model.infer(batch.text)
            timed = model.infer(batch.text, durations=output.durations, pitch=batch.pitch, restore_variance=False)
            means.add(self._measure(model, batch, output, from_text, timed), len(batch.ids))
            if number == 0 and board is not None:
                shown = self._show(model, batch, output, from_text, board, step)
        values = means.values()
        if shown:
            try:
                write_validation(self.run, step, values, shown, self.dataset.audio.sample_rate)
            except (OSError, ValueError) as error:  # it is not worth a run
                logger.warning("the validation of step %d is not kept for tts-serve: %s", step, error)
        return values

    def _measure(
        self,
        model: AcousticModel,
        batch: Batch,
        output: AcousticOutput,
        from_text: InferenceOutput,
        timed: InferenceOutput,
    ) -> dict[str, float]:
        frames = length_mask(batch.mel_lengths, batch.mel.shape[1])
        path = inspect_path(output.alignment, batch.text.lengths, batch.mel_lengths)
        apart = (timed.mel[:, : frames.shape[1]] - batch.mel) / model.mel_std
        if batch.missing_channels is not None:
            apart = apart.masked_fill(batch.missing_channels, 0.0)
        return {
            "mel": float(output.error.abs().mean(-1)[frames].mean()),
            "mel_from_text": float(apart.abs().mean(-1)[frames].mean()),
            "length_error": float((from_text.mel_lengths / batch.mel_lengths).log().abs().mean()),
            **self._pitch(output.decoded.pitch, batch.pitch, frames),
            "focus_rate": float(output.leading.sharpest),
            "monotonicity": float(path.monotonicity.mean()),
            "skipped": float(path.skipped.float().mean()),
            "repeated": float(path.repeated.float().mean()),
            "unfinished": float(path.unfinished.float().mean()),
            "endless": float((~from_text.finished).float().mean()),
        }

    @staticmethod
    def _pitch(predicted: PitchPrediction | None, pitch: Tensor, frames: Tensor) -> dict[str, float]:
        if predicted is None:
            return {}
        octaves = (predicted.octaves - octaves_of(pitch)).abs()
        voiced = frames & (pitch > 0) & (predicted.voicing > 0)
        return {"pitch_error": float(12 * (octaves * voiced).sum() / voiced.sum())}

    def _show(
        self,
        model: AcousticModel,
        batch: Batch,
        output: AcousticOutput,
        from_text: InferenceOutput,
        board: TensorBoard,
        step: int,
    ) -> list[Shown]:
        if not self.recordings_shown:
            self._show_recordings(board, step)
            self.recordings_shown = True
        alignments, seen = self.run / "alignments", []
        for i, item in enumerate(self.shown):
            frames, name = int(batch.mel_lengths[i]), f"valid_{i + 1}"
            mel, rebuilt = batch.mel[i, :frames].cpu(), output.mel[i, :frames].cpu()
            made = from_text.mel[i, : int(from_text.mel_lengths[i])].cpu()
            view = ValidationView(
                i, batch, output, from_text, item.utterance, self.dataset.audio, step, model.smma_tunable
            )
            picture = None
            for shown in validation_pictures(view):
                if shown.name == "alignment" and isinstance(shown.picture, Figure):
                    alignments.mkdir(exist_ok=True)
                    picture = alignments / f"{name}_step_{step:07d}.png"
                    save_png(shown.picture, picture)  # before another thread draws it
                show(board, shown, step, f"{name}/")
            for kind, log_mel in (("target", mel), ("reconstructed", rebuilt), ("synthesised", made)):
                board.mel(f"{name}/mel_{kind}", log_mel, step)
            sounds = {"recording": self._recording(item), "reconstructed": self.vocoder(rebuilt)}
            sounds["synthesised"] = self.vocoder(made)
            for kind in ("synthesised", "reconstructed"):
                self._play(f"{name}/{kind}", item, sounds[kind], board, step)
            utterance = ShownUtterance(item.id, item.utterance.text)
            seen.append(Shown(utterance, picture, {kind: wav.numpy() for kind, wav in sounds.items()}))
        return seen

    def _show_recordings(self, board: TensorBoard, step: int) -> None:
        """What the sounds are to be compared with; it does not change."""
        for i, item in enumerate(self.shown):
            name = f"valid_{i + 1}"
            self._play(f"{name}/recording", item, self._recording(item), board, step)
            board.text(f"{name}/text", f"{item.id}: {item.utterance.text}", step)

    def _recording(self, item: Item) -> Tensor:
        return read_samples(item, 0, round(item.utterance.seconds * self.dataset.audio.sample_rate))

    def _play(self, name: str, item: Item, wav: Tensor, board: TensorBoard, step: int) -> None:
        board.audio(name, wav, self.dataset.audio.sample_rate, step, f"{item.id}: {item.utterance.text}")
