"""A lock on a folder: a second process is refused, or waits, with a message that names the first."""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from tts.errors import UserError
from tts.storage.files import write_text

LOCK, HOLDER = ".smma-tts.lock", ".smma-tts.holder"
"""In the folder. The operating system releases the lock when its process ends, however that ends."""


@contextmanager
def exclusive(folder: Path, key: str) -> Iterator[None]:
    """Lock `folder`, which exists, for this process.

    Parameters
    ----------
    key: the setting that names the folder, for errors.

    Raises
    ------
    UserError: another process holds the lock; the message names it.
    """
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise UserError(
            f"{folder}: in use by {holder(folder)}; wait until that is done, stop it, or give another folder as "
            f"{key}=PATH"
        ) from None
    with _named(folder, lock):
        yield


@contextmanager
def wait_exclusive(folder: Path, work: str) -> Iterator[None]:
    """Lock `folder`, which exists, after the process that holds the lock; a wait is announced on standard error.

    Parameters
    ----------
    work: what is done under the lock, for that line.
    """
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print(f"{work}: waiting for {holder(folder)} to do the same", file=sys.stderr)
        lock.acquire()
    with _named(folder, lock):
        yield


def holder(folder: Path) -> str:
    """The process that holds the folder's lock, in words."""
    try:
        found = json.loads((folder / HOLDER).read_text("utf-8"))
        return f"process {found['pid']} on {found['host']} ({found['command']}, since {found['since']})"
    except (OSError, ValueError, KeyError, TypeError):  # it has just started, or crashed before it wrote this
        return "another process"


@contextmanager
def _named(folder: Path, lock: FileLock) -> Iterator[None]:
    """Write into the folder who holds `lock`, and release it in the end."""
    command = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200]
    since = datetime.now().isoformat(" ", "seconds")
    who = {"pid": os.getpid(), "host": platform.node(), "command": command, "since": since}
    try:
        write_text(folder / HOLDER, json.dumps(who) + "\n")
        yield
    finally:
        (folder / HOLDER).unlink(missing_ok=True)
        lock.release()
