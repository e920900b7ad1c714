"""What `tts-import` leaves: pieces of long recordings, whose times are those of the recordings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from tts.corpora.corpus import Corpus, NotThisLayout, Recording, Sound, from_file, open_sound
from tts.corpora.lists.in_folder import what_is_in
from tts.corpora.lists.rows import read_json
from tts.errors import UserError
from tts.storage.ownership import kind_of

MANIFEST = "pieces.jsonl"
"""An object for each piece: id, text, speaker, source, start, source_seconds, left_out, and what else is told."""


@dataclass(frozen=True)
class Imported(Corpus):
    """A folder of `tts-import`: its pieces, less those left out, on the clock of the recordings they were cut from."""

    root: str
    """Folder that tts-import made."""
    speaker: str | None = None
    """Who speaks in all pieces; null for whom the import told apart, or the corpus's name where it found one."""
    layout: Literal["imported"] = "imported"
    name: str = "imported"
    language: str = "en-us"
    licence: str = "not stated"
    credits: str = "not stated"

    def __iter__(self) -> Iterator[Recording]:
        root = Path(self.root).expanduser()
        path = root / MANIFEST
        if not root.is_dir():
            raise UserError(f"{root}: no such folder")
        if kind_of(root) != "import" or not path.is_file():
            raise NotThisLayout(f"{root}: no folder that tts-import made; {what_is_in(root)}")
        for line, piece in read_json(path):
            try:
                id, text, speaker, source, left_out = (
                    str(piece[key]) for key in ("id", "text", "speaker", "source", "left_out")
                )
                start, seconds = float(piece["start"]), float(piece["source_seconds"])
            except (KeyError, TypeError, ValueError) as error:
                raise UserError(f"{path}:{line}: not as tts-import writes it ({error}); import again") from error
            if not 0 <= start <= seconds < math.inf:
                raise UserError(f"{path}:{line}: start={start:g} is no place in {seconds:g} s; import again")
            if Path(id).name != id:
                raise UserError(f"{path}:{line}: {id!r} is no file name; import again")
            if not left_out:
                wav = root / "wavs" / f"{id}.flac"
                recording = from_file(id, self.speaker or speaker or self.name, text, wav)
                yield replace(recording, load=partial(_open, wav, start, seconds), file=source)


def _open(path: Path, start: float, seconds: float) -> Sound:
    return replace(open_sound(path), start=start, file_seconds=seconds)
