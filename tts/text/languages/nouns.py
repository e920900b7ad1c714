"""What a number counts, where the number depends on its gender."""

from __future__ import annotations

import re


def feminine(said: str) -> str:
    """A Romance ordinal that ends in -o, of a feminine noun."""
    return re.sub(r"o\b", "a", said)


def counted(after: str, others: str) -> str:
    """The noun that stands `after` a number; empty where it is one of the `others` (a regular expression), which count
    nothing."""
    noun = re.match(rf"\s+(?!(?:{others})\b)([^\W\d_A-ZÀ-Þ]+)", after)
    return noun[1] if noun else ""


def ends_in(value: int, digit: int) -> bool:
    """Whether the last word of a number is that of `digit`: 21 ends in one, 11 does not."""
    return value % 10 == digit and value % 100 != 10 + digit
