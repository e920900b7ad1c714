"""A line of JSON for each thing that happens, without the texts that are spoken."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any


class Lines(logging.Formatter):
    """One object a line: time, level, logger, what happened, and its figures.

    An exception is its type and the lines of code that it went through: its message may quote a text.
    """

    def __init__(self, texts: bool) -> None:
        super().__init__()
        self._texts = texts

    def format(self, record: logging.LogRecord) -> str:
        content: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            content["error"] = f"{type(error).__name__}: {error}" if self._texts else type(error).__name__
            content["at"] = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
        return json.dumps(content, ensure_ascii=False)


def log_as_lines(texts: bool) -> None:
    """Everything goes to standard error; `texts`: also what quotes a text."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(texts))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)  # it names every connection
    if not texts:
        logging.getLogger("tts.text").setLevel(logging.ERROR)  # warnings there name the word
