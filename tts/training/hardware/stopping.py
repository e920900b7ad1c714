"""Ctrl-C, SIGTERM, a closed terminal: a run finishes its step and keeps what it learnt; a second one ends it."""

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
"""But for those that the process was started to ignore, as by `nohup` or behind `&` in a script."""


class StopRequest:
    """As a context: handles the signals that ask this process to stop.

    Before the steps of a run, and after them, the first raises KeyboardInterrupt.
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
    def waits_for_the_step(self) -> Iterator[None]:
        """Within, the first signal is only remembered."""
        self._steps = True
        try:
            yield
        finally:
            self._steps = False

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.number = number
        for other in self._before:  # by the system, even where Python waits for other code to return
            signal.signal(other, signal.SIG_DFL)
        if not self._steps:
            raise KeyboardInterrupt
        # Not by print: it may be what was interrupted.
        os.write(2, b"\nstopping: this step is finished and kept; Ctrl-C again ends at once\n")


def ignore() -> None:
    """Leave signals to the process that started this one, which ends it."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def command_to_go_on() -> str:
    """The command that this process was started by, with `resume=auto`."""
    program = sys.orig_argv[: max(1, len(sys.orig_argv) - len(sys.argv) + 1)]
    if Path(program[-1]).name.startswith("tts-"):  # an installed command, which the interpreter stands before
        program = program[-1:]
    return shlex.join([*program, *(a for a in sys.argv[1:] if not a.startswith("resume=")), "resume=auto"])
