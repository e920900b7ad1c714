"""How a match of a rule of `tts.text.english` is read aloud: amounts, dates, times, fractions, titles, streets."""

# ruff: noqa: E501 (a regular expression broken over lines can no longer be tried out by pasting it)
from __future__ import annotations

import re
from collections.abc import Callable

from num2words import num2words

from tts.text.english_words import (
    ABBREVIATIONS,
    CODES,
    COUNTED,
    DOLLARS,
    FRACTIONS,
    MONARCHS,
    MONEY,
    MONTH_NAMES,
    MONTHS,
    ROADS,
    SCALES,
    SHOUTED,
    STARTERS,
    TITLES,
    UNITS,
)
from tts.text.roman import ROMAN


def cardinal(digits: str) -> str:
    """A quantity such as `1,204.50` in words; codes (leading zero, over 15 digits) digit by digit."""
    plain = digits.replace(",", "")
    whole, _, decimals = plain.partition(".")
    if not whole:
        return f"point {spell(decimals)}"
    if len(whole) > 15 or (len(whole) > 1 and whole[0] == "0"):
        said = spell(whole)
    else:
        said = num2words(int(whole)).replace(",", "")
    return f"{said} point {spell(decimals)}" if decimals else said


def spell(digits: str) -> str:
    """Digit by digit."""
    return " ".join(num2words(int(d)) for d in digits)


def ordinal(number: int) -> str:
    return num2words(number, to="ordinal").replace(",", "")


def year(number: int) -> str:
    """A year from 0 to 9999: `nineteen eighty-four`, `two thousand and five`, `nineteen hundred`."""
    if number >= 1000 and not 0 <= number % 1000 < 10:
        return num2words(number, to="year").replace(",", "")
    return num2words(number).replace(",", "")


def _looks_like_year(digits: str) -> bool:
    return len(digits) == 4 and digits.isdigit() and 1100 <= int(digits) < 2100


def number(digits: str) -> str:
    return year(int(digits)) if _looks_like_year(digits) else cardinal(digits)


def plural(words: str) -> str:
    if words.endswith("y"):
        return words[:-1] + "ies"
    return words + ("es" if words.endswith(("x", "s")) else "s")


def _describes(match: re.Match[str]) -> bool:
    """Whether an amount says of what kind the next noun is, and stands in the singular: a 20-foot wall, a $5 note."""
    return bool(
        re.search(r"\b[Aa]n?\s$", match.string[: match.start()])
        and re.match(
            r"[\s-](?!(?:a|an|and|as|at|by|for|from|if|in|is|of|on|or|per|than|to|was|with)\b)[a-z]",
            match.string[match.end() :],
        )
    )


def money(match: re.Match[str]) -> str:
    found = match.groupdict()
    sign, amount, scale = found["sign"], found["amount"], found["scale"]
    one, many, sub_one, sub_many = MONEY[CODES.get(sign, sign)]
    nation = DOLLARS[found.get("nation") or "US"] if sign == "$" else ""
    minus = "minus " if found["minus"] else ""
    one, many = nation + one, nation + many
    if _describes(match):
        many = one
    if scale:
        return f"{minus}{cardinal(amount)} {SCALES[scale.lower()]} {many}"
    whole, _, decimals = amount.replace(",", "").partition(".")
    whole, cents = whole.lstrip("0"), decimals.rstrip("0").ljust(2, "0").lstrip("0")
    if len(decimals.rstrip("0")) > 2:
        return f"{minus}{cardinal(amount)} {many}"
    parts = [f"{cardinal(whole or '0')} {one if whole == '1' else many}"] if whole or not cents else []
    if cents:
        parts.append(f"{cardinal(cents)} {sub_one if cents == '1' else sub_many}")
    return minus + " and ".join(parts)


def date(day: int, month: int, y: str | None, whole: str) -> str:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return whole
    said = f"{MONTHS[month - 1]} {ordinal(day)}"
    return f"{said}, {year(int(y))}" if y else said


def slashed_date(match: re.Match[str]) -> str:
    first, second, y = int(match[1]), int(match[2]), match[3]
    y = y if len(y) == 4 else ("20" if int(y) < 50 else "19") + y
    day, month = (first, second) if first > 12 else (second, first)
    return date(day, month, y, match[0])


def month(name: str) -> str:
    return MONTH_NAMES[name.rstrip(".").lower()[:3]]


def _goes_on(match: re.Match[str]) -> bool:
    """Whether the sentence goes on after a full stop."""
    rest = match.string[match.end() :]
    return bool(rest.strip("\"') ")) and not re.match(rf"\s+(?:{STARTERS})\b", rest)


def _full_stop(match: re.Match[str]) -> str:
    """That of an abbreviation, where it ends the sentence as well."""
    return "." if match[0].endswith(".") and not _goes_on(match) else ""


def month_first(match: re.Match[str]) -> str:
    name, days, y = month(match[1]), [int(d) for d in match.group(2, 3) if d], match[4]
    if not all(1 <= day <= 31 for day in days):
        return match[0]
    return f"{name} {' to '.join(map(ordinal, days))}" + (f", {year(int(y))}" if y else "")


def day_first(match: re.Match[str]) -> str:
    days, name, y = [int(d) for d in match.group(1, 2) if d], month(match[3]), match[4]
    if not all(1 <= day <= 31 for day in days):
        return match[0]
    said = f"{' to '.join(f'the {ordinal(day)}' for day in days)} of {name}" + (f", {year(int(y))}" if y else "")
    return said + _full_stop(match)


def from_to(names: dict[str, str]) -> Callable[[re.Match[str]], str]:
    """Mon-Fri, Jan–Mar."""

    def said(match: re.Match[str]) -> str:
        return " to ".join(names[match[i].rstrip(".").lower()[:3]] for i in (1, 2)) + _full_stop(match)

    return said


def time(match: re.Match[str]) -> str:
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


def lasts(match: re.Match[str]) -> str:
    """3h 25m, 5m 30s."""
    return " ".join(
        f"{cardinal(amount)} {unit}{'' if int(amount) == 1 else 's'}"
        for unit, amount in match.groupdict().items()
        if amount
    )


def phone(match: re.Match[str]) -> str:
    plus = "plus " if match[0].startswith("+") else ""
    return plus + ", ".join(spell(group) for group in re.findall(r"\d+", match[0]))


def fraction(top: int, bottom: int) -> str:
    if top == bottom and top > 4:
        return f"{cardinal(str(top))} out of {cardinal(str(bottom))}"
    if bottom == 0 or bottom > 100 or top > 1000 or (top > bottom and bottom > 4):
        return f"{cardinal(str(top))} over {cardinal(str(bottom))}"
    name = {2: "half", 4: "quarter"}.get(bottom) or ordinal(bottom)
    if top != 1:
        name = "halves" if bottom == 2 else name + "s"
    if bottom == 1:
        return f"{cardinal(str(top))} over one"
    return f"{cardinal(str(top))} {name}"


def vulgar(match: re.Match[str]) -> str:
    said = fraction(*FRACTIONS[match[2]])
    if not match[1]:
        return f" {said} "
    return f"{cardinal(match[1])} and {said.replace('one ', 'a ', 1) if said.startswith('one ') else said} "


def unit(match: re.Match[str]) -> str:
    amount, joined, (one, many) = match[2], match[3], UNITS[match[4]]
    sign = "minus " if match[1] else ""
    singular = amount == "1" or (joined == "-" and match.string[match.end() :][:1] != "s") or _describes(match)
    return f"{sign}{cardinal(amount)} {one if singular else many}"


def address(match: re.Match[str]) -> str:
    """A URL or e-mail address, read as people read them."""
    text = re.sub(r"^https?://", "", match[0], flags=re.IGNORECASE)
    tail = ""
    while text and text[-1] in ".,;:!?)'\"":
        tail, text = text[-1] + tail, text[:-1]
    text = re.sub(r"^www\.", "W W W dot ", text, flags=re.IGNORECASE).rstrip("/")
    for sign, word in ((".", "dot"), ("@", "at"), ("/", "slash"), ("-", "dash"), ("_", "underscore"), ("?", "question mark"),
                       ("=", "equals"), ("&", "and"), (":", "colon"), ("#", "hash"), ("%", "percent"), ("+", "plus"), ("~", "tilde")):  # fmt: skip
        text = text.replace(sign, f" {word} ")
    return text + tail


def abbreviation(match: re.Match[str]) -> str:
    word = ABBREVIATIONS[match[1].lower()]
    ends = not match.string[match.end() :].strip() or re.match(r"\s+[\"']?[A-Z]", match.string[match.end() :])
    return word + ("." if ends and match[1].lower() in {"etc", "jr", "sr", "inc", "ltd", "corp", "ave", "rd"} else "")


def street(match: re.Match[str]) -> str:
    """`St.` and `Dr.`: a saint or a doctor before a name, a street or a drive after one."""
    saint, before, rest = match[1] == "St", match.string[: match.start()], match.string[match.end() :]
    capital = re.match(r"\s+[A-Z]", rest)
    name_follows = capital and not re.match(rf"\s+(?:{STARTERS})\b", rest)
    name_before = re.search(r"\b(?!(?:The|A|My|Our|Your)\s)[A-Z0-9]\w*\s$", before)
    if (name_before and (saint or not name_follows)) or (saint and not capital):
        ends = match[0].endswith(".") and (capital or not rest.strip())
        return ROADS[match[1]] + ("." if ends else "")
    ends = match[0].endswith(".") and not rest.strip()
    return ("Saint" if saint else "Doctor") + ("." if ends else "")


def decade(match: re.Match[str]) -> str:
    digits = match[1]
    return plural(year(int(digits)) if len(digits) == 4 else num2words(int(digits)))


def dotted(match: re.Match[str]) -> str:
    """U.S.A.: the last full stop stays only where the sentence ends."""
    return match[0][:-1] if _goes_on(match) else match[0]


def doctorate(match: re.Match[str]) -> str:
    return "PhD" + _full_stop(match)


def initial(match: re.Match[str]) -> str:
    """The initial of a name (J. R. Smith, John F. Kennedy), not the end of a sentence (vitamin C. Then …)."""
    before = match.string[: match.start()].split()
    name = not before or (before[-1][:1].isupper() and _goes_on(match))
    return match[1] if name else match[0]


def numeral(match: re.Match[str]) -> str:
    """A Roman numeral of two letters and more, whatever it counts."""
    if match[1] not in ROMAN:
        return match[0]
    return f"{ordinal(ROMAN[match[1]])} century" if match[2] else num2words(ROMAN[match[1]])


def regnal(match: re.Match[str]) -> str:
    if match[2] == "I":  # "Then Mary I trusted left": far more often the pronoun than a queen.
        return match[0]
    return f"{match[1]} the {ordinal(ROMAN[match[2]])}"


def inches(match: re.Match[str]) -> str:
    """27" after an even number of quotation marks; after an odd one it closes them."""
    return f"{match[1]} inch" if match.string.count('"', 0, match.start()) % 2 == 0 else match[0]


def quiet(match: re.Match[str]) -> str:
    """A word of a text that is all in capitals, where in capitals it would mean another thing."""
    word = match[0].capitalize()
    if match[0] in SHOUTED:
        return match[0].lower()
    known = word in TITLES or word in ROADS or word in MONTHS or re.fullmatch(f"{COUNTED}|{MONARCHS}", word)
    return word if known else match[0]
