"""A pool of worker processes: one that dies loses only its current item, and all end with the main process."""

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
"""Seconds that a process has to end by itself before it is killed."""


@dataclass(frozen=True)
class WorkerDied:
    """In place of a result: the process that worked on the item died."""

    status: int | None
    """Its exit status; negative for the signal that ended it."""

    def __str__(self) -> str:
        if self.status is None or self.status >= 0:
            return f"its process ended with status {self.status}"
        return f"its process was ended by signal {-self.status} ({signal.strsignal(-self.status) or 'unknown'})"


def map_unordered(work: Callable[[T], R], items: Iterable[T], count: int) -> Iterator[tuple[T, R | WorkerDied]]:
    """Every item with the result of `work` on it, or with `WorkerDied`, in the order in which they are done.

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
                current = worker.item
                result = worker.receive()
                if result is None:
                    del workers[worker.pipe]
                    if queue:
                        successor = _Worker[T](work)
                        workers[successor.pipe] = successor
                elif queue:
                    worker.send_next(queue)
                else:
                    del workers[worker.pipe]
                    worker.end()
                if current:
                    yield current[0], WorkerDied(worker.process.exitcode) if result is None else result[0]
    finally:
        for worker in workers.values():
            worker.pipe.close()
        for worker in workers.values():
            worker.end()


class _Worker(Generic[T]):
    """A process and its current item: none before it has reported that it started, then one at a time."""

    def __init__(self, work: Callable[[T], Any]) -> None:
        context = get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process: BaseProcess = context.Process(target=_serve, args=(other, work), daemon=True)
        self.process.start()
        other.close()  # or the process's end would not be noticed here
        self.started = False
        self.item: tuple[()] | tuple[T] = ()

    def receive(self) -> tuple[Any] | None:
        """The result of its item, once the pipe can be read; None if it has died. Raises what it raised."""
        try:
            result, error = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            if not self.started:
                raise UserError(
                    f"a worker process does not start ({WorkerDied(self.process.exitcode)}, see above); a script that "
                    'uses workers must do so under `if __name__ == "__main__":`; workers=0 does without, from Python'
                ) from None
            return None
        self.started, self.item = True, ()
        if error is not None:
            raise error
        return (result,)

    def send_next(self, queue: deque[T]) -> None:
        """Send it the next item, which stays in the queue if it has died: reading its pipe will show that."""
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
    """Main loop of a worker: items in, pairs of result and error out, until the pipe is closed."""
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
                result, failure = None, _picklable(error)
            pipe.send((result, failure))
    except (EOFError, OSError):
        return


def _end_with_parent() -> None:
    """End with the parent, however that ends: a closed pipe would be noticed only after the current item."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _picklable(error: Exception) -> Exception:
    """The error, with where it was raised, in a form that reaches the other process."""
    error.add_note("".join(traceback.format_tb(error.__traceback__)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError("".join(traceback.format_exception(error)))
    return error
