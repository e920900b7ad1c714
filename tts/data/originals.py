"""The files that the user gave, and the utterances in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import TypeVar

from tts.data.manifest import NO_NAME, Utterance, recording_of

K = TypeVar("K")
OVERLAP = 0.01
"""Seconds by which a speaker's utterances in one file may overlap, as by rounding."""
MOST_BYTES_OF_NAME = 200
"""In UTF-8, of a name that is a file's own; file systems take 255, with the endings of drafts."""


@dataclass(frozen=True)
class Original:
    """A file that the user gave; or the prepared audio of an utterance, where no such file is known."""

    name: str
    """Of the files with its timings, without their endings."""
    path: str
    """As in `Utterance.original`; empty where no file is known."""
    seconds: float
    """How long it is."""
    utterances: tuple[Utterance, ...]
    """In it, in order of time."""
    earlier: str = ""
    """What versions up to 0.13 called it."""

    def named_in(self, folder: Path) -> Original:
        """With the name that its timings have in a folder: the earlier one where these are, and no others."""
        if not self.earlier or self.earlier == self.name:
            return self
        return replace(self, name=next((one for one in (self.name, self.earlier) if _timed(folder, one)), self.name))

    def only(self, ids: Collection[str]) -> Original:
        """With no other utterances than these."""
        return replace(self, utterances=tuple(u for u in self.utterances if u.id in ids))


def originals(utterances: Iterable[Utterance]) -> list[Original]:
    """The files of a corpus.

    A file has the name of its recording; where several recordings are parts of it, its own, after those of its folders
    where others are called so. Where a speaker says two of them at a time, as in a corpus that lists a file twice, each
    counts as a file of its own.

    Parameters
    ----------
    utterances: all of the corpus, as the names depend on what else there is.
    """
    utterances = list(utterances)
    found: list[Original] = []
    shared: list[tuple[str, list[Utterance]]] = []
    for (path, id), group in _groups(utterances, lambda u: (u.original or "", "" if u.original else u.id)).items():
        recordings = _groups(group, lambda u: recording_of(u.id))
        if not path:
            found.append(_original(id, group))
        elif len(recordings) > 1 and not _overlapping(group):
            shared.append((path, group))
        else:
            found += [_original(name, own) for name, own in recordings.items()]
    taken = {original.name for original in found} | {recording_of(u.id) for _, group in shared for u in group}
    taken |= {u.id for u in utterances}  # whose own TextGrid counts more than that of a file, and is removed with it
    earlier = dict[str, str]()
    for path, group in shared:
        name = PurePosixPath(path).stem
        earlier[path] = name if _free(name, taken) else recording_of(group[0].id)
        taken.add(earlier[path])
    stems = Counter(PurePosixPath(path).stem for path, _ in shared)
    for path, group in shared:
        name = earlier[path]
        if stems[PurePosixPath(path).stem] > 1:
            name = next((longer for longer in _with_folders(path) if _free(longer, taken)), name)
        found.append(replace(_original(name, group), earlier=earlier[path]))
        taken.add(name)
    return found


def _free(name: str, taken: Collection[str]) -> bool:
    refused = NO_NAME.search(name) or name.startswith(".") or len(name.encode()) > MOST_BYTES_OF_NAME
    return name not in taken and not refused


def _with_folders(path: str) -> Iterator[str]:
    """Its name after that of its folder, then of two, and so on."""
    *folders, name = PurePosixPath(path).with_suffix("").parts
    for first in reversed(range(len(folders))):
        yield "-".join([*folders[first:], name])


def _timed(folder: Path, name: str) -> bool:
    return any((folder / f"{name}.{ending}").is_file() for ending in ("TextGrid", "json"))


def _groups(utterances: Iterable[Utterance], key: Callable[[Utterance], K]) -> dict[K, list[Utterance]]:
    groups: dict[K, list[Utterance]] = {}
    for utterance in utterances:
        groups.setdefault(key(utterance), []).append(utterance)
    return groups


def _original(name: str, group: Sequence[Utterance]) -> Original:
    seconds = max(u.original_seconds or u.seconds for u in group)
    return Original(name, group[0].original or "", seconds, tuple(sorted(group, key=lambda u: u.offset or 0.0)))


def _overlapping(group: Sequence[Utterance]) -> bool:
    for own in _groups(group, lambda u: u.speaker).values():
        spans = sorted((u.offset or 0.0, (u.offset or 0.0) + u.seconds) for u in own)
        if any(after[0] < before[1] - OVERLAP for before, after in pairwise(spans)):
            return True
    return False
