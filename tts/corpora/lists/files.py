"""The audio files of a folder, found by the names that a list gives them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from pathlib import Path, PurePosixPath

from tts.audio.decoding import SUFFIXES

FOLDERS = ("wavs", "wav", "audio", "audios", "clips")
"""Names of folders that hold sound and say nothing of it."""
DRIVE = re.compile(r"(?:file://)?[A-Za-z]:(?=/)|file://")


def audio_files(folder: Path) -> list[Path]:
    """Those in it and in the folders within, sorted; without what a Mac puts beside the files of an archive."""
    found = (p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES)
    return sorted(p for p in found if not p.name.startswith("._") and p.is_file())


def stem(name: str) -> str:
    """A listed name with `/` between folders, in composed Unicode, without the ending of an audio file."""
    name = DRIVE.sub("", composed(name).strip().replace("\\", "/"), count=1)
    while name.startswith("./"):
        name = name[2:]
    return name[: -len(PurePosixPath(name).suffix)] if PurePosixPath(name).suffix.lower() in SUFFIXES else name


def composed(name: str) -> str:
    """In archives made on a Mac the letters and accents of file names are apart."""
    return unicodedata.normalize("NFC", name)


class AudioFiles:
    """Of a folder, by name: with or without an ending, whatever the case of letters, and for paths that were those of
    another machine, by as many of their last parts as a file here has, too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = audio_files(folder)
        self._stems = {path: stem(path.relative_to(folder).as_posix()) for path in self.paths}
        self._by_tail: dict[str, list[Path]] = defaultdict(list)
        for path, name in self._stems.items():
            parts = name.split("/")
            for i in range(len(parts)):
                self._by_tail["/".join(parts[i:]).casefold()].append(path)

    def find(self, name: str) -> list[Path]:
        """The file that a list means; none where there is none, and several where it may mean any of them."""
        as_given = Path(composed(name).strip().removeprefix("file://"))
        if as_given.is_absolute() and _is_file(as_given):
            return [as_given]
        parts = [part for part in stem(name).split("/") if part]
        if ".." in parts:
            return []
        tails = ("/".join(parts[i:]) for i in range(len(parts)))
        tail = next((tail for tail in tails if tail.casefold() in self._by_tail), None)
        if tail is None:
            return []
        found = self._by_tail[tail.casefold()]
        near = [path for path in found if without_folder(self._stems[path]) == tail]
        near = near or [path for path in found if self._stems[path] == tail]
        near = near or [path for path in found if self._stems[path].endswith(tail)] or found
        ending = PurePosixPath(name.strip().replace("\\", "/")).suffix.lower()
        near.sort(key=lambda path: (path.suffix.lower() != ending, SUFFIXES.index(path.suffix.lower())))
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
