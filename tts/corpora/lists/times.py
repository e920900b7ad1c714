"""Which part of its file a line of a list means."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tts.corpora.corpus import ROUNDED, Part
from tts.corpora.lists.entries import Entry
from tts.corpora.lists.files import Found
from tts.corpora.lists.times_without_names import seconds_of_clock

LONGEST = 1e7
"""Seconds of a file."""
NUMBER = re.compile(r"(?:\d+:)*\d+(?:[.,]\d+)?")
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
"""Of a column's name, as in start_ms and startMs."""
WORD_OF_TIME = re.compile(
    r"(?:start|begin|end|time|offset)(?:s|ed|time|ms|sec|stamps?)?|beginning|from|to|ms|msecs?|secs?|seconds?",
    re.IGNORECASE,
)

WORD_OF_END = re.compile(
    r"(?:end|stop|finish|offset|duration|dur|length|len)(?:s|ed|time|ms|secs?|seconds?)?|until|till|to|secs?|seconds?",
    re.IGNORECASE,
)
BESIDE_IT = re.compile(r"ms|msecs?|milliseconds?|s|in|at|time|segment|clip|part", re.IGNORECASE)
"""Other words in the name of a column that may hold ends or lengths of parts."""


def part_of(values: dict[str, str], channel: int | None) -> Part:
    """Raises ValueError where the times are none."""
    start = _seconds(values.get("start") or "0")
    # Lists that give no start say by their seconds how long the whole file is, often rounded.
    seconds = _seconds(values["seconds"]) if values.get("start") and values.get("seconds") else None
    if values.get("end"):
        if not values.get("start"):
            raise ValueError(f"an end at {values['end']} without a start")
        until_end = _seconds(values["end"]) - start
        if seconds is not None and abs(seconds - until_end) > ROUNDED:
            raise ValueError(f"{seconds:g} seconds from {start:g} on do not end at {values['end']}")
        seconds = until_end if seconds is None else seconds
    if not 0 <= start < LONGEST or (seconds is not None and not 0 < seconds < LONGEST):
        raise ValueError(f"from {start:g} on, {seconds} seconds")
    return Part(channel, start, seconds)


def _seconds(written: str) -> float:
    if ":" in written and NUMBER.fullmatch(written):
        return seconds_of_clock(written)
    try:
        return float(written)
    except ValueError:
        raise ValueError(f"{written!r} is no number of seconds, such as 1.5") from None


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
    """Where lines of different texts name one file and no part of it, but have what may be times in columns that are
    not used: what is wrong; else empty."""
    whole: dict[Path, list[Entry]] = defaultdict(list)
    for entry, one in zip(entries, found, strict=True):
        if one.path and entry.unused and not entry.values.get("start"):
            whole[one.path].append(entry)
    shared = [of_one for of_one in whole.values() if len({entry.values["text"] for entry in of_one}) > 1]
    rising = _rising(shared) if 2 * sum(map(len, shared)) > len(entries) else set()
    for first, *others in shared:
        names = [
            n for n in first.unused if n in rising or (_says_time(n) and len(set(_numbers(n, first, *others))) > 1)
        ]
        if names:
            return (
                f"{first.list}:{others[0].line}: it names {first.values['file']!r}, as line {first.line} does, and the "
                f"numbers in {' and '.join(names[:4])} are not used: if they are times, call them start and end, in "
                "seconds; else take them out"
            )
    return ""


def unused_ends(entries: Sequence[Entry]) -> str:
    """Where lines have a start, and what may be its end or length is in columns that are not used: what is wrong; else
    empty."""
    for entry in entries:
        if entry.values.get("start") and not {"end", "seconds"} & entry.values.keys():
            names = [name for name in entry.unused if _says_end(name) and _numbers(name, entry)]
            if names:
                return (
                    f"{entry.list}:{entry.line}: it has a start, and the numbers in {' and '.join(names[:4])} are not "
                    "used: call the column end if it says where a part ends, or duration if it says how long it is, in "
                    "seconds; else take it out"
                )
    return ""


def _rising(shared: Sequence[Sequence[Entry]]) -> set[str]:
    """Columns whose numbers rise from each line of a file to the next, as times do and most others do not."""
    names = {name for of_one in shared for entry in of_one for name in entry.unused}
    numbers = {name: [_numbers(name, *of_one) for of_one in shared] for name in names}
    return {name for name, found in numbers.items() if all(n and n == sorted(set(n)) for n in found)}


def _says_time(name: str) -> bool:
    return any(map(WORD_OF_TIME.fullmatch, WORD.findall(name)))


def _says_end(name: str) -> bool:
    words = WORD.findall(name)
    ends = [word for word in words if WORD_OF_END.fullmatch(word)]
    return bool(ends) and all(word in ends or BESIDE_IT.fullmatch(word) for word in words)


def _numbers(name: str, *entries: Entry) -> list[float]:
    """Of a column in these lines, in seconds where they are those of a clock; empty where one is none."""
    found = [NUMBER.fullmatch(str(entry.unused.get(name))) for entry in entries]
    return [seconds_of_clock(match[0]) for match in found if match] if all(found) else []
