"""The processes of a run on one machine: the first starts the others, watches them, and reports their errors."""

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

from tts.errors import UserError, place_in_plugin
from tts.training.hardware import stopping

PARENT = "SMMA_TTS_FOLLOWS"
"""Environment variable of a child process: the id of its parent."""
PATIENCE = 5.0
"""Seconds in which a process that waits for another notices that it died."""
LET_OTHERS_END = 2.0
"""Seconds that a failing process waits before it ends, so that the one which failed first ends first."""


def is_first_process() -> bool:
    """Whether this process is the first of its run, over all machines; known before the others are there."""
    ranks = ("RANK", "LOCAL_RANK", "NODE_RANK", "GROUP_RANK", "SLURM_PROCID")
    return all(os.environ.get(name, "0") == "0" for name in ranks)


def attach_to_parent() -> bool:
    """Whether this is a child process; one ignores signals and ends with its parent from then on."""
    if PARENT not in os.environ:
        return False
    stopping.ignore()
    threading.Thread(target=_end_with, args=(int(os.environ[PARENT]),), daemon=True).start()
    return True


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


class ChildProcesses:
    """The processes that this one started. Their output is hidden, unless one of them fails."""

    def __init__(self) -> None:
        self._running: list[tuple[subprocess.Popen[bytes], IO[bytes]]] = []
        self._ended = threading.Event()

    def start(self, count: int) -> None:
        """Start `count` processes of the same command, by their LOCAL_RANK from 1 on."""
        for rank in range(1, count + 1):
            output = tempfile.TemporaryFile()  # noqa: SIM115 (until the process ends)
            process = subprocess.Popen(
                [sys.executable, *sys.orig_argv[1:]],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | {"LOCAL_RANK": str(rank), PARENT: str(os.getpid())},
                start_new_session=True,  # Ctrl-C in a terminal reaches a whole group of processes
            )
            self._running.append((process, output))
        if self._running:
            atexit.register(self._finish)
            threading.Thread(target=self._watch, daemon=True).start()

    def end(self) -> None:
        """End them at once."""
        self._ended.set()
        for process, _ in self._running:
            process.kill()
        for process, _ in self._running:
            process.wait()

    def fail(self, error: Exception) -> NoReturn:
        """End them, and raise the cause: `error`, or, where that only says that another process is gone, the error of
        that one."""
        failed = None
        by_communication = isinstance(error, RuntimeError) or isinstance(error.__cause__, torch.distributed.DistError)
        if by_communication and self._running:
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
        """Wait for them at the end of this process."""
        self._ended.set()
        for process, _ in self._running:
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()

    def _watch(self) -> None:
        """If a child fails, end this process where it does not by itself, as while it waits for processes that never
        joined, or on a GPU."""
        while not self._ended.wait(0.2):
            failed = self._failed()
            if failed is not None and not self._ended.wait(PATIENCE):
                print(f"error: {self._reason(failed)}", file=sys.stderr, flush=True)
                self.end()
                os._exit(1)

    def _failed(self) -> int | None:
        """The first of them that ended with an error."""
        return next((n for n, (process, _) in enumerate(self._running) if process.poll()), None)

    def _reason(self, number: int) -> str:
        """Why it failed, in one line."""
        process, output = self._running[number]
        name = f"process {number + 2} of {len(self._running) + 1}"
        if process.returncode < 0:
            signal_name = signal.Signals(-process.returncode).name
            memory = ", perhaps for want of memory" if signal_name == "SIGKILL" else ""
            return f"{name} was ended by {signal_name}{memory}; resume=auto goes on from the last checkpoint"
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
        lines = [line for line in text.splitlines() if line.strip()]
        errors = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
        if errors and "Traceback" not in text:
            return errors[-1]
        log = Path(tempfile.mkdtemp(prefix="smma-tts-")) / f"process_{number + 2}.txt"
        log.write_text(text, "utf-8")
        last = errors[-1] if errors else lines[-1] if lines else f"ended with status {process.returncode}"
        return f"{name}: {last}; its whole output: {log}"


CHILDREN = ChildProcesses()
"""Started once by a command, for all of its runs."""


def report_to_parent(error: Exception) -> NoReturn:
    """In a child process: raise an error that ends its output with one line for the parent to read, below the
    traceback."""
    if isinstance(error, (UserError, OSError)):
        raise error
    traceback.print_exception(error)
    if isinstance(error, RuntimeError):
        time.sleep(LET_OTHERS_END)
    raise UserError(f"{place_in_plugin(error)}{type(error).__name__}: {error}") from error
