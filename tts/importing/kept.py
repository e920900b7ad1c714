"""Results that are kept in a file as they come, so that none is computed twice, however a run ends."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Any


class Kept:
    """A file of lines `[KEY, VALUE]`, JSON. A line that was cut short, as by a crash, is passed over.

    Results are added within `with`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, Any] = {}
        if not path.is_file():
            return
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    key, value = json.loads(line)
                except (ValueError, TypeError, RecursionError):
                    continue
                if isinstance(key, str):
                    self._known[key] = value

    def __enter__(self) -> Kept:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("a", encoding="utf-8")
        self._file.write("\n")  # after a line that was cut short
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def get(self, key: str) -> Any:
        """The value as JSON gives it back; None where there is none. Whoever reads it checks it."""
        return self._known.get(key)

    def add(self, key: str, value: Any) -> None:
        self._known[key] = value
        self._file.write(json.dumps([key, value], ensure_ascii=False) + "\n")
        self._file.flush()
