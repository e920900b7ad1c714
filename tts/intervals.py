"""Labelled time intervals and Praat's TextGrid files."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from praatio import textgrid
from praatio.data_classes.interval_tier import IntervalTier
from praatio.utilities.errors import PraatioException

from tts.errors import UserError
from tts.storage.files import atomic_write

NEGATIVE = re.compile(rb"^\s*(?:xmin|xmax) ?= ?-0*\.?0*[1-9]", re.MULTILINE)
"""A time in the long format; praatio leaves out the sign."""
SHORTEST = 1e-4
"""Seconds after 0 that count as 0: praatio writes 5e-05 and cannot read it."""


class Interval(NamedTuple):
    """A label from `start` to `end`, in seconds."""

    label: str
    start: float
    end: float


def moved(intervals: Sequence[Interval], seconds: float) -> list[Interval]:
    """On a clock that shows `seconds` where theirs shows 0."""
    return [Interval(i.label, i.start + seconds, i.end + seconds) for i in intervals]


def write_textgrid(path: Path, tiers: Mapping[str, list[Interval]], end: float | None = None) -> None:
    """Write interval tiers as a long-format TextGrid, atomically.

    Parameters
    ----------
    tiers: name → intervals in order of time, not overlapping; gaps become blank intervals. Intervals of no
    length
        are left out, as the format has none.
    end: duration of the recording in seconds; the last interval's end if not given.

    Raises
    ------
    ValueError: intervals overlap, or there is no tier.
    """
    last = max((i.end for intervals in tiers.values() for i in intervals), default=0.0)
    end = last if end is None else max(end, last)
    grid = textgrid.Textgrid(0.0, end)
    for name, intervals in tiers.items():
        rows = [(i.start if i.start >= SHORTEST else 0.0, i.end, i.label) for i in intervals]
        rows = [row for row in rows if row[1] > row[0] and row[1] >= SHORTEST]
        try:
            grid.addTier(IntervalTier(name, rows, 0.0, end))
        except PraatioException as error:
            raise ValueError(f"{path}: tier {name!r}: {error}") from error
    with atomic_write(path) as draft:
        grid.save(str(draft), format="long_textgrid", includeBlankSpaces=True)


def read_textgrid(path: str | Path, blanks: bool = False) -> dict[str, list[Interval]]:
    """Interval tiers of a TextGrid (long or short format), by name; blank intervals are left out without `blanks`.
    With them, a tier that ends before the TextGrid does has one more.

    Raises
    ------
    UserError: the file is missing or is no TextGrid, or the times of a tier are none: not finite, negative, or
        overlapping.
    """
    try:
        if NEGATIVE.search(Path(path).read_bytes().replace(b"\0", b"")):  # as in UTF-16
            raise ValueError("it holds times before 0 s")
        grid = textgrid.openTextgrid(str(path), includeEmptyIntervals=blanks)
        tiers = {
            str(tier.name): [Interval(str(label), float(start), float(end)) for start, end, label in tier.entries]
            for tier in grid.tiers
            if isinstance(tier, IntervalTier)
        }
    except (OSError, PraatioException, ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        # praatio reads JSON too, and takes whatever is in it for a TextGrid.
        raise UserError(f"{path}: not a readable TextGrid ({error})") from error
    for name, intervals in tiers.items():
        before = 0.0
        for number, (label, start, end) in enumerate(intervals, 1):
            if not (before <= start <= end < math.inf):  # nor where one is NaN
                raise UserError(
                    f"{path}: interval {number} of the tier {name!r}, {label!r}, is from {start} to {end} s, after one "
                    f"that ends at {before} s; give times that follow one another"
                )
            before = end
        if blanks and before < grid.maxTimestamp < math.inf:
            intervals.append(Interval("", before, float(grid.maxTimestamp)))
    return tiers


def phone_tier(path: Path, speaker: str = "") -> list[Interval]:
    """The tier `phones` of a TextGrid with its blanks, or the one whose name ends so, with a speaker's name before it:
    that of `speaker`, or the only one.

    Raises
    ------
    UserError: the file cannot be read, or has no such tier or several.
    """
    tiers = read_textgrid(path, blanks=True)
    named = f"{speaker} - phones"
    own = [name for name in tiers if name.strip().lower().endswith(("phones", "phone"))]
    own = [named] if named in own else own
    if "phones" not in tiers and len(own) != 1:
        raise UserError(f"{path}: needs one tier named `phones`; it has {', '.join(tiers) or 'none'}")
    return tiers["phones" if "phones" in tiers else own[0]]
