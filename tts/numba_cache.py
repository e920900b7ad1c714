"""Where numba keeps what it compiled, ours and librosa's: without any such place neither can be imported."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import platformdirs

VARIABLE = "NUMBA_CACHE_DIR"


def make_room() -> None:
    """Give numba a folder for temporary files where it has none of its own: a read-only installation and no home.

    To be called before numba is imported. Says nothing where there is no such folder either: numba will.
    """
    own = platformdirs.user_cache_path("numba", appauthor=False)  # which numba tries beside the source's own folder
    if VARIABLE in os.environ or _usable(own):
        return
    for folder in _temporary():
        if _usable(folder) and _private(folder):
            os.environ[VARIABLE] = str(folder)  # the environment: worker processes take it over
            return


def _temporary() -> Iterator[Path]:
    name = f"smma-tts-numba-{getattr(os, 'getuid', int)()}"
    try:
        yield Path(tempfile.gettempdir()) / name
        yield Path(tempfile.mkdtemp(prefix=name))  # where the first is somebody else's
    except OSError:  # no folder for temporary files at all, as in a container whose disk is read-only
        pass
    yield Path("/dev/shm") / name


def _usable(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def _private(folder: Path) -> bool:
    """Whether nobody else can have put anything there: numba runs what it finds."""
    status = folder.lstat()
    if not hasattr(os, "getuid"):  # Windows, whose folder for temporary files is a user's own
        return True
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o022
