"""Atomic writes, and fingerprints of content."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """A draft to write, renamed to `path` when the block ends, so that the file is there completely or not at all.

    Every process has a draft of its own: two runs may write the same file at the same time.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    draft.unlink(missing_ok=True)  # a link of that name in a stranger's folder would lead elsewhere
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_text(path: Path, content: str) -> None:
    """Write a UTF-8 file atomically; what UTF-8 cannot hold, as in some file names, is escaped as `\\udcff`."""
    with atomic_write(path) as draft:
        draft.write_text(content, "utf-8", "backslashreplace")


def write_rows(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """A table with tabs between cells; tabs and line ends inside one become spaces."""
    write_text(path, "".join("\t".join(" ".join(cell.split()) for cell in row) + "\n" for row in rows))


def stamp(path: Path) -> str:
    """Differs once a file was written again or another put in its place. Raises `OSError` where there is none."""
    status = path.stat()
    return f"{status.st_size}:{status.st_mtime_ns}"


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal. Raises `OSError` where it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(*parts: Any) -> str:
    """Sixteen hexadecimal digits that differ where plain data (lists, dicts, strings, numbers) does."""
    content = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8", "backslashreplace")).hexdigest()[:16]
