"""Whose a recording is, by the folders that its file is in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

from tts.corpora.languages import LanguageError, espeak_language, says_language
from tts.corpora.lists.files import FOLDERS, composed
from tts.corpora.lists.in_folder import is_split
from tts.errors import UserError


class WhichFolder(UserError):
    """Several folders of a recording may be its speaker's."""


def check_folder(number: int | None) -> None:
    """Raises UserError where it is no number of a folder."""
    if number is not None and number < 1:
        raise UserError(f"corpus.speaker_folder={number}: 1 is the first")


def folders_of(path: Path, root: Path) -> list[str]:
    """The folders of a file from the corpus's on; none where it is not in that."""
    return [composed(name) for name in path.relative_to(root).parts[:-1]] if path.is_relative_to(root) else []


def folder_of(path: Path, root: Path, number: int) -> str:
    """The name of the folder of this number, 1 for the first; empty where the file is in fewer."""
    return next(iter(folders_of(path, root)[number - 1 :]), "")


def telling(folders: Sequence[str]) -> list[str]:
    """Those that may be a speaker's: they say more than that sound, or a part of a corpus, is in them."""
    return [name for name in folders if name and name.casefold() not in FOLDERS and not is_split(name)]


def by_number(folders: Sequence[Sequence[str]]) -> Iterator[tuple[int, list[str]]]:
    """Of the folders of each file the first, the second, and so on; empty where there is none."""
    for i in range(max(map(len, folders), default=0)):
        yield i + 1, [names[i] if i < len(names) else "" for names in folders]


def check_languages(paths: Sequence[Path], root: Path, language: str, speaker_folder: int | None) -> None:
    """Raises LanguageError where folders, which the user does not call the speakers', are named by languages other than
    that of the corpus."""
    for number, folders in by_number([folders_of(path, root) for path in paths]):
        found = list(dict.fromkeys(telling(folders)))
        if number == speaker_folder or not found or not all(map(says_language, found)):
            continue
        spoken = {name: espeak_language(name, language) for name in found}
        other = next((name for name in found if spoken[name]), None)
        if other is not None:
            shown = " and ".join(f"{name}/" for name in found[:2]) + " and others" * (len(found) > 2)
            one = f"give corpus.language={spoken[other]}"
            several = (
                f"give the folder of one as corpus.root, with its corpus.language, such as {spoken[other]} of {other}/"
            )
            raise LanguageError(
                f"{root}: recordings are in {shown}, and corpus.language={language} would be that of all: "
                f"{several if len(found) > 1 else one}; or corpus.speaker_folder={number} if speakers are called so"
            )


def last_folder(path: Path, root: Path) -> str:
    """Of a file the last folder that tells something; empty where none does."""
    return (telling(folders_of(path, root)) or [""])[-1]


def check_last_folders(paths: Sequence[Path], root: Path) -> None:
    """Raises WhichFolder where the last folder of a file is in several others by that name, so that these may be the
    speakers'."""
    above: dict[str, dict[tuple[str, ...], list[str]]] = defaultdict(dict)
    for path in paths:
        folders = folders_of(path, root)
        *others, name = telling(folders) or [""]
        if others:
            above[name].setdefault(tuple(others), folders)
    for name, places in above.items():
        if len(places) > 1:
            (one, folders), (other, _) = sorted(places.items(), key=lambda place: -len(place[0]))[:2]
            first = next(a for a, b in zip_longest(one, other) if a != b)
            raise WhichFolder(
                f"{root}: two readings are possible, as {name}/ is in {'/'.join(one)}/ and in {'/'.join(other)}/: give "
                f"corpus.speaker_folder={folders.index(first) + 1} if folders such as {first}/ are speakers', or "
                f"corpus.speaker_folder={len(folders) - folders[::-1].index(name)} if {name}/ is one speaker's"
            )
