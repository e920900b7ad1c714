"""`tts-prepare`: recordings and their texts become a prepared corpus."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from typing import Any

from tts.audio.config import AudioConfig
from tts.commands.cli import command
from tts.corpora.auto import Auto
from tts.corpora.preview import preview
from tts.corpora.registry import open_corpus
from tts.data.manifest import corpus_folder, read_manifest
from tts.errors import UserError
from tts.inspection.inspection import inspect
from tts.pages.report import write_report
from tts.preparation.limits import Limits
from tts.preparation.prepare import default_workers, prepare
from tts.preparation.write_back import write_back
from tts.settings.defaults import NOT_COMPOSED
from tts.settings.schema import parse
from tts.text.config import TextConfig

CORPUS = ("corpus.root", "corpus.separator", "corpus.out", "corpus.downloads", "corpus.credits", "corpus.licence")
"""Keys of every corpus to be prepared whose values are taken literally."""


@dataclass(frozen=True)
class PrepareConfig:
    """Of `tts-prepare`."""

    corpus: dict[str, Any] = field(metadata=NOT_COMPOSED)
    """The recordings, and where the prepared corpus goes."""
    audio: AudioConfig = field(default_factory=AudioConfig)
    """How sound becomes a mel (a spectrogram)."""
    text: TextConfig = field(default_factory=TextConfig)
    """How written text becomes phones or letters."""
    limits: Limits = field(default_factory=Limits)
    """What is accepted, and how utterances are divided into splits."""
    workers: int | None = None
    """Number of processes that work at once; null for one per core."""
    write_back: bool = False
    """Whether texts that were corrected in tts-review are first written into the corpus's own files, each of which is
    kept beside itself as NAME.bak."""
    report: bool = True
    """Whether to measure what was prepared and show it in report.html, a page for a browser."""

    def __post_init__(self) -> None:
        language = self.corpus.get("language", self.text.language)
        if self.text.language != language:
            raise ValueError(
                f"text.language={self.text.language}, but corpus.language={language}: the text's language is the "
                f"corpus's, so give corpus.language={self.text.language} alone"
            )


def read_config(config: dict[str, Any]) -> PrepareConfig:
    """Raises UserError where a key is unknown, or its value of the wrong kind."""
    return parse(PrepareConfig, config, "")


def prepare_data(config: dict[str, Any]) -> None:
    """Prepare a corpus as `config` says, print a report, and write `report.html`."""
    prepare_corpus(read_config(config))


def prepare_corpus(settings: PrepareConfig) -> None:
    """Prepare the corpus that `settings` describe, print a report, and write `report.html`."""
    out = corpus_folder(settings.corpus)
    opened = corpus = open_corpus(settings.corpus)
    if isinstance(corpus, Auto):
        given, corpus = corpus.columns, corpus.recognised()
        columns = getattr(corpus, "columns", None)
        as_well = f" corpus.columns=[{','.join(columns)}]" if columns and columns != given else ""
        as_well += f" corpus.language={corpus.language}" if corpus.language != (opened.language or "en-us") else ""
        print(f"corpus=auto: {settings.corpus['root']} is read as corpus={corpus.layout}{as_well}")
    if root := getattr(corpus, "root", None):  # of the user's, which may be understood otherwise than it was meant
        for shown in preview(corpus, root):
            print(shown)
    if settings.write_back:
        print(write_back(opened, out))
    text = settings.text if settings.text.language else replace(settings.text, language=corpus.language)
    report = prepare(corpus, out, settings.audio, text, settings.limits, _workers(settings))
    print(report.table())
    if report.rejected:
        print(f"  rejected utterances, with reasons: {out / 'rejected.tsv'}")
    print(f"prepared corpus: {out}")
    if settings.report:
        inspection = inspect(read_manifest(out), _workers(settings), None, None)
        if remark := inspection.remark():
            print(f"warning: {remark}", file=sys.stderr)
        print(f"look at it: {write_report(inspection)}")


def _workers(settings: PrepareConfig) -> int:
    workers = default_workers() if settings.workers is None else settings.workers
    if workers < 1:
        raise UserError(f"workers={workers}: give a number of processes, 1 or more")
    return workers


main = command(prepare_data, "prepare", check=read_config, literal=CORPUS)

if __name__ == "__main__":
    main()
