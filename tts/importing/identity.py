"""Which file a recording is, wherever it lies: what was heard in it is kept when its folder is moved or copied."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tts.errors import UserError
from tts.importing.activity import read_activity
from tts.importing.folder import HEARD, PIECES
from tts.importing.sources import Source
from tts.settings.schema import parse, plain
from tts.storage.files import sha256, stamp, write_text


@dataclass(frozen=True)
class Identity:
    """Of a file, `heard/NAME.json`."""

    first: str
    """Its stamp when it was imported first, by which what was found in it is kept."""
    stamp: str
    """The one that it has now: a copy has another."""
    sha256: str


def first_stamp(source: Source, out: Path) -> str:
    """The stamp under which what a file holds is known in `out`, or its own. It is read as a whole only if it is new.

    Raises
    ------
    UserError: it cannot be read.
    """
    try:
        now, known = stamp(source.path), _read(source, out)
        if known is not None and now in (known.first, known.stamp):
            return known.first
        digest = sha256(source.path)
    except OSError as error:
        raise UserError(f"{source.path}: cannot be read ({error.strerror})") from error
    first = known.first if known is not None and known.sha256 == digest else now
    (out / HEARD).mkdir(exist_ok=True)
    write_text(_path(source, out), json.dumps(plain(Identity(first, now, digest))) + "\n")
    return first


def holds_others(out: Path, sources: Sequence[Source]) -> bool:
    """Whether something in `out` was made from other recordings than these."""
    by_name = {source.name: source for source in sources}
    return any(name not in by_name or not _is_known(by_name[name], out) for name in _made(out))


def gone(out: Path, sources: Sequence[Source]) -> list[str]:
    """Names of recordings that something in `out` was made from, and that are not among these."""
    return sorted(_made(out) - {source.name for source in sources})


def _made(out: Path) -> set[str]:
    return {path.stem for path in (out / PIECES).glob("*.json")}


def _is_known(source: Source, out: Path) -> bool:
    known = _read(source, out)
    try:
        now = stamp(source.path)
        if known is None:  # in folders of earlier versions
            return read_activity(out / HEARD / f"{source.name}.npz", now) is not None
        return now in (known.first, known.stamp) or sha256(source.path) == known.sha256
    except OSError:
        return False


def _read(source: Source, out: Path) -> Identity | None:
    path = _path(source, out)
    try:
        return parse(Identity, json.loads(path.read_text("utf-8")), str(path))
    except (OSError, ValueError, UserError):
        return None


def _path(source: Source, out: Path) -> Path:
    return out / HEARD / f"{source.name}.json"
