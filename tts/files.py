"""Files written whole or not at all, and what tells one content from another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def write_text(path: Path, content: str) -> None:
    """Write a UTF-8 file by rename, so that it is there whole or not at all."""
    draft = path.with_name(path.name + ".part")
    draft.write_text(content, "utf-8")
    draft.replace(path)


def write_rows(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """A table with tabs between cells; tabs and line ends inside one become spaces."""
    write_text(path, "".join("\t".join(" ".join(cell.split()) for cell in row) + "\n" for row in rows))


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal. Raises `OSError` where it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(*parts: Any) -> str:
    """Sixteen hexadecimal digits that differ where plain data (lists, dicts, strings, numbers) does."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
