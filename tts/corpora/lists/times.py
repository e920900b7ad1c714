"""Which part of its file a line of a list means."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tts.corpora.corpus import ROUNDED, Part
from tts.corpora.lists.entries import Entry
from tts.corpora.lists.files import Found

LONGEST = 1e7
"""Seconds of a file."""
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


def part_of(values: dict[str, str], channel: int | None) -> Part:
    """Raises ValueError where the times are none."""
    start = float(values.get("start") or 0)
    # Lists that give no start say by their seconds how long the whole file is, often rounded.
    seconds = float(values["seconds"]) if values.get("start") and values.get("seconds") else None
    if values.get("end"):
        if not values.get("start"):
            raise ValueError(f"an end at {values['end']} without a start")
        until_end = float(values["end"]) - start
        if seconds is not None and abs(seconds - until_end) > ROUNDED:
            raise ValueError(f"{seconds:g} seconds from {start:g} on do not end at {values['end']}")
        seconds = until_end if seconds is None else seconds
    if not 0 <= start < LONGEST or (seconds is not None and not 0 < seconds < LONGEST):
        raise ValueError(f"from {start:g} on, {seconds} seconds")
    return Part(channel, start, seconds)


def latest_starts(entries: Sequence[Entry], found: Sequence[Found]) -> dict[Path | None, float]:
    """Where in each file the last of its parts begins."""
    latest: dict[Path | None, float] = {}
    for entry, one in zip(entries, found, strict=True):
        try:
            latest[one.path] = max(part_of(entry.values, None).start, latest.get(one.path, 0.0))
        except ValueError:  # which is told of its own line
            continue
    return latest


def unused_times(entries: Sequence[Entry], found: Sequence[Found]) -> str:
    """Where lines of different texts name one file and no part of it, but have numbers in columns that are not used:
    what is wrong; else empty."""
    whole: dict[Path, list[Entry]] = defaultdict(list)
    for entry, one in zip(entries, found, strict=True):
        if one.path and entry.unused and not entry.values.get("start"):
            whole[one.path].append(entry)
    for first, *others in whole.values():
        texts = {entry.values["text"] for entry in (first, *others)}
        names = [name for name in first.unused if _are_numbers([str(e.unused.get(name)) for e in (first, *others)])]
        if len(texts) > 1 and names:
            return (
                f"{first.list}:{others[0].line}: it names {first.values['file']!r}, as line {first.line} does, and the "
                f"numbers in {' and '.join(names[:4])} are not used: if they are times, call them start and end, in "
                "seconds; else take them out"
            )
    return ""


def _are_numbers(said: Sequence[str]) -> bool:
    return all(map(NUMBER.fullmatch, said)) and len(set(said)) > 1
