"""A corpus layout: a folder of recordings, each with its text in a file of the same name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tts.corpora.corpus import Corpus, Recording, from_file
from tts.errors import UserError


@dataclass(frozen=True)
class TextsBeside(Corpus):
    """Recordings `ID.flac` with their texts in `ID.txt` beside them."""

    root: str
    """Folder with the recordings."""
    speaker: str = "me"
    """Name of the speaker."""
    layout: Literal["texts_beside"] = "texts_beside"
    name: str = "texts_beside"
    language: str = "en-us"
    licence: str = "not stated"
    credits: str = "not stated"

    def __iter__(self) -> Iterator[Recording]:
        paths = sorted(Path(self.root).expanduser().glob("*.flac"))
        if not paths:
            raise UserError(f"{self.root}: no ID.flac in it; give the folder of the recordings as corpus.root=PATH")
        for path in paths:
            yield from_file(path.stem, self.speaker, path.with_suffix(".txt").read_text("utf-8"), path)
