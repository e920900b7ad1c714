"""`tts-record`: a page on this machine where a person reads sentences aloud; what comes of it is a corpus."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tts.commands.cli import command
from tts.commands.local_page import check_port, serving
from tts.errors import UserError
from tts.inspection.inspection import candidates
from tts.settings.schema import parse
from tts.storage.locks import exclusive
from tts.storage.ownership import claim


@dataclass(frozen=True)
class RecordConfig:
    """Of `tts-record`."""

    out: str
    """Folder for the recordings, which becomes a corpus: wavs/ and metadata.csv. One that was begun is gone on with."""
    sentences: str | None = None
    """File with a sentence in each line to read aloud; null for the project's own in the language, or those that the
    folder has already."""
    language: str = "en-us"
    """The espeak-ng language of the sentences."""
    browser: bool = True
    """Whether to open the page in the browser."""
    port: int = 0
    """Port of the page on this machine; 0 for any that is free."""

    def __post_init__(self) -> None:
        check_port(self.port)


def read_config(config: dict[str, Any]) -> RecordConfig:
    """Raises UserError where a key is unknown, or its value of the wrong kind."""
    return parse(RecordConfig, config, "")


def run_record(config: dict[str, Any]) -> None:
    """Serve the page until Ctrl-C.

    Raises
    ------
    UserError: `out` holds something else or is in use, there is no sentence, or the port is in use.
    """
    settings = read_config(config)
    with serving():
        from tts.pages.record import record
        from tts.pages.server import serve
    from tts.pages.takes import LARGEST, Session

    given = Path(settings.sentences).expanduser() if settings.sentences else None
    out = Path(settings.out).expanduser()
    begun = (out / "session" / "prompts.json").is_file()
    texts = [] if begun and given is None else candidates(settings.language, given)
    if not texts and not begun:
        raise UserError(
            f"there are no sentences of the project's own in {settings.language}: give sentences=FILE, one a line"
        )
    claim(out, "recording", "out")
    with exclusive(out, "out"):
        session = Session.open(out, settings.language, texts)
        serve(record(session), settings.port, LARGEST, f"recording into {out}", settings.browser, microphone=True)
    language = "" if settings.language == "en-us" else f" corpus.language={settings.language}"
    root = shlex.quote(f"corpus.root={out}")
    print(f"prepare what you recorded: tts-prepare corpus=auto {root} corpus.name=NAME{language}")


main = command(run_record, "record", check=read_config, literal=("out", "sentences"))

if __name__ == "__main__":
    main()
