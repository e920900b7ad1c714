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


def date(day: int, month: int, y: str | None, written: str) -> str:
    """Month, day and perhaps year, in words; as written where there is no such day."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return written
    said = f"{MONTHS[month - 1]} {ordinal(day)}"
    return f"{said}, {year(int(y))}" if y else said


def slashed_date(match: re.Match[str]) -> str:
    """The American way, month first, unless the first number exceeds 12; years of two digits are 1950 to 2049."""
    first, second, y = int(match[1]), int(match[2]), match[3]
    y = y if len(y) == 4 else ("20" if int(y) < 50 else "19") + y
    day, month = (first, second) if first > 12 else (second, first)
    return date(day, month, y, match[0])


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
    Rule(rf"\b{MONTH}\s?[–-]\s?{MONTH}(?!\w|\s\d{{1,2}}\b)", from_to(MONTH_NAMES), {"Jan–Mar": "January to March"}),
]
RULES = [
    Rule(
        r"(?<![\w/-])(\d{4})-(\d{2})-(\d{2})(?![\w/-])",
        lambda m: date(int(m[3]), int(m[2]), m[1], m[0]),
        {"2026-11-24": "November twenty-fourth, twenty twenty-six"},
    ),
    Rule(
        r"(?<![\w/.])(\d{1,2})(?:/(?=\d+/)|\.(?=\d+\.\d{4}))(\d{1,2})[/.](\d{4}|\d{2})(?![\w/]|\.\d)",
        slashed_date,
        {
            "3/4/2025": "March fourth, twenty twenty-five",
            "24/12/2025": "December twenty-fourth, twenty twenty-five",
            "24.12.1999": "December twenty-fourth, nineteen ninety-nine",
        },
    ),
    Rule(
        r"\b" + MONTH + r"\s(\d{1,2})(?:st|nd|rd|th)?\b(?:\s?[–-]\s?(\d{1,2})(?:st|nd|rd|th)?\b)?(?![:.]\d|-[A-Za-z])(?:,?\s(\d{4})\b)?",
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
