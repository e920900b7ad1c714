"""Tables in several folders: parts of one dataset, or datasets that are to be read one at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

from tts.corpora.folders import telling
from tts.corpora.lists.in_folder import SPLITS
from tts.errors import UserError

Rows = Sequence[Mapping[str, str]]


def check_one_dataset(root: Path, tables: Mapping[Path, Rows]) -> None:
    """
    Parameters
    ----------
    tables: of each what is in its columns, by role.

    Raises
    ------
    UserError: tables in two folders, which are not called by splits or numbers, hold the same recordings, or no column
        says which languages they are in.
    """
    first: dict[tuple[str, ...], Path] = {}
    of: dict[tuple[str, str], tuple[str, ...]] = {}
    for path, rows in tables.items():
        folders = path.relative_to(root).parts[:-1]
        names = tuple(re.sub(r"\d", "", name) for name in telling(folders) if not _is_split(name))
        place = first.setdefault(names, path.parent)
        for row in rows:
            other = of.setdefault((row["file"], row["text"]), names) if row["file"] else names
            if other != names:
                _refuse(root, first[other], place, f"both hold {row['file']!r}")
    if len(first) > 1 and not all("language" in row for rows in tables.values() for row in rows):
        one, another, *_ = first.values()
        _refuse(root, one, another, "no column says in which language a text is")


def _is_split(folder: str) -> bool:
    return not SPLITS.isdisjoint(re.split(r"[\W_\d]+", folder.casefold()))


def _refuse(root: Path, one: Path, other: Path, reason: str) -> None:
    places = [place.relative_to(root) for place in (one, other)]
    number = next(n for n, names in enumerate(zip_longest(*(p.parts for p in places)), 1) if names[0] != names[1])
    raise UserError(
        f"{root}: there are tables in {places[0]}/ and in {places[1]}/, which may be two datasets, and {reason}: give "
        f"corpus.root={one} or corpus.root={other}; or corpus.speaker_folder={number} if these are two speakers"
    )
