"""`tts-review`: the report of a prepared corpus, and a page on this machine where its texts are corrected."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tts.commands.cli import command
from tts.commands.local_page import check_port, serving
from tts.commands.prepare_data import CORPUS
from tts.data.manifest import corpus_folder, read_manifest
from tts.inspection.inspection import MEASURED, Inspection, inspect
from tts.pages.report import write_report
from tts.preparation.prepare import default_workers
from tts.settings.defaults import NOT_COMPOSED
from tts.settings.schema import parse


@dataclass(frozen=True)
class ReviewConfig:
    """Of `tts-review`."""

    corpus: dict[str, Any] = field(metadata=NOT_COMPOSED)
    """The prepared corpus: corpus=data/NAME, its folder."""
    timings: str | None = None
    """Folder of `tts-align` for the corpus, whose ranking says what to look at first; null for none."""
    sentences: str | None = None
    """File with a sentence in each line, of which some are suggested to record next; null for the project's own in the
    corpus's language."""
    measured: int = MEASURED
    """Utterances that are measured at most, chosen by chance; 0 for all."""
    serve: bool = True
    """Whether to serve the page on this machine, after report.html is written."""
    browser: bool = True
    """Whether to open the page in the browser."""
    port: int = 0
    """Port of the page on this machine; 0 for any that is free."""
    workers: int | None = None
    """Number of processes that measure recordings; null for one per core."""

    def __post_init__(self) -> None:
        check_port(self.port)
        if self.measured < 0:
            raise ValueError(f"measured={self.measured}: a number of utterances, or 0 for all")


def read_config(config: dict[str, Any]) -> ReviewConfig:
    """Raises UserError where a key is unknown, or its value of the wrong kind."""
    return parse(ReviewConfig, config, "")


def run_review(config: dict[str, Any]) -> None:
    """Write `report.html` into the folder of the corpus, and serve it with texts that can be changed.

    Raises
    ------
    UserError: no prepared corpus, no ranking in `timings`, no such file of sentences, or the port is in use.
    """
    settings = read_config(config)
    folder = corpus_folder(settings.corpus)
    timings, sentences = (Path(p).expanduser() if p else None for p in (settings.timings, settings.sentences))
    workers = default_workers() if settings.workers is None else max(1, settings.workers)

    def inspected() -> Inspection:
        return inspect(read_manifest(folder), workers, timings, sentences, settings.measured or sys.maxsize)

    print(f"report: {write_report(inspected())}")
    if settings.serve:
        with serving():
            from tts.pages.review import LARGEST, review
            from tts.pages.server import serve
        serve(review(inspected), settings.port, LARGEST, f"review of {folder}", settings.browser)


main = command(run_review, "review", check=read_config, literal=(*CORPUS, "timings", "sentences"), prepared=True)

if __name__ == "__main__":
    main()
