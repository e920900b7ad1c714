"""Telephone numbers, which are read group by group or digit by digit."""

from __future__ import annotations

import re

FEWEST_DIALLED = 7
"""Digits of a telephone number."""
GROUPS = r"(?:\+\d{1,3}|0\d{1,5})(?:[ ./-](?:\(0\) ?)?\(?\d{1,9}\)?){1,6}|(?:\d )?\(\d{2,4}\)(?:[ -]?\d{2,9}){1,4}"
BARE = r"\+\d{8,14}|0\d{8,10}"
NATIONAL = {
    "ru": r"[78] ?\(?\d{3}\)?[ -]\d{3}[ -]\d\d[ -]\d\d|8\d{10}",
    "es": r"[679]\d\d \d{3} \d{3}",
}
"""Forms that would be a number or a range in other languages."""
IN_PAIRS = {"fr"}
"""Languages that read a number in pairs, also where it is written without spaces."""


def pattern(base: str) -> re.Pattern[str]:
    """What is a telephone number in texts of a language."""
    forms = "|".join(filter(None, (NATIONAL.get(base), GROUPS, BARE)))
    return re.compile(rf"(?<![\w.,+/-])(?:{forms})(?![\w/-]|[.,]\d)")


def said(match: re.Match[str], base: str) -> str:
    """Groups of digits one after the other, not the number they would make together."""
    groups, plus = re.findall(r"\d+", match[0]), "+" * match[0].startswith("+")
    if sum(map(len, groups)) < FEWEST_DIALLED:
        return match[0]
    if base in IN_PAIRS and len(groups) == 1:
        number = groups[0]
        country = [number[:2], number[2]] if plus and len(number) == 11 else []
        rest = number[3:] if country else number
        groups = [*country, *re.findall(r"\d\d?", rest)]
    spoken = [group if len(group) <= 2 and group[0] != "0" else " ".join(group) for group in groups]
    return plus + ", ".join(spoken)
