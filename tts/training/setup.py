"""What a run is made of before its first step: corpora, symbols, speakers and the model."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, zip_longest
from pathlib import Path

import torch

from tts.audio.pitch import harmonic_template
from tts.data.dataset import Item, SpeechDataset, items_of, mel_statistics
from tts.data.features import ensure_features
from tts.data.given_durations import with_durations
from tts.data.manifest import PreparedCorpus, read_manifest
from tts.errors import UserError
from tts.models.acoustic import AcousticModel
from tts.models.config import AutoregressiveDecoderConfig
from tts.preparation.prepare import default_workers
from tts.settings.schema import plain
from tts.synthesis.voice import Voice
from tts.text.symbols import SymbolTable
from tts.training.config import RunConfig, TrainConfig
from tts.training.origin import Origins, joined

SYMBOL, OF_SYMBOLS = "text_encoder.symbol.weight", ("shortest.frames",)
SPEAKER = "speaker.weight"
OF_SPEAKERS = ("average_style", "style_seen", "variance.recorded", "variance.spoken", "variance.seen")
"""Weights, and buffers, with a row for each symbol and for each speaker."""
PHASE = ("_tunable", "focus", "monotonic")
"""Buffers of every attention that belong to a run which goes through both phases itself."""


@dataclass(frozen=True)
class Recordings:
    """The corpora of a run."""

    train: list[Item]
    valid: list[Item]
    corpora: list[PreparedCorpus]

    def licence(self, origins: Origins) -> str:
        """Of all that is learnt from."""
        return joined(
            [*(corpus.info.licence for corpus in self.corpora), *(origin.licence for origin in origins.values())]
        )

    def credits(self, origins: Origins) -> str:
        return joined(
            [*(corpus.info.credits for corpus in self.corpora), *(origin.credits for origin in origins.values())]
        )


@dataclass(frozen=True)
class TrainingData:
    """What a voice learns from."""

    recordings: Recordings
    train: SpeechDataset
    valid: SpeechDataset
    weights: list[float]
    """Share of the frames, per corpus."""
    table: SymbolTable
    speakers: list[str]
    left_out: dict[str, str]
    """Utterances that this run cannot learn from, and why."""

    @property
    def languages(self) -> list[str]:
        return list(dict.fromkeys(corpus.info.text["language"] for corpus in self.recordings.corpora))


def open_corpora(config: RunConfig) -> list[PreparedCorpus]:
    """Raises UserError where a corpus is missing."""
    return [read_manifest(part.out) for part in config.corpora.values()]


def load_recordings(config: RunConfig, corpora: list[PreparedCorpus]) -> Recordings:
    """The splits of the corpora, computing features that are missing.

    Raises
    ------
    UserError: a corpus was prepared at another sample rate, or there is no utterance in one of the splits.
    """
    stored = [(corpus, ensure_features(corpus, config.audio, default_workers())) for corpus in corpora]
    train, valid = items_of(stored, "train"), items_of(stored, "valid")
    for name, items in (("train", train), ("valid", valid)):
        if not items:
            raise UserError(
                f"{', '.join(p.out for p in config.corpora.values())}: no utterance in the {name} split; where there "
                "are few, prepare them again with a larger or smaller limits.valid_percent, or add another corpus "
                "(corpus=mix)"
            )
    return Recordings(train, valid, corpora)


def first_of_each(items: list[Item], count: int | None) -> list[Item]:
    """`count` items, the first of each corpus in turn; all, if it is None."""
    parts = [list(part) for _, part in groupby(items, key=lambda item: item.part)]
    return [item for turn in zip_longest(*parts) for item in turn if item is not None][:count] if count else items


def with_room(items: list[Item], reduction: int, left_out: dict[str, str]) -> list[Item]:
    """Those with a step of `reduction` frames for every token; the others go to `left_out`.

    Raises
    ------
    UserError: there is none.
    """
    kept = []
    for item in items:
        tokens, steps = len(item.utterance.tokens.symbols), -(-item.frames // reduction)
        if tokens <= steps:
            kept.append(item)
        else:
            left_out[item.id] = f"{tokens} tokens in {steps} steps of model.decoder.reduction={reduction} frames"
    if not kept:
        raise UserError(f"model.decoder.reduction={reduction}: no utterance has a step for every token; lower it")
    return kept


def corpus_weights(config: RunConfig, items: list[Item]) -> list[float]:
    """Share of the frames of every corpus: as configured, or as long as its `items` are."""
    weights = [part.weight for part in config.corpora.values() if part.weight is not None]
    return weights or [float(sum(i.frames for i in items if i.part == part)) for part in range(len(config.corpora))]


def load_data(config: TrainConfig) -> TrainingData:
    """Open the corpora, computing features that are missing.

    Raises
    ------
    UserError: a corpus is missing, or was prepared with other text or sample rate settings; `alignment.folder` has no
        durations for it; no utterance has room for its tokens.
    """
    corpora, wanted = open_corpora(config), plain(config.text)
    for corpus in corpora:
        for key in ("units", "normalize"):
            if corpus.info.text[key] != wanted[key]:
                raise UserError(
                    f"{corpus.folder}: prepared with text.{key}={corpus.info.text[key]}, but this run has "
                    f"text.{key}={wanted[key]}; prepare it again or change the run"
                )
    recordings = load_recordings(config, corpora)
    train, valid = recordings.train, recordings.valid
    left_out: dict[str, str] = {}
    if config.alignment.folder is not None:
        folder = Path(config.alignment.folder).expanduser()
        # A corpus of the mix that nothing can be learnt from is a mistake; held-out speech of one of them is enough.
        by_corpus = [[item for item in train if item.part == part] for part in range(len(corpora))]
        train = [item for items in by_corpus for item in with_durations(items, folder, left_out)]
        valid = with_durations(valid, folder, left_out)
    if isinstance(config.model.decoder, AutoregressiveDecoderConfig):
        train, valid = (with_room(items, config.model.decoder.reduction, left_out) for items in (train, valid))
    train = first_of_each(train, config.trainer.utterances)
    utterances = [u for corpus in corpora for u in corpus.utterances]
    table = SymbolTable.from_tokens(u.tokens for u in utterances)
    speakers = list(dict.fromkeys(u.speaker for u in utterances))
    return TrainingData(
        recordings=recordings,
        train=SpeechDataset(train, table, speakers, config.audio),
        valid=SpeechDataset(valid, table, speakers, config.audio),
        weights=corpus_weights(config, train),
        table=table,
        speakers=speakers,
        left_out=left_out,
    )


def build_model(config: TrainConfig, data: TrainingData) -> AcousticModel:
    """A fresh model with the corpora's mel statistics."""
    torch.manual_seed(config.seed)
    model = AcousticModel(config.model, config.audio.n_mels, len(data.table), len(data.speakers))
    model.set_mel_statistics(*mel_statistics(data.train.items), harmonic_template(config.audio))
    return model


def check_same(what: str, theirs: object, ours: object) -> None:
    """Raises UserError if settings of what a run starts from are not its own."""
    if theirs != ours:
        raise UserError(f"{what} is {plain(theirs)}, this run's {plain(ours)}")


def warm_start(model: AcousticModel, data: TrainingData, voice: Voice, config: TrainConfig) -> list[str]:
    """Take over the weights of `voice` that fit; symbols and speakers are matched by name.

    A run without a plain phase of its own begins in the voice's phase, with the heads that were chosen there.

    Returns lines that say what was not taken over.

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
    same_heads = config.model.attention == voice.config.model.attention
    theirs, ours = voice.model.state_dict(), model.state_dict()
    notes = []
    known = {name: i for i, name in enumerate(voice.info.speakers)}
    symbols = data.table.mapping_from(voice.table), data.table.symbols, "symbol"
    speakers = [known.get(name) for name in data.speakers], tuple(data.speakers), "speaker"
    rows = dict.fromkeys((SYMBOL, *OF_SYMBOLS), symbols) | dict.fromkeys((SPEAKER, *OF_SPEAKERS), speakers)
    for key, value in ours.items():
        source = theirs.get(key)
        if source is None:
            notes.append(f"{key}: not in the voice, starts fresh")
            continue
        if key.rpartition(".")[2] in PHASE and not (goes_on and same_heads):
            continue
        if key in rows:
            mapping, names, what = rows[key]
            if source.shape[1:] != value.shape[1:]:
                notes.append(f"{key}: {tuple(source.shape)} there, {tuple(value.shape)} here, starts fresh")
                continue
            for row, found in enumerate(mapping):
                if found is not None:
                    value[row] = source[found]
            fresh = [name for name, found in zip(names, mapping, strict=True) if found is None]
            if fresh and key in (SYMBOL, SPEAKER):
                notes.append(f"{what}s that the voice does not know start fresh: {' '.join(fresh)}")
        elif source.shape == value.shape:
            value.copy_(source)
        else:
            notes.append(f"{key}: {tuple(source.shape)} there, {tuple(value.shape)} here, starts fresh")
    return notes
