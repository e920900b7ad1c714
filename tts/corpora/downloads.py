"""The folder that corpora fetch into and unpack in: one process at a time, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tts.storage.locks import wait_exclusive
from tts.storage.ownership import claim, unknown_names

UNPACKED = ("unpacked/", "unpacked.part/", "wordnet/", "wordnet.part/")
"""What the corpora unpacked into before folders were marked."""


@contextmanager
def downloading(folder: Path) -> Iterator[None]:
    """Hold `folder` to fetch and unpack packages in it, once no other process does.

    Raises
    ------
    UserError: it holds somebody else's files.
    """
    claim(folder, "preparation", "corpus.downloads", recognised=_made_before)
    with wait_exclusive(folder, "fetching and unpacking packages"):
        yield


def _made_before(folder: Path) -> bool:
    """Whether such folders, before they were marked, hold this and nothing else."""

    def is_ours(name: str) -> bool:
        inside = unknown_names(folder / name)
        return name.endswith(".deb") or (
            set(inside) <= {"lists/", "cache/"} if name == "apt/" else name in UNPACKED and set(inside) <= {"usr/"}
        )

    return all(map(is_ours, unknown_names(folder)))
