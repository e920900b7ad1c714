"""`tts-prepare`: recordings and their texts become a prepared corpus."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tts.audio.config import AudioConfig
from tts.commands.cli import command
from tts.corpora.registry import open_corpus
from tts.data.manifest import corpus_folder
from tts.errors import UserError
from tts.preparation.limits import Limits
from tts.preparation.prepare import default_workers, prepare
from tts.settings.defaults import NOT_COMPOSED
from tts.settings.schema import parse
from tts.text.config import TextConfig

CORPUS = ("corpus.root", "corpus.out", "corpus.downloads", "corpus.credits", "corpus.licence")
"""Keys of every corpus to be prepared whose values are taken literally."""


@dataclass(frozen=True)
class PrepareConfig:
    """Of `tts-prepare`."""

    corpus: dict[str, Any] = field(metadata=NOT_COMPOSED)
    """The recordings, and where the prepared corpus goes."""
    audio: AudioConfig = field(default_factory=AudioConfig)
    """The mel definition."""
    text: TextConfig = field(default_factory=TextConfig)
    """How written text becomes phones or letters."""
    limits: Limits = field(default_factory=Limits)
    """What is accepted, and how utterances are divided into splits."""
    workers: int | None = None
    """Processes; null for one per core."""


def prepare_data(config: dict[str, Any]) -> None:
    """Prepare a corpus as `config` says, and print a report."""
    prepare_corpus(parse(PrepareConfig, config, "config"))


def prepare_corpus(settings: PrepareConfig) -> None:
    """Prepare the corpus that `settings` describe, and print a report."""
    out = corpus_folder(settings.corpus)
    corpus = open_corpus(settings.corpus)
    workers = default_workers() if settings.workers is None else settings.workers
    if workers < 1:
        raise UserError(f"workers={workers}: give a number of processes, 1 or more")
    report = prepare(corpus, out, settings.audio, settings.text, settings.limits, workers)
    print(report.table())
    if report.rejected:
        print(f"  rejected utterances, with reasons: {out / 'rejected.tsv'}")
    print(f"prepared corpus: {out}")


main = command(prepare_data, "prepare", literal=CORPUS)

if __name__ == "__main__":
    main()
