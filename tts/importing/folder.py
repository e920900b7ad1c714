"""The folder of an import: what was done so far, file by file, so that it can be stopped at any time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from tts.errors import UserError
from tts.importing.pieces import LeftOut, Piece
from tts.importing.recognition import Word
from tts.settings.schema import parse, plain
from tts.storage.files import write_text

WAVS, HEARD, PIECES = "wavs", "heard", "pieces"
"""Folders: of the pieces' sound; of what the recogniser heard in each file; of the pieces of each file."""


@dataclass(frozen=True)
class CutFile:
    """What became of one file: `pieces/NAME.json`."""

    fingerprint: str
    """Differs where the file, its text or the settings do."""
    path: str
    """Of the file."""
    seconds: float
    """How long it is."""
    speech: float
    """Seconds of speech in it."""
    words: int
    """That were heard."""
    pieces: tuple[Piece, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


class HeardWords:
    """`heard/NAME.jsonl`: a line for each stretch that the recogniser listened to; what was cut short is passed over.

    Opened for adding by `with`.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / HEARD / f"{name}.jsonl"
        self._known: dict[str, list[Word]] = {}
        for line in _lines(self._path):
            if isinstance(line, list) and len(line) == 2 and isinstance(line[0], str) and isinstance(line[1], list):
                try:
                    words = [Word(str(t), float(a), float(b), float(p)) for t, a, b, p in line[1]]
                except (TypeError, ValueError):
                    continue
                self._known[line[0]] = words

    def __enter__(self) -> HeardWords:
        self._path.parent.mkdir(exist_ok=True)
        self._file = self._path.open("a", encoding="utf-8")
        self._file.write("\n")  # after a line that was cut short
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def get(self, key: str) -> list[Word] | None:
        """What was heard in a stretch, with seconds from its start; None where it was not listened to."""
        return self._known.get(key)

    def add(self, key: str, words: list[Word]) -> None:
        self._known[key] = words
        self._file.write(json.dumps([key, words], ensure_ascii=False) + "\n")
        self._file.flush()


def read_cut(folder: Path, name: str) -> CutFile | None:
    """What became of a file in an earlier run; None where that was not finished, or cannot be read."""
    path = folder / PIECES / f"{name}.json"
    try:
        return parse(CutFile, json.loads(path.read_text("utf-8")), str(path))
    except (OSError, ValueError, UserError):
        return None


def write_cut(folder: Path, name: str, cut: CutFile) -> None:
    (folder / PIECES).mkdir(exist_ok=True)
    write_text(folder / PIECES / f"{name}.json", json.dumps(plain(cut), ensure_ascii=False, indent=0))


def piece_ids(name: str, cut: CutFile) -> list[str]:
    return [f"{name}-{number:04d}" for number in range(1, len(cut.pieces) + 1)]


def wav_path(folder: Path, id: str) -> Path:
    return folder / WAVS / f"{id}.flac"


def _lines(path: Path) -> Iterator[Any]:
    if not path.is_file():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                yield json.loads(line)
            except ValueError:
                continue
