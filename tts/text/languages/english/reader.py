"""English: its rules in their order, and where its sentences end."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from tts.text.languages.english import (
    abbreviations,
    addresses,
    dates,
    fractions,
    money,
    numbers,
    numerals,
    signs,
    sums,
    times,
    units,
)
from tts.text.languages.english.abbreviations import ABBREVIATIONS, BEFORE_DIGITS, ROADS, TITLES
from tts.text.languages.english.dates import DAY_NAMES, DAYS, MONTH_NAMES, MONTHS
from tts.text.languages.english.numerals import COUNTED, MONARCHS
from tts.text.languages.english.times import ZONES
from tts.text.languages.english.units import DOTTED_UNITS
from tts.text.languages.reader import Reader
from tts.text.languages.rule import Rule

RULES: tuple[Rule, ...] = (
    *addresses.RULES,
    *numbers.GROUPS,
    *units.FEET_AND_INCHES,
    *signs.ORNAMENTS,
    *money.RANGES,
    *times.RANGES,
    *units.RANGES,
    *dates.RANGES,
    *units.PER_UNIT,
    *money.RULES,
    *dates.RULES,
    *times.RULES,
    *numbers.RULES,
    *numerals.RULES,
    *units.OF_FRACTIONS,
    *sums.RULES,
    *fractions.RULES,
    *units.RULES,
    *abbreviations.RULES,
    *signs.RULES,
)
"""Each reads what those before it left: ranges come before the amounts, dates and times of which they consist."""

NEEDS_RULES = re.compile(
    r"[^A-Za-z ,;:!?.\"'-]|\.(?![\"']?$)|(?<![A-Za-z])-|-(?![A-Za-z])"
    r"|\b(?:St|aka|etc|vs|Mrs?|Ms|Dr|Prof|Rev|Capt|Lt|Sgt|Gov|Mt|Ft|Ph|Rd|Ave|Blvd|Ln|[IVX]{1,6}|M[MDCLXVI]{3,})\b"
    rf"|\b(?:{'|'.join(ABBREVIATIONS)}|[ap]\.m|[A-Z]\.[A-Z])\."
    rf"|\b(?:{'|'.join([*DAY_NAMES, *MONTH_NAMES])})[a-z]{{0,6}}-",
    re.IGNORECASE,
)
"""Most sentences contain nothing that any of these rules could match: one search spares them all the others."""
VIETNAMESE = re.compile("[\u1e00-\u1eff]")
"""Letters, most of them Vietnamese, whose codes espeak-ng reads out."""
SHOUTED = {"AM", "IT", "ME", "LED"}
"""Words that mean another thing in capitals, unless all is in capitals."""
TO_US = re.compile(
    r"\b(LET|JOIN|CONTACT|FOLLOW|VISIT|GIVE|TELL|TRUST|MEET|EMAIL|(?:ALL|BOTH|EACH|MANY|SOME|ONE) OF"
    r"|(?:ABOUT|CALL|SHOW|HELP|WITH|BETWEEN|ASK|SAVE|FIND|FOR|TO)(?= US\s*(?:[.!?,;:]|AND|NOW|TODAY|AT|ON|$))) US\b"
)
"""After these words it is the pronoun, where all is in capitals."""

ABBREVIATED = re.compile(
    rf"(?:\b(?:{'|'.join(TITLES)}|St|vs|cf|approx|fig|figs|vol|pp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec"
    r"|Mon|Tues?|Wed|Thu|Thurs|Fri|Bros|Hwy|al|e\.g|i\.e)|(?<![\w'°])(?<![ap]\.(?=m\.))(?!I\.)[^\W\d_]|^I)\.$",
    re.IGNORECASE,
)
"""What ends in a full stop without ending a sentence: titles, months, initials."""
NUMBERED = re.compile(
    rf"\b(?:Nos?|Nr|Rs|(?-i:Sat|Sun)|{'|'.join(BEFORE_DIGITS)}|(?<=\d)\s?(?:{DOTTED_UNITS}))\.$", re.IGNORECASE
)
"""And what does so before a digit or a Roman numeral."""
NUMBER = re.compile(r"\d|(?:[IVX]{2,}|[VX])\b")
HALF_DAY = re.compile(r"[ap]\.\s?m\.$", re.IGNORECASE)
AFTER_HALF_DAY = re.compile(rf"(?:{'|'.join(DAYS)}|{ZONES})\b")
"""In "at 9 a.m. Monday" no sentence ends."""


class English(Reader, language="en"):
    """American in its dates, British in its "and": one hundred and one.

    Unlike the other languages it is read by rules alone, in the order of `RULES`. Four-digit numbers from 1100 to 2099
    without a comma are years; a single `I` after a name is the pronoun.
    """

    def read(self, text: str) -> str:
        text = VIETNAMESE.sub(lambda m: unicodedata.normalize("NFD", m[0])[0], text)
        if text.isupper() and len(re.findall(r"[A-Z]{2,}", text)) > 2:
            text = re.sub(r"\b[A-Z]+\b", _quiet, TO_US.sub(r"\1 us", text))
        if not NEEDS_RULES.search(text):
            return text
        for rule in RULES:
            text = rule(text)
        return text

    def held_stops(self, text: str) -> Iterator[int]:
        return iter(())  # `goes_on` finds them all

    def goes_on(self, before: str, after: str) -> bool:
        numbered = NUMBER.match(after) and NUMBERED.search(before)
        timed = HALF_DAY.search(before) and AFTER_HALF_DAY.match(after)
        return bool(numbered or timed or ABBREVIATED.search(before))


def _quiet(match: re.Match[str]) -> str:
    """A word of a text that is all in capitals, where in capitals it would mean another thing."""
    word = match[0].capitalize()
    if match[0] in SHOUTED:
        return match[0].lower()
    known = word in TITLES or word in ROADS or word in MONTHS or re.fullmatch(f"{COUNTED}|{MONARCHS}", word)
    return word if known else match[0]
