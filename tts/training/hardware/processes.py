"""The processes of a run on one machine: the first starts the others, watches them, and speaks for all."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path
from typing import IO, NoReturn

import torch

from tts.errors import UserError
from tts.training.hardware import stopping

FOLLOWS = "SMMA_TTS_FOLLOWS"
"""In the environment of a process that another one started: the number of that one."""
PATIENCE = 5.0
"""Seconds for a process to notice that another one is gone, where it waits for it."""
LET_OTHERS_END = 2.0
"""Seconds before a process ends that has perhaps only noticed that: the one that failed ends first."""


def speaks() -> bool:
    """Whether this process is the first of its run, over all machines; known before the others are there."""
    ranks = ("RANK", "LOCAL_RANK", "NODE_RANK", "GROUP_RANK", "SLURM_PROCID")
    return all(os.environ.get(name, "0") == "0" for name in ranks)


def follow() -> bool:
    """Let this process, if the first of its machine started it, end with that one and no sooner; whether it did."""
    if FOLLOWS not in os.environ:
        return False
    stopping.ignore()
    threading.Thread(target=_end_with, args=(int(os.environ[FOLLOWS]),), daemon=True).start()
    return True


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


class Others:
    """The processes that this one started. What they say is kept from the user, unless one of them fails."""

    def __init__(self) -> None:
        self._running: list[tuple[subprocess.Popen[bytes], IO[bytes]]] = []
        self._over = threading.Event()

    def start(self, count: int) -> None:
        """Start `count` processes of the same command, by their LOCAL_RANK from 1 on."""
        for rank in range(1, count + 1):
            said = tempfile.TemporaryFile()  # noqa: SIM115 (until the process ends)
            process = subprocess.Popen(
                [sys.executable, *sys.orig_argv[1:]],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                env=os.environ | {"LOCAL_RANK": str(rank), FOLLOWS: str(os.getpid())},
                start_new_session=True,  # Ctrl-C in a terminal reaches a whole group of processes
            )
            self._running.append((process, said))
        if self._running:
            atexit.register(self._finish)
            threading.Thread(target=self._watch, daemon=True).start()

    def end(self) -> None:
        """End them at once."""
        self._over.set()
        for process, _ in self._running:
            process.kill()
        for process, _ in self._running:
            process.wait()

    def fail(self, error: Exception) -> NoReturn:
        """End them, and raise what ended the run: `error`, or, where that is only that another process was gone, why
        that one failed."""
        failed = None
        notices = isinstance(error, RuntimeError) or isinstance(error.__cause__, torch.distributed.DistError)
        if notices and self._running:
            until = time.monotonic() + PATIENCE
            while failed is None and time.monotonic() < until:
                time.sleep(0.05)
                failed = self._failed()
        reason = "" if failed is None else self._reason(failed)
        self.end()
        if reason:
            raise UserError(reason) from error
        raise error

    def _finish(self) -> None:
        """At the end of this process, which may come before theirs."""
        self._over.set()
        for process, _ in self._running:
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()

    def _watch(self) -> None:
        """Should another process fail, end this one, where it does not come to that by itself: waiting for processes
        that have never come, or on a GPU."""
        while not self._over.wait(0.2):
            failed = self._failed()
            if failed is not None and not self._over.wait(PATIENCE):
                print(f"error: {self._reason(failed)}", file=sys.stderr, flush=True)
                self.end()
                os._exit(1)

    def _failed(self) -> int | None:
        """The first of them that has ended and not well."""
        return next((n for n, (process, _) in enumerate(self._running) if process.poll()), None)

    def _reason(self, number: int) -> str:
        """Why it failed, in one line."""
        process, said = self._running[number]
        name = f"process {number + 2} of {len(self._running) + 1}"
        if process.returncode < 0:
            signal_name = signal.Signals(-process.returncode).name
            memory = ", perhaps for want of memory" if signal_name == "SIGKILL" else ""
            return f"{name} was ended by {signal_name}{memory}; resume=auto goes on from the last checkpoint"
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
        lines = [line for line in text.splitlines() if line.strip()]
        told = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
        if told and "Traceback" not in text:
            return told[-1]
        kept = Path(tempfile.mkdtemp(prefix="smma-tts-")) / f"process_{number + 2}.txt"
        kept.write_text(text, "utf-8")
        last = told[-1] if told else lines[-1] if lines else f"ended with status {process.returncode}"
        return f"{name}: {last}; all that it said: {kept}"


OTHERS = Others()
"""Started once for a command, for all of its runs."""


def fail_quietly(error: Exception) -> NoReturn:
    """In a process that follows another: leave what ended it as a line for that one to read, below its traceback."""
    if isinstance(error, (UserError, OSError)):
        raise error
    traceback.print_exception(error)
    if isinstance(error, RuntimeError):
        time.sleep(LET_OTHERS_END)
    raise UserError(f"{type(error).__name__}: {error}") from error
