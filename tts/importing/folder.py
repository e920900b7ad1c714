"""The folder of an import: what was done so far, file by file, so that it can be stopped at any time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tts.errors import UserError
from tts.importing.pieces import LeftOut, Piece
from tts.settings.schema import parse, plain
from tts.storage.files import write_text

WAVS, HEARD, PIECES = "wavs", "heard", "pieces"
"""Folders: of the pieces' sound; of the speech that was found in each file and what the recogniser heard in
it; of the pieces of each file."""


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
