"""Progress: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")
SILENCE = 30.0
"""Seconds that a log may be without a line."""


def shown(work: Iterable[T], total: int, what: str) -> Iterator[T]:
    """The items of `work`, of which there are `total`, as they come; progress goes to standard error."""
    bar = tqdm(work, total=total, desc=what, disable=None if total else True)
    started = last_line = time.monotonic()
    for number, item in enumerate(bar, 1):
        yield item
        if bar.disable and time.monotonic() - last_line >= SILENCE:
            last_line = time.monotonic()
            left = (last_line - started) / number * (total - number) / 60
            print(f"{what}: {number} of {total}, {left:.1f} min left at this pace", file=sys.stderr)


def counted(number: int, noun: str) -> str:
    """`1 process`, `2 processes`."""
    return f"{number} {noun}{'' if number == 1 else 'es' if noun.endswith('s') else 's'}"
