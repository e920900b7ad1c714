"""What a voice is trained on: corpora, symbols and speakers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tts.alignment.ranking import read_shares
from tts.data.dataset import Item, SpeechDataset
from tts.data.given_durations import with_durations
from tts.errors import UserError
from tts.settings.schema import plain
from tts.text.symbols import SymbolTable
from tts.training.acoustic.config import TrainConfig
from tts.training.recordings import Recordings, corpus_weights, first_of_each, load_recordings, open_corpora

UNCOUNTED = 0.05
"""Share of a corpus's recordings, the narrowest, that do not decide which channels are read: one bad file must not make
a model deaf."""


@dataclass(frozen=True)
class TrainingData:
    """Of a run."""

    recordings: Recordings
    train: SpeechDataset
    valid: SpeechDataset
    weights: list[float]
    """Share of the frames, per corpus."""
    table: SymbolTable
    languages: list[str]
    """Of the model."""
    speakers: dict[str, str]
    """The language of each."""
    left_out: dict[str, str]
    """Utterances that this run cannot learn from, and why."""
    shares: list[float] | None = None
    """Of each of `train`, the probability with which a pass over its corpus takes it; None for 1."""

    @property
    def common_channels(self) -> int | None:
        """Mel channels, from the lowest, that the recordings of every corpus fill, but for the few of each that fill
        fewest; None for all channels."""
        by_corpus: dict[int, list[int]] = {}
        for item in self.train.items:
            by_corpus.setdefault(item.part, []).append(item.channels)
        fewest = min(map(filled_by_most, by_corpus.values()))
        return fewest if fewest < self.train.audio.n_mels else None

    @property
    def language(self) -> str:
        """Of the first corpus."""
        return str(self.recordings.corpora[0].info.text["language"])

    @property
    def narrow(self) -> int:
        """How many recordings for training do not fill all channels."""
        return sum(item.channels < self.train.audio.n_mels for item in self.train.items)


def filled_by_most(channels: Sequence[int]) -> int:
    """How many channels the recordings of a corpus fill, each of which fills so many, but for the narrowest few."""
    return sorted(channels)[int(UNCOUNTED * len(channels))]


def load_data(config: TrainConfig, known: SymbolTable, languages: Sequence[str] | None = ()) -> TrainingData:
    """Open the corpora, computing features that are missing.

    Parameters
    ----------
    known, languages: symbols and languages of what the run goes on from. It keeps them, though its own corpora may
        lack some. Languages None: a model of one, that of the first corpus, which takes the others for it.

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
    train, valid = (with_room(items, config.model.decoder.frames_per_step, left_out) for items in (train, valid))
    train = first_of_each(train, config.trainer.utterances)
    utterances = [u for corpus in corpora for u in corpus.utterances]
    table = known.extend(u.tokens for u in utterances)
    spoken = [corpus.info.text["language"] for corpus in corpora]
    within = [language for utterance in utterances for language in utterance.language]
    all_languages = spoken[:1] if languages is None else list(dict.fromkeys([*languages, *spoken, *within]))
    speakers: dict[str, str] = {}
    for corpus, language in zip(corpora, spoken, strict=True):
        for utterance in corpus.utterances:
            speakers.setdefault(utterance.speaker, language if language in all_languages else spoken[0])
    return TrainingData(
        recordings=recordings,
        train=SpeechDataset(train, table, list(speakers), config.audio, all_languages),
        valid=SpeechDataset(valid, table, list(speakers), config.audio, all_languages),
        weights=corpus_weights(config, train),
        table=table,
        languages=all_languages,
        speakers=speakers,
        left_out=left_out,
        shares=ranked_shares(train, config.ranking),
    )


def ranked_shares(items: Sequence[Item], ranking: str | None) -> list[float] | None:
    """How often each item is drawn, 0 to 1, as a ranking of the first corpus has it; 1 where it says nothing.

    Raises
    ------
    UserError: it is no ranking, or of another corpus, or nothing would be left.
    """
    if ranking is None:
        return None
    known = read_shares(Path(ranking).expanduser())
    first = [item.utterance.id for item in items if item.part == 0]
    if known.keys().isdisjoint(first):
        raise UserError(f"ranking={ranking}: names no utterance of the run's first corpus; align that with tts-align")
    if not any(known.get(id, 1.0) for id in first):
        raise UserError(f"ranking={ranking}: all utterances of the run's first corpus sound like another text")
    return [known.get(item.utterance.id, 1.0) if item.part == 0 else 1.0 for item in items]


def with_room(items: list[Item], frames_per_step: int, left_out: dict[str, str]) -> list[Item]:
    """Those with a step of `frames_per_step` frames for every token; the others go to `left_out`.

    Raises
    ------
    UserError: there is none.
    """
    kept = []
    for item in items:
        tokens, steps = len(item.utterance.tokens.symbols), -(-item.frames // frames_per_step)
        if tokens <= steps:
            kept.append(item)
        else:
            left_out[item.id] = f"{tokens} tokens in {steps} steps of {frames_per_step} frames"
    if not kept:
        raise UserError(
            f"model.decoder: no utterance has a step of {frames_per_step} frames for every token; give its steps fewer "
            "frames (model.decoder.reduction)"
        )
    return kept
