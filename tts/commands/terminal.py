"""Standard streams that a command can rely on, whatever they are connected to."""

from __future__ import annotations

import os
import sys
from typing import Any


class _Lasting:
    """A stream whose reader may leave (`| head -1`): what is said after that is dropped, and the work goes on."""

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
        """Send what is still to come nowhere, or Python would complain of it once more at its end."""
        _to_nowhere(self._stream.fileno())
        if not isinstance(error, BrokenPipeError):
            raise error


def make_reliable() -> None:
    """Let standard output and error take every character, closed ones everything."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = getattr(sys, name)
        if stream is None:  # closed, as by >&-; files opened later must not take its place
            _to_nowhere(descriptor)
            stream = os.fdopen(descriptor, "w", encoding="utf-8", closefd=False)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
        if not isinstance(stream, _Lasting):
            setattr(sys, name, _Lasting(stream))


def _to_nowhere(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    if nowhere != descriptor:
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
