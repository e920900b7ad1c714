"""Files that are written again and again, but never over what somebody changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from tts.storage.files import sha256, write_text

RECORD = ".written.json"
"""Beside the files: SHA-256 of each as it was written."""


def write_own(out: Path, contents: Iterable[tuple[str, str]]) -> list[Path]:
    """Write files, `(name, content)`, into a folder. What was changed there by hand, or is not ours, stays as it is,
    and a line says so.

    Returns
    -------
    Those that were written.
    """
    record = _record(out)
    written, left = [], []
    try:
        for name, content in contents:
            path, new = out / name, hashlib.sha256(content.encode("utf-8", "backslashreplace")).hexdigest()
            # One with the new content is ours, too: of a run that was killed before it wrote the record.
            if path.exists() and not (path.is_file() and sha256(path) in (record.get(name), new)):
                left.append(name)
                continue
            write_text(path, content)
            record[name] = new
            written.append(path)
    finally:
        write_text(out / RECORD, json.dumps(record, indent=1))
    if left:
        more = f" and {len(left) - 1} more" if len(left) > 1 else ""
        print(
            f"{out}/{left[0]}{more}: changed by hand or by another program, and left as it is; move it away to renew it"
        )
    return written


def _record(out: Path) -> dict[str, str]:
    try:
        record = json.loads((out / RECORD).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}
