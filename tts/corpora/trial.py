"""Lists and texts read as if other things stood in them, so that no file need change for a trial."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

NOTHING: Mapping[Path, bytes] = {}
_others: ContextVar[Mapping[Path, bytes]] = ContextVar("_others", default=NOTHING)


@contextmanager
def as_if(contents: Mapping[Path, bytes]) -> Iterator[None]:
    """Within it, `content_of` these files, which are there, is this."""
    token = _others.set(contents)
    try:
        yield
    finally:
        _others.reset(token)


def content_of(path: Path) -> bytes:
    """What stands in a file that texts are read from, or would. Raises `OSError` where it cannot be read."""
    other = _others.get().get(path)
    return path.read_bytes() if other is None else other
