"""Dates, months and weekdays in English words."""

# ruff: noqa: E501 (a regular expression broken over lines can no longer be tried out by pasting it)
from __future__ import annotations

import re
from collections.abc import Callable

from tts.text.languages.english.numbers import ordinal, year
from tts.text.languages.english.stops import final_stop
from tts.text.languages.rule import Rule

MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]  # fmt: skip
MONTH_NAMES = {m[:3].lower(): m for m in MONTHS} | {"sept": "September"}
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
DAY_NAMES = {d[:3].lower(): d for d in DAYS}

MONTH = r"(Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
DAY = r"(Mon|Tues?|Wed|Thu(?:rs)?|Fri|Sat|Sun)\b\.?"


COUNTED = (
    "people|children|men|women|members|students|visitors|guests|users|customers|others|thousand|million|percent|days"
    "|weeks|months|years|hours|minutes|seconds|times"
)
"""What a number after the name of a month counts, and is then no day of it."""


def date(day: int, month: int, y: str | None, written: str) -> str:
    """Month, day and perhaps year, in words; as written where there is no such day."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return written
    said = f"{MONTHS[month - 1]} {ordinal(day)}"
    return f"{said}, {year(int(y))}" if y else said


def whole_year(y: str) -> str:
    """Years of two digits are 1950 to 2049."""
    return y if len(y) == 4 else ("20" if int(y) < 50 else "19") + y


def slashed_date(match: re.Match[str]) -> str:
    """The American way, month first, unless the first number exceeds 12."""
    first, second, y = int(match[1]), int(match[2]), match[3]
    day, month = (first, second) if first > 12 else (second, first)
    return date(day, month, whole_year(y), match[0])


def timestamp(match: re.Match[str]) -> str:
    """A date and time as computers write it; seconds only if there are any."""
    day = date(int(match[3]), int(match[2]), match[1], "-".join(match.group(1, 2, 3)))
    seconds = f":{match[5]}" if int(match[5] or 0) else ""
    zone = {None: "", "Z": " UTC"}.get(match[6], f" UTC {'minus' if match[6] and match[6][0] == '-' else 'plus'}")
    if match[7]:
        zone += f" {int(match[7])}" + (f" {match[8]}" if int(match[8] or 0) else "")
    return f"{day} at {match[4]}{seconds}{zone}"


def month_name(name: str) -> str:
    """`September` of `Sept.`"""
    return MONTH_NAMES[name.rstrip(".").lower()[:3]]


def month_first(match: re.Match[str]) -> str:
    """March 4, March 4-6, March 4th, 2024."""
    name, days, y = month_name(match[1]), [int(d) for d in match.group(2, 3) if d], match[4]
    if not all(1 <= day <= 31 for day in days):
        return match[0]
    return f"{name} {' to '.join(map(ordinal, days))}" + (f", {year(int(y))}" if y else "")


def day_first(match: re.Match[str]) -> str:
    """4 March, 4–6 March, the 4th of March, 2024."""
    days, name, y = [int(d) for d in match.group(1, 2) if d], month_name(match[3]), match[4]
    if not all(1 <= day <= 31 for day in days):
        return match[0]
    said = f"{' to '.join(f'the {ordinal(day)}' for day in days)} of {name}" + (f", {year(int(y))}" if y else "")
    return said + final_stop(match)


def from_to(names: dict[str, str]) -> Callable[[re.Match[str]], str]:
    """Mon-Fri, Jan–Mar: a function of such a match."""

    def said(match: re.Match[str]) -> str:
        return " to ".join(names[match[i].rstrip(".").lower()[:3]] for i in (1, 2)) + final_stop(match)

    return said


RANGES = [
    Rule(rf"\b{DAY}\s?[–-]\s?{DAY}(?!\w)", from_to(DAY_NAMES), {"Mon-Fri": "Monday to Friday"}),
    Rule(
        rf"\b{DAY}(?=,?\s(?:\d{{1,2}}\s)?{MONTH}(?!\w))",
        lambda m: DAY_NAMES[m[1].lower()[:3]],
        {"Tues. 4 March": "Tuesday the fourth of March", "Fri, Mar 4": "Friday, March fourth"},
    ),
    Rule(
        r"\b(Q[1-4]|H[12])\s?[–—-]\s?(?=[QH][1-4]\b)|(?<![\w–'-])([A-Za-z])–(?=[A-Za-z](?![\w–'-]))",
        lambda m: f"{m[1] or m[2]} to ",
        {"Q1–Q3": "Q one to Q three", "from A–Z": "from A to Z"},
    ),
    Rule(rf"\b{MONTH}\s?[–-]\s?{MONTH}(?!\w|\s\d{{1,2}}\b)", from_to(MONTH_NAMES), {"Jan–Mar": "January to March"}),
]
RULES = [
    Rule(
        r"(?<![\w/-])(\d{4})-(\d\d)-(\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-](\d\d):?(\d\d)?)?(?![\w:-])",
        timestamp,
        {
            "2024-01-15T10:30:00Z": "January fifteenth, twenty twenty-four at ten thirty UTC",
            "2024-01-15T10:30:05+02:00": "January fifteenth, twenty twenty-four at ten thirty and five seconds UTC plus two",
        },
    ),
    Rule(
        rf"(?<![\w-])(\d{{1,2}})-{MONTH}-(\d{{4}}|\d\d)(?![\w-])",
        lambda m: date(int(m[1]), MONTHS.index(month_name(m[2])) + 1, whole_year(m[3]), m[0]),
        {"15-Jan-2024": "January fifteenth, twenty twenty-four"},
    ),
    Rule(
        r"(?<![\w/-])(\d{4})-(\d{2})-(\d{2})(?![\w/-])",
        lambda m: date(int(m[3]), int(m[2]), m[1], m[0]),
        {"2026-11-24": "November twenty-fourth, twenty twenty-six"},
    ),
    Rule(
        r"(?<![\w/.])(?<!\d-)(\d{1,2})(?:/(?=\d+/)|\.(?=\d+\.\d{4})|-(?=\d+-\d{4}))(\d{1,2})[/.-](\d{4}|\d{2})(?![\w/]|[.-]\d)",
        slashed_date,
        {
            "3/4/2025": "March fourth, twenty twenty-five",
            "24/12/2025": "December twenty-fourth, twenty twenty-five",
            "12-31-2023": "December thirty-first, twenty twenty-three",
            "24.12.1999": "December twenty-fourth, nineteen ninety-nine",
        },
    ),
    Rule(
        r"\b" + MONTH + r"\s(\d{1,2})(?:st|nd|rd|th)?\b(?:\s?[–-]\s?(\d{1,2})(?:st|nd|rd|th)?\b)?(?![:.]\d|-[A-Za-z]|\s(?:" + COUNTED + r")\b)(?:,?\s(\d{4})\b)?",
        month_first,
        {"Nov. 24, 2026": "November twenty-fourth, twenty twenty-six", "March 4-6": "March fourth to sixth"},
    ),
    Rule(
        r"\b(?:[Tt]he\s)?(\d{1,2})(?:st|nd|rd|th)?(?:\s?[–-]\s?(\d{1,2})(?:st|nd|rd|th)?)?\s(?:of\s)?" + MONTH + r"(?!\w)(?:,?\s(\d{4})\b)?",
        day_first,
        {
            "4–6 March 2024": "the fourth to the sixth of March, twenty twenty-four",
            "On the 21st of Feb.": "On the twenty-first of February.",
        },
    ),
    Rule(
        r"\b" + MONTH + r",?\s(\d{4})\b",
        lambda m: f"{month_name(m[1])} {year(int(m[2]))}",
        {"in Sept. 1984": "in September nineteen eighty-four"},
    ),
    Rule(
        r"\b(Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\.(?=\s[a-z])",
        lambda m: month_name(m[1]),
        {"In Jan. it snowed": "In January it snowed"},
    ),
]  # fmt: skip
