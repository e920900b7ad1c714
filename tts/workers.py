"""Work in processes of its own: one that dies costs what it was at, and none outlives the process it works for."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from tts.errors import UserError

T = TypeVar("T")
R = TypeVar("R")

LAST_SECONDS = 1.0
"""What a process that is not needed any more may take to end by itself."""


@dataclass(frozen=True)
class Died:
    """In place of a result: the process that was at it died."""

    status: int | None
    """Its exit status; negative for the signal that ended it."""

    def __str__(self) -> str:
        if self.status is None or self.status >= 0:
            return f"its process ended with status {self.status}"
        return f"its process was ended by signal {-self.status} ({signal.strsignal(-self.status) or 'unknown'})"


def each(work: Callable[[T], R], items: Iterable[T], count: int) -> Iterator[tuple[T, R | Died]]:
    """Every item with what `work` makes of it, or with `Died`, in the order in which they are done.

    Processes are spawned, not forked: torch's and espeak-ng's threads and locks do not survive a fork. So a script
    needs the `__main__` guard, and `work`, items and results must pickle. Each process uses one thread of torch, leaves
    Ctrl-C to this one, and ends with it, however it ends.

    Parameters
    ----------
    work: what it raises is raised here.
    count: of processes, at least 1.

    Raises
    ------
    UserError: the processes do not start.
    """
    queue = deque(items)
    workers: dict[Any, _Worker[T]] = {}
    try:
        for _ in range(min(count, len(queue))):
            worker = _Worker[T](work)
            workers[worker.pipe] = worker
        while workers:
            for worker in [workers[pipe] for pipe in wait(list(workers))]:
                was_at = worker.item
                answer = worker.answer()
                if answer is None:
                    del workers[worker.pipe]
                    if queue:
                        successor = _Worker[T](work)
                        workers[successor.pipe] = successor
                elif queue:
                    worker.take(queue)
                else:
                    del workers[worker.pipe]
                    worker.end()
                if was_at:
                    yield was_at[0], Died(worker.process.exitcode) if answer is None else answer[0]
    finally:
        for worker in workers.values():
            worker.pipe.close()
        for worker in workers.values():
            worker.end()


class _Worker(Generic[T]):
    """A process and what it is at: no item before it has answered that it is there, then one at a time."""

    def __init__(self, work: Callable[[T], Any]) -> None:
        context = get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process: BaseProcess = context.Process(target=_serve, args=(other, work), daemon=True)
        self.process.start()
        other.close()  # or its end would not be seen here
        self.started = False
        self.item: tuple[()] | tuple[T] = ()

    def answer(self) -> tuple[Any] | None:
        """What it made of its item, once there is something to read; None if it has died. Raises what it raised."""
        try:
            result, error = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            if not self.started:
                raise UserError(
                    f"a worker process does not start ({Died(self.process.exitcode)}, see above); a script that uses "
                    'workers must do so under `if __name__ == "__main__":`; workers=0 does without, from Python'
                ) from None
            return None
        self.started, self.item = True, ()
        if error is not None:
            raise error
        return (result,)

    def take(self, queue: deque[T]) -> None:
        """Give it the next item, which stays in the queue if it has died: its pipe says so when it is read again."""
        try:
            self.pipe.send(queue[0])
        except OSError:
            return
        self.item = (queue.popleft(),)

    def end(self) -> None:
        self.pipe.close()
        self.process.join(LAST_SECONDS)
        self.process.kill()
        self.process.join()


def _serve(pipe: Connection, work: Callable[[Any], Any]) -> None:
    """The life of a process: items in, pairs of result and error out, until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if torch := sys.modules.get("torch"):  # what `work` needs is imported by now
        torch.set_num_threads(1)
    try:
        pipe.send((None, None))
        while True:
            item = pipe.recv()
            try:
                result, failure = work(item), None
            except Exception as error:
                result, failure = None, _portable(error)
            pipe.send((result, failure))
    except (EOFError, OSError):
        return


def _end_with_parent() -> None:
    """However it ends: its pipes are closed by the system, while this process may be deep in a long computation."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _portable(error: Exception) -> Exception:
    """The error, with where it was raised, in a form that reaches the other process."""
    error.add_note("".join(traceback.format_tb(error.__traceback__)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError("".join(traceback.format_exception(error)))
    return error
