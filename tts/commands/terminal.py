"""Standard streams that never fail, whatever they are connected to."""

from __future__ import annotations

import os
import sys
from typing import Any


class _UnbreakableStream:
    """A stream whose reader may leave (`| head -1`): later output is dropped, and the work goes on."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            return int(self._stream.write(text))
        except OSError as error:
            self._drop(error)
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            self._drop(error)

    def _drop(self, error: OSError) -> None:
        """Discard further output, or Python would report the error once more when it exits."""
        _discard(self._stream.fileno())
        if not isinstance(error, BrokenPipeError):
            raise error


def make_reliable() -> None:
    """Let standard output and error accept every character, and closed streams discard everything."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = getattr(sys, name)
        if stream is None:  # closed, as by >&-; files opened later must not take its place
            _discard(descriptor)
            stream = os.fdopen(descriptor, "w", encoding="utf-8", closefd=False)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
        if not isinstance(stream, _UnbreakableStream):
            setattr(sys, name, _UnbreakableStream(stream))


def _discard(descriptor: int) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    if null != descriptor:
        os.dup2(null, descriptor)
        os.close(null)
