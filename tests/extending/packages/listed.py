"""A corpus layout: recordings of any number of speakers, with one line of a table for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tts.corpora.corpus import Corpus, Recording, from_file
from tts.errors import UserError


@dataclass(frozen=True)
class Listed(Corpus):
    """Recordings in any folders, listed in `list.tsv`: FILE, SPEAKER and TEXT with tabs between them."""

    root: str
    """Folder of list.tsv; its FILEs are paths from there."""
    layout: Literal["listed"] = "listed"
    name: str = "listed"
    language: str = "en-us"
    licence: str = "not stated"
    credits: str = "not stated"

    def __iter__(self) -> Iterator[Recording]:
        table = Path(self.root).expanduser() / "list.tsv"
        if not table.is_file():
            raise UserError(f"{table}: no such file; give the folder that holds it as corpus.root=PATH")
        # A byte that is not UTF-8 becomes a character that no one can say: preparation rejects that line's recording.
        with table.open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                columns = line.rstrip("\n").split("\t")
                if len(columns) != 3:
                    raise UserError(
                        f"{table}:{number}: {len(columns)} columns instead of 3; write FILE, SPEAKER and TEXT with "
                        "tabs between them"
                    )
                file, speaker, text = columns
                yield from_file(Path(file).stem, speaker, text, table.parent / file)
