"""Abbreviations and fractions: how `Reader.abbreviations` is written, and what it finds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from tts.text.languages.words import ABBREVIATIONS, EVERYWHERE
from tts.text.languages.written import CAPITAL

VULGAR = {unicodedata.normalize("NFKC", sign).replace("⁄", "/"): sign for sign in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}
"""Fractions that are one character."""


def found(base: str, own: Mapping[str, str], fractions: Mapping[str, str]) -> list[tuple[re.Pattern[str], str]]:
    """What a language abbreviates and how it is read, the longest first."""
    signs = {VULGAR[written]: said for written, said in fractions.items() if written in VULGAR}
    every = dict(own)
    for more in (fractions, signs, ABBREVIATIONS.get(base, {}), EVERYWHERE):
        every = {**every, **{written: said for written, said in more.items() if written not in every}}
    return [(_pattern(written), said) for written, said in sorted(every.items(), key=lambda item: -len(item[0]))]


def _pattern(written: str) -> re.Pattern[str]:
    """See `Reader.abbreviations`."""
    body = written.removeprefix("# ").removeprefix("-").removesuffix(" #").removesuffix(" A")
    before = {"#": r"(?<=\d)\s?", "-": r"(?<=[^\W\d_])"}.get(written[0], r"(?<![\w.,])")
    first = f"[{re.escape(body[0] + body[0].upper())}]"
    rest = re.escape(body[1:]).replace(r"\.\ ", r"\.\s?")
    after = {" #": r"\s?(?=\d)", " A": rf"(?=\s+{CAPITAL})"}.get(written[-2:], "" if body.endswith(".") else r"(?!\w)")
    return re.compile(before + first + rest + after)
