"""The folder of an import: what was done so far, file by file, so that it can be stopped at any time."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from tts.errors import UserError
from tts.importing.pieces import LeftOut, Piece
from tts.settings.schema import parse, plain
from tts.storage.files import write_text

WAVS, HEARD, PIECES = "wavs", "heard", "pieces"
"""Folders: of the pieces' sound; of the speech that was found in each file and what the recogniser heard in
it; of the pieces of each file."""
DRAFT = ".smma-tts.draft"
"""Folder of those pieces that are to take the place of others, which stay until all is known to be good. It is removed
with all that is in it, so it has a name that nobody else's has."""


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
    path = cut_path(folder, name)
    try:
        return parse(CutFile, json.loads(path.read_text("utf-8")), str(path))
    except (OSError, ValueError, UserError):
        return None


def write_cut(folder: Path, name: str, cut: CutFile) -> None:
    (folder / PIECES).mkdir(parents=True, exist_ok=True)
    write_text(cut_path(folder, name), json.dumps(plain(cut), ensure_ascii=False, indent=0))


def cut_path(folder: Path, name: str) -> Path:
    return folder / PIECES / f"{name}.json"


def is_whole(folder: Path, name: str, cut: CutFile) -> bool:
    """Whether the sound of all pieces of a file is there."""
    return all(wav_path(folder, id).is_file() for id in piece_ids(name, cut))


def settle_file(draft: Path, folder: Path, name: str, cut: CutFile) -> None:
    """Put the pieces of a file from one folder into another, in the place of all that are there of it."""
    cut_path(folder, name).unlink(missing_ok=True)  # which stands for pieces that are no longer all there
    for part in (WAVS, PIECES):
        (folder / part).mkdir(exist_ok=True)
    own = {wav_path(folder, id) for id in piece_ids(name, cut)}
    for path in own:
        wav_path(draft, path.stem).replace(path)
    number = re.compile(re.escape(name) + r"-\d{4,}\.flac")
    for path in (folder / WAVS).iterdir():
        if number.fullmatch(path.name) and path not in own:
            path.unlink()
    cut_path(draft, name).replace(cut_path(folder, name))


def piece_ids(name: str, cut: CutFile) -> list[str]:
    return [f"{name}-{number:04d}" for number in range(1, len(cut.pieces) + 1)]


def wav_path(folder: Path, id: str) -> Path:
    return folder / WAVS / f"{id}.flac"
