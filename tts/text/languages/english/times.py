"""Times of day, durations, and what else is written with a colon, in English words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from num2words import num2words

from tts.text.languages.english.dates import DAYS
from tts.text.languages.english.numbers import cardinal, spell
from tts.text.languages.rule import Rule

ZONES = "[ECMP][SD]?T|GMT|UTC|BST|CES?T"
"""Of time, as written after the hour."""
HALF_DAY = rf"([aApP])(?:[mM]\b|\.\s?[mM](?:\.(?!\s*$|\s+(?!(?:{'|'.join(DAYS)}|{ZONES})\b)[A-Z])|\b))"
"""am, PM, a.m.: the last full stop belongs to it unless a sentence ends there."""
CLOCK = r"\d{1,2}(?:[:.][0-5]\d)?"


def time(match: re.Match[str]) -> str:
    """Groups: hour, minute, and perhaps second and `a` or `p`."""
    hour, minute, seconds, half = int(match[1]), int(match[2]), match[3], match[4]
    if hour > 24 or minute > 59:
        return match[0]
    said = num2words(hour)
    if minute:
        said += f" {'oh ' if minute < 10 else ''}{num2words(minute)}"
    elif not half:
        said += " o'clock" if 1 <= hour <= 12 else " hundred hours"
    if seconds:
        said += f" and {cardinal(str(int(seconds)))} second{'' if int(seconds) == 1 else 's'}"
    return f"{said} {half[0].upper()}M" if half else said


def clock_or_race(match: re.Match[str]) -> str:
    """2:01:09 is a duration unless something says that it is a time of day, or it has two digits for its hour."""
    before = match.string[: match.start()]
    raced = len(match[1]) == 1 and not re.search(r"(?i)(?:\b(?:at|by|until|till|from|since|to|past)|[@–-])\s?$", before)
    if match[3] and not match[4] and (raced or re.search(r"\b(?:in|of|took|lasted)\s$", before)):
        amounts = zip(("hour", "minute", "second"), match.group(1, 2, 3), strict=True)
        return named({unit: amount for unit, amount in amounts if int(amount)}) or "zero seconds"
    return time(match)


def named(amounts: Mapping[str, str | None]) -> str:
    """Amounts and their units."""
    return " ".join(
        f"{cardinal(str(int(amount)))} {unit}{'' if int(amount) == 1 else 's'}"
        for unit, amount in amounts.items()
        if amount
    )


def duration(match: re.Match[str]) -> str:
    """Groups named by their units."""
    return named(match.groupdict())


def lap(match: re.Match[str]) -> str:
    """Minutes, seconds and their decimals."""
    return f"{cardinal(match[1])} {cardinal(match[2].lstrip('0') or '0')} point {spell(match[3])}"


RANGES = [
    Rule(
        rf"(?<![\w:.])({CLOCK})(\s?[aApP]\.?[mM]\b\.?)?\s?[–-]\s?(?={CLOCK}\s?{HALF_DAY})",
        r"\1\2 to ",
        {"9am-5pm": "nine AM to five PM", "3–5 p.m. today": "three to five PM today"},
    ),
    Rule(
        r"(?<![\w:.])(\d{1,2}:\d\d)\s?[–-]\s?(?=\d{1,2}:\d\d(?![\w:]))",
        r"\1 to ",
        {"9:00-17:00": "nine o'clock to seventeen hundred hours"},
    ),
]
RULES = [
    # Verses of a book.
    Rule(
        r"(?<![\w:.])(\d{1,3}):(\d{1,3})[–-](\d{1,3})(?![\w:]|\s?[aApP]\.?[mM])",
        r"\1 \2 to \3",
        {"John 3:16-18": "John three sixteen to eighteen"},
    ),
    Rule(rf"(?<![\w:.])(\d{{1,2}})\.([0-5]\d)()\s?{HALF_DAY}", time, {"7.30 pm": "seven thirty PM"}),
    Rule(
        r"(?<![\w:.])(\d{1,2}):([0-5]\d)\.(\d{1,3})(?![\w:.]*\d)",
        lap,
        {"in 1:05.25": "in one five point two five"},
    ),
    Rule(
        r"(?<![\w:.])(?P<hour>\d{1,4})\s?h\s?(?P<minute>\d{1,2})(?:\s?m(?:in)?\b|\b)(?:\s?(?P<second>\d{1,2})\s?s(?:ec)?\b)?",
        duration,
        {"3h 25m": "three hours twenty-five minutes"},
    ),
    Rule(
        r"(?<![\w:.])(?P<minute>\d{1,4})\s?m(?:in)?\s?(?P<second>\d{1,2})\s?s(?:ec)?\b",
        duration,
        {"1m 30s": "one minute thirty seconds"},
    ),
    Rule(
        rf"(?<![\w:.])(\d{{1,2}}):(\d{{2}})(?::(\d{{2}}))?(?:\s?{HALF_DAY}|\s?h(?:rs)?\b)?(?![\w:])",
        clock_or_race,
        {
            "10:45 pm": "ten forty-five PM",
            "17:05": "seventeen oh five",
            "8:00": "eight o'clock",
            "14:00h": "fourteen hundred hours",
            "2:01:09": "two hours one minute nine seconds",
            "12:30:01": "twelve thirty and one second",
        },
    ),
    Rule(
        rf"(?<![\w:.])(\d{{1,2}})()()\s?{HALF_DAY}",
        lambda m: f"{num2words(int(m[1]))} {m[4].upper()}M",
        {
            "at 7 p.m. on Monday": "at seven PM on Monday",
            "We ate at 7 p.m. Then we left.": "We ate at seven PM. Then we left.",
        },
    ),
    # Screens, ratios and odds.
    Rule(r"(?<![\w:.,])(16|21|32):(9|10)(?![\w:]|[.,]\d)", r"\1 by \2", {"a 16:9 screen": "a sixteen by nine screen"}),
    Rule(r"(?<![\w:.,])(\d{1,3}):(\d{1,3})(?![\w:]|[.,]\d)", r"\1 to \2", {"odds of 30:1": "odds of thirty to one"}),
]
