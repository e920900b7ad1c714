"""The model before the first step: fresh weights, or those of a voice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from tts.audio.pitch import harmonic_template
from tts.data.dataset import Item, mel_statistics
from tts.errors import UserError
from tts.models.acoustic import AcousticModel
from tts.models.tables import declared
from tts.synthesis.voice import Voice
from tts.training.acoustic.config import TrainConfig
from tts.training.acoustic.data import TrainingData
from tts.training.recordings import check_same

LEFT = (
    "its monotonic phase is left, as this run has a plain phase of its own; to go on in it, give smma.switch_on=step "
    "smma.switch_step=0"
)
LISTENED = 20
"""Recordings by which a new speaker is known."""


def build_model(config: TrainConfig, data: TrainingData, visible_channels: int | None) -> AcousticModel:
    """A fresh model with the corpora's mel statistics. It reads the mel channels that the recordings fill
    (`TrainingData.common_channels`), of those that the voice or run reads which it goes on from, the lowest
    `visible_channels`."""
    torch.manual_seed(config.seed)
    known = [n for n in (config.model.visible_channels, data.common_channels, visible_channels) if n is not None]
    settings = replace(config.model, visible_channels=min(known, default=None))
    model = AcousticModel(settings, config.audio.n_mels, len(data.table), len(data.speakers), len(data.languages))
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

    def note(self, start: str = "from its average") -> list[str]:
        fresh = [name for name, source in zip(self.names, self.sources, strict=True) if source is None]
        return [f"{self.what}s that the voice does not know start {start}: {' '.join(fresh)}"] if fresh else []


def warm_start(model: AcousticModel, data: TrainingData, voice: Voice, config: TrainConfig) -> list[str]:
    """Take over the weights of `voice` that fit; symbols, speakers and languages are matched by name.

    Modules declare their tensors with a row for each of them (`per_symbol`, `per_speaker`, `per_language`), and those
    that belong to a run which goes through both phases (`of_phase`). A run without a plain phase of its own begins in
    the voice's phase, with the heads that were chosen there.

    Speakers that the voice does not know start as it hears them in their recordings, where it has a speaker encoder.

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
    of_phase = set() if keeps_phase else declared(model, "of_phase")
    known = {name: i for i, name in enumerate(voice.info.speakers)}
    symbols = _Rows("symbol", data.table.symbols, data.table.mapping_from(voice.table))
    speakers = _Rows("speaker", tuple(data.speakers), [known.get(name) for name in data.speakers])
    spoken = {name: i for i, name in enumerate(voice.info.languages)}
    languages = _Rows("language", tuple(data.languages), [spoken.get(name) for name in data.languages])
    rows = dict.fromkeys(declared(model, "per_symbol"), symbols)
    rows |= dict.fromkeys(declared(model, "per_speaker"), speakers)
    rows |= dict.fromkeys(declared(model, "per_language"), languages)

    theirs, ours = voice.model.state_dict(), model.state_dict()
    parameters = dict(model.named_parameters())
    fits = theirs["speaker.weight"].shape[1:] == ours["speaker.weight"].shape[1:]
    heard = _heard(voice, data, speakers) if fits else {}
    leaves_phase = voice.model.smma_tunable and not config.smma.at_once and config.alignment.kind == "learnt"
    notes = [
        *([LEFT] if leaves_phase else []),
        *symbols.note(),
        *speakers.note("as it hears them in their recordings" if heard else "from its average"),
        *languages.note("from those that it knows"),
        *(f"{part}: left out, this model has none" for part in _parts(theirs) if part not in _parts(ours)),
    ]
    for key, wanted in ours.items():
        if key in of_phase:
            continue
        found = theirs.get(key)
        first = 1 if key in rows else 0  # dimension that must be the same
        if found is None and rows.get(key) is languages:
            continue  # a voice of one language has no vector for it, which is as good as 0
        if found is None:
            notes.append(f"{key}: not in the voice, starts fresh")
        elif found.shape[first:] != wanted.shape[first:]:
            notes.append(f"{key}: {tuple(found.shape)} there, {tuple(wanted.shape)} here, starts fresh")
        else:
            ours[key] = rows[key].take(wanted, found, key in parameters) if key in rows else found
    ours["speaker.weight"] = ours["speaker.weight"].clone()
    for row, speaker in heard.items():
        ours["speaker.weight"][row] = speaker
    model.load_state_dict(ours)
    return notes


def _parts(state: Mapping[str, Tensor]) -> list[str]:
    return list(dict.fromkeys(key.partition(".")[0] for key in state))


@torch.no_grad()
def _heard(voice: Voice, data: TrainingData, speakers: _Rows) -> dict[int, Tensor]:
    """Speakers that the voice does not know as it hears them in their recordings, `[D]` by number; none where it
    cannot."""
    found: dict[int, Tensor] = {}
    if voice.model.speaker_encoder is None:
        return found
    unknown = {name: row for row, name in enumerate(speakers.names) if speakers.sources[row] is None}
    by_speaker: dict[str, list[Item]] = {}
    for item in data.train.items:
        by_speaker.setdefault(item.utterance.speaker, []).append(item)
    for name, row in unknown.items():
        items = by_speaker.get(name, [])
        mels = [item.store.load(item.utterance)[0] for item in items[:: max(1, -(-len(items) // LISTENED))]]
        if mels:
            heard = [voice.model.speaker_of(mel[None], torch.tensor([len(mel)]))[0] for mel in mels]
            found[row] = torch.stack(heard).mean(0)
    return found
