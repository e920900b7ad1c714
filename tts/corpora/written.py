"""Where the texts of a corpus are written, and what its files become with other texts; none of them is touched here."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tts.corpora.lists.rows import UTF16


class Place(NamedTuple):
    """Where a text is written."""

    file: str
    line: int = 0
    """The first that says something of the recording, from 1; 0 for a file that is its text."""
    before: str = ""
    """What else the file holds, which is not said; a text is not written there then."""


@dataclass(frozen=True)
class Change:
    """The content of a file."""

    was: bytes | None
    """None where there is no such file."""
    becomes: bytes


class Changes(NamedTuple):
    """What becomes of files in which texts are written."""

    files: Mapping[Path, Change]
    """Those that change."""
    hindrances: Mapping[Place, str]
    """Of texts that cannot be written, why."""


def in_own_files(texts: Mapping[Place, str]) -> Changes:
    """Texts, on one line each, that are all that is said in their files.

    Raises
    ------
    OSError: a file cannot be read.
    """
    files, hindrances = dict[Path, Change](), dict[Place, str]()
    for place, text in texts.items():
        path = Path(place.file)
        was = path.read_bytes()
        mark = codecs.BOM_UTF8 if was.startswith(codecs.BOM_UTF8) else b""
        becomes = mark + text.encode("utf-8", "ignore") + was[len(was.rstrip()) :]
        if place.line:
            hindrances[place] = "this layout does not say where its texts stand"
        elif place.before:
            hindrances[place] = f"its file also holds {place.before!r}, which is not said"
        elif was.startswith(UTF16):
            hindrances[place] = f"{path.name} is in UTF-16; save it as UTF-8"
        elif becomes.decode("utf-8-sig").rstrip() != text:
            hindrances[place] = "it holds what no text in UTF-8 can"
        else:
            files[path] = Change(was, becomes)
    return Changes(files, hindrances)


def together(changes: Iterable[Changes]) -> Changes:
    """Those of several files as one."""
    files, hindrances = dict[Path, Change](), dict[Place, str]()
    for some in changes:
        files |= some.files
        hindrances |= some.hindrances
    return Changes(files, hindrances)
