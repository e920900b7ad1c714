"""What `tts-import` leaves: pieces of long recordings, whose times are those of the recordings."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from tts.corpora.corpus import Corpus, NotThisLayout, Place, Recording, Sound, from_file, open_sound
from tts.corpora.lists.in_folder import what_is_in
from tts.corpora.lists.rows import read_json
from tts.errors import UserError
from tts.storage.ownership import kind_of

MANIFEST = "pieces.jsonl"
"""An object for each piece: id, text, speaker, source, start, source_seconds, left_out, and what else is told."""
LIST = "metadata.csv"
"""For other programs; it follows from the manifest."""


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
                written = Place(str(path), line)
                yield replace(recording, load=partial(_open, wav, start, seconds), file=source, written=written)

    def files(self) -> set[Path]:
        """Those that hold its texts."""
        root = Path(self.root).expanduser()
        return {path for path in (root / LIST, root / MANIFEST) if path.is_file() and not path.is_symlink()}

    def with_texts(self, texts: Mapping[int, str]) -> dict[Path, bytes]:
        """What these would be with other texts, by the line of the manifest, which comes last as it is what is read;
        without a list that is not as `tts-import` writes it."""
        root = Path(self.root).expanduser()
        manifest, there = root / MANIFEST, root / LIST
        pieces = dict(read_json(manifest))
        changed = {line: {**piece, "text": texts[line], "heard": piece.get("heard") or piece["text"]}
                   for line, piece in pieces.items() if line in texts}  # fmt: skip
        before, after = list(pieces.values()), list((pieces | changed).values())
        own = there in self.files() and there.read_bytes() == list_of(before).encode()
        contents = {there: list_of(after).encode()} if own else {}
        lines = "".join(json.dumps(piece, ensure_ascii=False) + "\n" for piece in after)
        return contents | {manifest: lines.encode()}


def list_of(pieces: Sequence[Mapping[str, Any]]) -> str:
    """The content of `metadata.csv`: `id|text`, or `id|text|speaker` of several, of the pieces that are not left
    out."""
    kept = [piece for piece in pieces if not piece["left_out"]]
    several = len({piece["speaker"] for piece in kept}) > 1
    return "".join(_line(piece, several) for piece in kept)


def _line(piece: Mapping[str, Any], several: bool) -> str:
    text = " ".join(str(piece["text"]).replace("|", ",").split())
    return "|".join((piece["id"], text, *((piece["speaker"],) if several else ()))) + "\n"


def _open(path: Path, start: float, seconds: float) -> Sound:
    return replace(open_sound(path), start=start, file_seconds=seconds)
