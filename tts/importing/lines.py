"""What the lines of a text mean: sentences, as in a list or a poem, or only the width of its page."""

from __future__ import annotations

import re
from itertools import pairwise

STOP = r"[.!?…。！？][\"'”’»)\]]*"
NEARLY_ALL = 0.8
"""Of the lines that go on with a small letter: so many have no room for the next word, where a text is wrapped."""


def line_by_line(text: str) -> str:
    """With a paragraph for every line that is a sentence or more: a list may have no full stops, or no capitals. In a
    text that is wrapped over lines those go on that have no room for the first word of the next."""
    lines = [line.rstrip() for line in text.splitlines()]
    width = max(map(len, lines), default=0) if _is_wrapped(lines) else 0
    found = [line.strip() for line in lines[:1]]
    for before, line in pairwise(lines):
        goes_on = before and line and _is_full(before, line, width)
        found += ["\n" if goes_on else "\n\n", line.strip()]
    return "".join(found)


def _is_wrapped(lines: list[str]) -> bool:
    """Whether lines end where a page does. Half of them would end a sentence there by no more than chance, and a text
    that has no full stop at all is a list."""
    some = [line for line in lines if line]
    stops = sum(map(_ends_sentence, some))
    if 2 * stops > len(some) or not re.search(rf"{STOP}(\s|$)", "\n".join(some)):
        return False
    width = max(map(len, some))
    going_on = [_is_full(a, b, width) for a, b in pairwise(some) if b.lstrip()[0].islower() and not _ends_sentence(a)]
    return bool(going_on) and sum(going_on) >= NEARLY_ALL * len(going_on)


def _ends_sentence(line: str) -> bool:
    return re.search(f"{STOP}$", line) is not None


def _is_full(line: str, following: str, width: int) -> bool:
    return width > 0 and len(line) + 1 + len(following.split()[0]) > width
