"""Phones of utterances from TextGrids, on the clock of the user's files or on that of the prepared audio."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from tts.data.manifest import Utterance
from tts.data.originals import originals
from tts.errors import UserError
from tts.intervals import Interval, phone_tier
from tts.text.tokens import is_silence

TOLERANCE = 0.1
"""Seconds by which a TextGrid may be longer or shorter than its recording."""
SHORTEST_SILENCE = 0.001
"""Seconds; less at the edge of an utterance is rounding."""
KEPT = 16
"""Files that are kept in memory, since many utterances may be in one."""


class Given(NamedTuple):
    """Times of an utterance."""

    phones: list[Interval]
    """Phones and silences in seconds from the start of its prepared audio, in order of time."""
    start: float
    """What the TextGrid's clock shows there."""


class GivenTimes:
    """A folder of TextGrids: ID.TextGrid of an utterance, or one of the file that it is in."""

    def __init__(self, folder: Path, utterances: Iterable[Utterance]) -> None:
        """Parameters
        ----------
        utterances: all of the corpus.
        """
        self.folder = folder
        self._names = {
            u.id: name
            for original in originals(utterances)
            for name in [original.named_in(folder).name]
            for u in original.utterances
        }
        self._phones = lru_cache(KEPT)(phone_tier)

    def path(self, utterance: Utterance) -> Path:
        """Where its times are, or would be."""
        own, file = (self.folder / f"{name}.TextGrid" for name in (utterance.id, self._names[utterance.id]))
        return file if file.is_file() and not own.is_file() else own

    def read(self, utterance: Utterance) -> Given:
        """Its times. Whose clock a TextGrid is on, its length says: that of the user's file or of the prepared audio.

        Raises
        ------
        UserError: there is no such file, it cannot be read, has no tier of phones, or is as long as neither.
        """
        path = self.path(utterance)
        if not path.is_file():
            raise UserError(f"{path}: no such file; time the corpus with scripts/align.py")
        intervals = self._phones(path, utterance.speaker)
        end = intervals[-1].end if intervals else 0.0
        apart, apart_from_file = abs(end - utterance.seconds), _apart(end, utterance.original_seconds)
        if min(apart, apart_from_file) > TOLERANCE:
            raise UserError(f"{path}: {end:.2f} s long, but {_lengths(utterance)}")
        if utterance.offset is None or apart <= apart_from_file:
            return Given(intervals, 0.0)
        return Given(_within(intervals, utterance.offset, utterance.offset + utterance.seconds), utterance.offset)


def _apart(end: float, seconds: float | None) -> float:
    return float("inf") if seconds is None else abs(end - seconds)


def _lengths(utterance: Utterance) -> str:
    if utterance.original_seconds is not None:
        file = f"{utterance.original} has {utterance.original_seconds:.2f} s"
        return f"{file} and the prepared recording {utterance.seconds:.2f} s; time it again"
    older = "; or, if it is of your own file, prepare the corpus again: versions up to 0.5 did not keep its place there"
    return f"the recording has {utterance.seconds:.2f} s; time it again{older if utterance.original is None else ''}"


_start, _end = attrgetter("start"), attrgetter("end")


def _within(intervals: Sequence[Interval], start: float, end: float) -> list[Interval]:
    """Phones of which at least half lies between `start` and `end`, and silences, on a clock that begins at `start`."""
    found = []
    touched = intervals[bisect_right(intervals, start, key=_end) : bisect_left(intervals, end, key=_start)]
    for interval in touched:
        first, last = max(interval.start, start), min(interval.end, end)
        half = (interval.end - interval.start) / 2
        least = min(half, SHORTEST_SILENCE) if is_silence(interval.label) else half
        if last > first and last - first >= least:
            found.append(Interval(interval.label, first - start, last - start))
    return found
