"""Environment variables that libraries read when they are loaded: set before that, unless the user has set them.

Child processes inherit them.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import platformdirs

CACHE, WAITING, SPINNING = "NUMBA_CACHE_DIR", "OMP_WAIT_POLICY", "GOMP_SPINCOUNT"
SHORT = "1000"
"""Iterations that GNU's OpenMP spins before it sleeps: some microseconds."""


def prepare_environment() -> None:
    """To be called before numba and torch are imported."""
    # By default the threads of a pool spin for milliseconds while they wait for each other: beside other work the same
    # training took three times the CPU time. Sleeping at once costs an idle machine up to 10 % of the time, sleeping
    # after a short spin nothing measurable (docs/LOG.md).
    if WAITING not in os.environ:
        os.environ.setdefault(SPINNING, SHORT)
    os.environ.setdefault(WAITING, "PASSIVE")
    _set_numba_cache()


def _set_numba_cache() -> None:
    """Give numba, which cannot be imported without one, a cache folder: in the folder for temporary files if the
    installation is read-only and there is no home. Where none can be written, numba raises the error.
    """
    own = platformdirs.user_cache_path("numba", appauthor=False)  # which numba tries after the source's own folder
    if CACHE in os.environ or _usable(own):
        return
    for folder in _temporary():
        if _usable(folder) and _private(folder):
            os.environ[CACHE] = str(folder)  # in the environment, so that worker processes inherit it
            return


def _temporary() -> Iterator[Path]:
    name = f"smma-tts-numba-{getattr(os, 'getuid', int)()}"
    with suppress(OSError):  # no folder for temporary files at all, as in a container whose disk is read-only
        yield Path(tempfile.gettempdir()) / name
        yield Path(tempfile.mkdtemp(prefix=name))  # where the first belongs to another user
    yield Path("/dev/shm") / name


def _usable(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def _private(folder: Path) -> bool:
    """Whether no other user can write there: numba runs what it finds."""
    status = folder.lstat()
    if not hasattr(os, "getuid"):  # Windows, whose folder for temporary files is a user's own
        return True
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o022


def numba_folder() -> Path:
    """Numba's cache folder outside the installation."""
    return Path(os.environ.get(CACHE) or platformdirs.user_cache_path("numba", appauthor=False))
