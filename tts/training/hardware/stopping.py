"""Ctrl-C, SIGTERM, a closed terminal: the run finishes its step and saves; a second signal ends it at once."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Handled, except those that the process was started to ignore, as by `nohup` or behind `&` in a script."""


class StopRequest:
    """As a context: handles the signals that ask this process to stop.

    The first raises KeyboardInterrupt, except during the steps of a run.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        """The signal that came."""
        self._steps = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> StopRequest:
        handled = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        self._before = {number: signal.signal(number, self._handle) for number in handled}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Within, the first signal only sets `number`."""
        self._steps = True
        try:
            yield
        finally:
            self._steps = False

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.number = number
        for other in self._before:  # by the system, even while native code is running
            signal.signal(other, signal.SIG_DFL)
        if not self._steps:
            raise KeyboardInterrupt
        # Not by print: it may be what was interrupted.
        os.write(2, b"\nstopping: this step is finished and kept; Ctrl-C again ends at once\n")


def ignore() -> None:
    """Ignore signals: the parent process handles them and ends this one."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def command_to_go_on() -> str:
    """The command that this process was started by, with `resume=auto`."""
    program = sys.orig_argv[: max(1, len(sys.orig_argv) - len(sys.argv) + 1)]
    if Path(program[-1]).name.startswith("tts-"):  # an installed command, which the interpreter stands before
        program = program[-1:]
    return shlex.join([*program, *(a for a in sys.argv[1:] if not a.startswith("resume=")), "resume=auto"])
