"""The recordings that a run trains on, of a voice or a vocoder."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, zip_longest

from tts.data.dataset import Item, items_of
from tts.data.features import ensure_features
from tts.data.manifest import PreparedCorpus, read_manifest
from tts.errors import UserError
from tts.preparation.prepare import default_workers
from tts.settings.schema import plain
from tts.training.config import RunConfig
from tts.training.origin import Origins, joined


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


def open_corpora(config: RunConfig) -> list[PreparedCorpus]:
    """Raises UserError where a corpus is missing."""
    return [read_manifest(part.out) for part in config.corpora.values()]


def load_recordings(config: RunConfig, corpora: list[PreparedCorpus]) -> Recordings:
    """The splits of the corpora, computing features that are missing; where none of their recordings is held out, those
    for training validate too.

    Raises
    ------
    UserError: there is no utterance to train on.
    """
    stored = [(corpus, ensure_features(corpus, config.audio, default_workers())) for corpus in corpora]
    train, valid = items_of(stored, "train"), items_of(stored, "valid")
    if not train:
        raise UserError(
            f"{', '.join(p.out for p in config.corpora.values())}: no utterance in the train split; where there are "
            "few, prepare them again with a smaller limits.valid_percent, or add another corpus (corpus=mix)"
        )
    return Recordings(train, valid or train, corpora)


def first_of_each(items: list[Item], count: int | None) -> list[Item]:
    """`count` items, the first of each corpus in turn; all, if it is None."""
    parts = [list(part) for _, part in groupby(items, key=lambda item: item.part)]
    return [item for turn in zip_longest(*parts) for item in turn if item is not None][:count] if count else items


def corpus_weights(config: RunConfig, items: list[Item]) -> list[float]:
    """Share of the frames of every corpus: as configured, or its number of frames in `items`."""
    weights = [part.weight for part in config.corpora.values() if part.weight is not None]
    return weights or [float(sum(i.frames for i in items if i.part == part)) for part in range(len(config.corpora))]


def check_same(what: str, theirs: object, ours: object) -> None:
    """Raises UserError if the settings of what a run starts from differ from its own."""
    if theirs != ours:
        raise UserError(
            f"{what} is {plain(theirs)}, this run's {plain(ours)}; make them agree, or leave out what they start from "
            f"({what.partition(':')[0]}=null)"
        )
