"""The model before the first step: fresh weights, or those of a voice."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from tts.audio.pitch import harmonic_template
from tts.data.dataset import mel_statistics
from tts.errors import UserError
from tts.models.acoustic import AcousticModel
from tts.synthesis.voice import Voice
from tts.training.acoustic.config import TrainConfig
from tts.training.acoustic.data import TrainingData
from tts.training.recordings import check_same


def build_model(config: TrainConfig, data: TrainingData, visible_channels: int | None) -> AcousticModel:
    """A fresh model with the corpora's mel statistics. It reads the mel channels that the recordings fill
    (`TrainingData.common_channels`), of those that the voice or run reads which it goes on from, the lowest
    `visible_channels`."""
    torch.manual_seed(config.seed)
    known = [n for n in (config.model.visible_channels, data.common_channels, visible_channels) if n is not None]
    settings = replace(config.model, visible_channels=min(known, default=None))
    model = AcousticModel(settings, config.audio.n_mels, len(data.table), len(data.speakers))
    model.set_mel_statistics(*mel_statistics(data.train.items), harmonic_template(config.audio))
    return model


@dataclass
class _Rows:
    """Which row of a voice's tensors each row of the model's comes from."""

    what: str
    names: tuple[str, ...]
    sources: list[int | None]
    """By `names`; None where the voice has none."""

    def take(self, ours: Tensor, theirs: Tensor, learnt: bool) -> Tensor:
        """`ours` with the rows of `theirs` that there are; where they are `learnt`, the others are the mean of theirs,
        from which everything is near."""
        taken = theirs.mean(0).expand_as(ours).clone() if learnt else ours.clone()
        for row, source in enumerate(self.sources):
            if source is not None:
                taken[row] = theirs[source]
        return taken

    def note(self) -> list[str]:
        fresh = [name for name, source in zip(self.names, self.sources, strict=True) if source is None]
        return [f"{self.what}s that the voice does not know start from its average: {' '.join(fresh)}"] if fresh else []


def warm_start(model: AcousticModel, data: TrainingData, voice: Voice, config: TrainConfig) -> list[str]:
    """Take over the weights of `voice` that fit; symbols and speakers are matched by name.

    Modules declare their tensors with a row for each symbol or speaker (`per_symbol`, `per_speaker`), and those that
    belong to a run which goes through both phases (`of_phase`). A run without a plain phase of its own begins in the
    voice's phase, with the heads that were chosen there.

    Returns lines that name what was not taken over.

    Raises
    ------
    UserError: the voice has another mel definition; it never learnt to align, and the run leaves no time for it.
    """
    check_same("init_from: the voice's audio", voice.config.audio, config.audio)
    goes_on = config.smma.at_once and config.alignment.kind == "learnt"
    if goes_on and voice.info.training.get("alignment") == "from_files":
        raise UserError(
            "init_from: this voice was trained with alignment=from_files and never learnt to align; do so here too, or "
            "give the run a plain phase: smma.switch_step=300"
        )
    keeps_phase = goes_on and config.model.attention == voice.config.model.attention
    of_phase = set() if keeps_phase else _declared(model, "of_phase")
    known = {name: i for i, name in enumerate(voice.info.speakers)}
    symbols = _Rows("symbol", data.table.symbols, data.table.mapping_from(voice.table))
    speakers = _Rows("speaker", tuple(data.speakers), [known.get(name) for name in data.speakers])
    rows = dict.fromkeys(_declared(model, "per_symbol"), symbols)
    rows |= dict.fromkeys(_declared(model, "per_speaker"), speakers)

    theirs, ours = voice.model.state_dict(), model.state_dict()
    parameters = dict(model.named_parameters())
    notes = [*symbols.note(), *speakers.note()]
    for key, wanted in ours.items():
        if key in of_phase:
            continue
        found = theirs.get(key)
        first = 1 if key in rows else 0  # dimension that must be the same
        if found is None:
            notes.append(f"{key}: not in the voice, starts fresh")
        elif found.shape[first:] != wanted.shape[first:]:
            notes.append(f"{key}: {tuple(found.shape)} there, {tuple(wanted.shape)} here, starts fresh")
        else:
            ours[key] = rows[key].take(wanted, found, key in parameters) if key in rows else found
    model.load_state_dict(ours)
    return notes


def _declared(model: nn.Module, attribute: str) -> set[str]:
    """Keys of the state that modules of `model` name in their class attribute."""
    return {
        f"{prefix}.{name}" if prefix else name
        for prefix, module in model.named_modules()
        for name in getattr(module, attribute, ())
    }
