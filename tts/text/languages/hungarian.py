"""Hungarian as it is read aloud."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from tts.text.languages.reader import Reader

MONTH = "január|február|március|április|május|június|július|augusztus|szeptember|október|november|december"
YEAR = re.compile(rf"(?<![\w.,:-])(\d{{4}})\.(?=\s(?:{MONTH}))", re.IGNORECASE)
DAY = re.compile(rf"(?i:(?<=\b)({MONTH})) (\d{{1,2}})(?:\.|-((?:j?[áaeé]n|i|ig|t[őó]l)\b))(?!\w)")
"""With the ending that says when: 3-án, 15-én, 1-jén."""
FIRST = "elseje"
"""The first day of a month, which is no ordinal."""


class Hungarian(Reader, language="hu"):
    """A full stop after years and days, which ends no sentence."""

    examples: ClassVar = {
        "2024. október 3-án": "kétezer-huszonnégy október harmadikán",
        "május 1-jén, március 15-én": "május elsején, március tizenötödikén",
        "3 Ft, 1299 Ft.": "három forint, ezerkétszázkilencvenkilenc forint.",
    }

    def held_stops(self, text: str) -> Iterator[int]:
        yield from super().held_stops(text)
        yield from (match.end() - 1 for match in YEAR.finditer(text))

    def dates(self, text: str) -> str:
        return DAY.sub(self._day_of_month, YEAR.sub(r"\1", super().dates(text)))

    def _day_of_month(self, match: re.Match[str]) -> str:
        month, digits, ending = match.groups()
        if ending is None:  # "október 3." may end a sentence
            return match[0]
        if digits == "1":
            return f"{month} {FIRST.removesuffix('e')}{ending.removeprefix('j')}"
        return f"{month} {self.ordinal(digits)}{ending.removeprefix('j')}"
