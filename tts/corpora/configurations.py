"""Tables in several folders: parts of one dataset, or datasets that are to be read one at a time."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

from tts.corpora.folders import telling
from tts.corpora.languages import espeak_language, says_language
from tts.errors import UserError

Rows = Sequence[Mapping[str, str]]

FOR_SPEAKERS = "; or corpus.speaker_folder={} if these are two speakers"


def check_one_dataset(root: Path, tables: Mapping[Path, Rows]) -> None:
    """
    Parameters
    ----------
    tables: of each what is in its columns, by role.

    Raises
    ------
    UserError: tables in two folders, which are not called by splits or numbers, hold the same recordings, or are called
        by languages, and no column says which languages they are in.
    """
    rows = [row for table in tables.values() for row in table]
    advice = "" if any(row.get("speaker") for row in rows) else FOR_SPEAKERS
    first: dict[tuple[str, ...], Path] = {}
    of: dict[tuple[str, str, str], tuple[str, ...]] = {}
    for path, table in tables.items():
        names = _names(path.parent.relative_to(root))
        first.setdefault(names, path.parent)
        for row in table:
            said = (row["file"], row["text"], row.get("speaker", ""))
            other = of.setdefault(said, names) if row["file"] else names
            if other != names:
                _refuse(root, first[other], first[names], f"both hold {row['file']!r}", advice)
    if all("language" in row for row in rows):
        return
    for called in zip_longest(*first, fillvalue=""):  # the first folder of each, the second, and so on
        named = dict(reversed([(name, place) for name, place in zip(called, first.values(), strict=True) if name]))
        if _several_languages(named):
            one, another, *_ = reversed(named.values())
            _refuse(root, one, another, "no column says in which language a text is", advice)


def _names(folders: Path) -> tuple[str, ...]:
    """What tells a table's folders from those of others."""
    return tuple(re.sub(r"\d", "", name) for name in telling(folders.parts))


def _several_languages(names: Collection[str]) -> bool:
    """Whether at least half are names of languages, and these are no varieties of one."""
    spoken = [espeak_language(name, "").partition("-")[0] for name in names if says_language(name)]
    return len(set(spoken)) > 1 and 2 * len(spoken) >= len(names)


def _refuse(root: Path, one: Path, other: Path, reason: str, advice: str) -> None:
    """
    Parameters
    ----------
    advice: for speakers' folders, with a place for the number of the one by which these differ.
    """
    places = [place.relative_to(root) for place in (one, other)]
    pairs = enumerate(zip(*(map(_names, map(Path, place.parts)) for place in places), strict=False), 1)
    number = next((n for n, (mine, yours) in pairs if mine and yours and mine != yours), None)
    raise UserError(
        f"{root}: there are tables in {places[0]}/ and in {places[1]}/, which may be two datasets, and {reason}: give "
        f"corpus.root={one} or corpus.root={other}{advice.format(number) if number else ''}"
    )
