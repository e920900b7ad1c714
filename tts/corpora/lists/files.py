"""The audio files of a folder, found by the names that a list gives them."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from tts.audio.decoding import SUFFIXES
from tts.storage.ownership import MARK

FOLDERS = ("wavs", "wav", "audio", "audios", "clips")
"""Names of folders that hold sound and say nothing of it."""
DRIVE = re.compile(r"(?:file://)?[A-Za-z]:(?=/)|file://")
DEEPEST = 64
"""Folders in a name."""


def audio_files(folder: Path) -> list[Path]:
    """Those in it and in the folders within, sorted; without what a Mac puts beside the files of an archive, and
    without folders that a command of this package made.

    Links to folders are followed, but to none that is gone through anyway.
    """
    found: list[Path] = []
    seen = set(folder.resolve().parents)
    places = [folder]
    while places:
        links: list[Path] = []
        for place in places:
            found += _audio_files(place, folder, seen, links)
        places = sorted(links)
    return sorted(found)


def _audio_files(start: Path, root: Path, seen: set[Path], links: list[Path]) -> Iterator[Path]:
    """Of a folder and those within; adds to the folders that were `seen`, and to the `links` to others."""
    for name, folders, files in os.walk(start):
        place = Path(name)
        if place.resolve() in seen or (place != root and (place / MARK).exists()):
            folders.clear()
            continue
        seen.add(place.resolve())
        links += [path for folder in folders if (path := place / folder).is_symlink()]
        for path in map(place.joinpath, files):
            if path.suffix.lower() in SUFFIXES and not path.name.startswith("._") and path.is_file():
                yield path


@lru_cache(maxsize=2**16)
def stem(name: str) -> str:
    """A listed name with `/` between folders, in composed Unicode, without the ending of an audio file."""
    name = DRIVE.sub("", composed(name).strip().replace("\\", "/"), count=1)
    while name.startswith("./"):
        name = name[2:]
    suffix = PurePosixPath(name).suffix
    return name[: -len(suffix)] if suffix.lower() in SUFFIXES else name


def composed(name: str) -> str:
    """In archives made on a Mac the letters and accents of file names are apart."""
    return unicodedata.normalize("NFC", name)


class Found(NamedTuple):
    """What a listed name leads to."""

    path: Path | None
    """None where there is no such file."""
    problem: str = ""
    """Why it may not be that file."""


class AudioFiles:
    """Of a folder, by name: with or without an ending, whatever the case of letters, and for paths that were those of
    another machine without the folders that are only there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = audio_files(folder)
        self._bases = {f"{stem(str(base))}/" for base in (folder, folder.resolve())}
        self._stems = {path: stem(path.relative_to(folder).as_posix()) for path in self.paths}
        self._by_name: dict[str, list[Path]] = defaultdict(list)
        self._by_tail: dict[str, list[Path]] = defaultdict(list)
        for path, name in self._stems.items():
            self._by_name[without_folder(name).casefold()].append(path)
            parts = name.split("/")
            for i in range(len(parts)):
                self._by_tail["/".join(parts[i:]).casefold()].append(path)

    def find(self, names: Sequence[str]) -> list[Found]:
        """The file that each name of a list means.

        How many folders at the beginning of its paths are those of another machine is the same for the whole list, so
        that no speaker's folder is taken for another's. Absolute and relative paths may differ in it.
        """
        whole = [self._as_listed(name) for name in names]
        foreign: dict[str, int] = {}
        for name, found in zip(names, whole, strict=True):
            if "/" in without_folder("/".join(_parts(name))):
                depth = 0 if found else self._foreign(name)
                foreign[_anchor(name)] = min(depth, foreign.get(_anchor(name), depth))
        meant = [
            found or self._without(name, foreign.get(_anchor(name), 0))
            for name, found in zip(names, whole, strict=True)
        ]
        by_path: dict[Path, dict[str, str]] = defaultdict(dict)
        for name, paths in zip(names, meant, strict=True):
            for path in paths[:1]:
                by_path[path.absolute()].setdefault(without_folder(self.within(stem(name))), name)
        return [
            self._found(name, paths, list(by_path[paths[0].absolute()].values()) if paths else [])
            for name, paths in zip(names, meant, strict=True)
        ]

    def has(self, name: str) -> bool:
        """Whether a file here is called so, whatever folder it is in."""
        return stem(name).rpartition("/")[2].casefold() in self._by_tail

    def is_one(self, name: str) -> bool:
        """Whether just one file here is called so in a folder of that name."""
        return len(self._by_tail.get(stem(name).casefold(), ())) == 1

    def within(self, name: str) -> str:
        """A name as seen from the folder, where that is above it."""
        return next((name.removeprefix(base) for base in self._bases if name.startswith(base)), name)

    def _found(self, name: str, paths: list[Path], others: list[str]) -> Found:
        """What a name leads to, and all names that lead to the first of these files."""
        if len(paths) > 1:
            return Found(paths[0], f"{name!r} may be {' or '.join(map(self._shown, paths[:3]))}")
        if len(others) > 1:
            names = " and ".join(map(repr, others[:3]))
            return Found(paths[0], f"of {names} only one can be {self._shown(paths[0])}")
        return Found(paths[0] if paths else None)

    def _shown(self, path: Path) -> str:
        return str(path.relative_to(self.folder)) if path.is_relative_to(self.folder) else str(path)

    def _as_listed(self, name: str) -> list[Path]:
        """The files that a name may mean with all the folders that it has, but for one of sound."""
        as_given = Path(composed(name).strip().removeprefix("file://"))
        if as_given.is_absolute() and _is_file(as_given):
            return [as_given]
        tail = "/".join(_parts(name))
        tail = tail if tail.casefold() in self._by_tail else without_folder(tail)
        return self._nearest(self._by_tail.get(tail.casefold(), []), name, tail)

    def _foreign(self, name: str) -> int:
        """Without how many of its first folders a name is that of a file here."""
        depths = range(1, len(_parts(name)))
        return next((depth for depth in depths if self._without(name, depth)), DEEPEST)

    def _without(self, name: str, depth: int) -> list[Path]:
        """The files of a name without so many folders, and which are here in no other than those of sound."""
        tail = without_folder("/".join(_parts(name)[depth:]) if depth else "")
        return self._nearest(self._by_name.get(tail.casefold(), []), name, tail)

    def _nearest(self, found: list[Path], name: str, tail: str) -> list[Path]:
        """Of the files that a name may mean the one that is written as it is, if there is one."""
        if len(found) < 2:
            return found
        near = [path for path in found if without_folder(self._stems[path]) == tail]
        near = near or [path for path in found if self._stems[path] == tail]
        near = near or [path for path in found if self._stems[path].endswith(tail)] or found
        last = PurePosixPath(name.strip().replace("\\", "/"))
        near.sort(
            key=lambda path: (
                path.suffix.lower() != last.suffix.lower(),
                SUFFIXES.index(path.suffix.lower()),
                last.name not in (path.name, path.stem),  # of two that differ in how their accents are written
            )
        )
        return near if len({self._stems[path] for path in near}) > 1 else near[:1]


def without_folder(name: str) -> str:
    """A stem without the folder that all of a corpus's sound is in."""
    first, _, rest = name.partition("/")
    return rest if rest and first.casefold() in FOLDERS else name


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # the latter for names that no file can have
        return False


@lru_cache(maxsize=2**16)
def _parts(name: str) -> Sequence[str]:
    """The folders of a listed name and the file's; none where they lead out of where they are, or are too many."""
    listed = stem(name)
    parts = [part for part in listed.split("/") if part] if listed.count("/") < DEEPEST else []
    return [] if ".." in parts else parts


def _anchor(name: str) -> str:
    """The drive or the root that a name begins at; empty for a relative one."""
    listed = name.strip().replace("\\", "/")
    drive = DRIVE.match(listed)
    return drive[0] if drive else "/"[: listed.startswith("/")]
