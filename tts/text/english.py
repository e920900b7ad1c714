"""English as it is read aloud: numbers, money, dates, times, units, signs, abbreviations."""

# ruff: noqa: E501 (a regular expression broken over lines can no longer be tried out by pasting it)
from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from num2words import num2words

from tts.text.english_words import (
    ABBREVIATIONS,
    BEFORE_DIGITS,
    CODES,
    COUNTED,
    DAY_NAMES,
    DAYS,
    DOLLARS,
    DOTTED_TITLES,
    DOTTED_UNITS,
    EXTENSIONS,
    FRACTIONS,
    INITIALS,
    LARGE_COUNTS,
    MONARCHS,
    MONEY,
    MONTH_NAMES,
    MONTHS,
    PAIRS,
    PER,
    POWERS,
    ROADS,
    ROMAN,
    SCALES,
    SHOUTED,
    SIGNS,
    STARTERS,
    TITLES,
    UNITS,
    ZONES,
)

MONTH = r"(Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
DAY = r"(Mon|Tues?|Wed|Thu(?:rs)?|Fri|Sat|Sun)\b\.?"
HALF_DAY = rf"([aApP])(?:[mM]\b|\.\s?[mM](?:\.(?!\s*$|\s+(?!(?:{'|'.join(DAYS)}|{ZONES})\b)[A-Z])|\b))"
"""am, PM, a.m.: the last full stop belongs to it unless a sentence ends there."""
CLOCK = r"\d{1,2}(?:[:.][0-5]\d)?"
D = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
"""A quantity: digits, perhaps grouped by commas, perhaps with decimals."""
U = "|".join(re.escape(u) for u in sorted(set(UNITS) - {"in"}, key=len, reverse=True))
SIGN = "[$£€¥₹₩]"
SCALE = r"(?:[\s-]?(?P<scale>thousand|million|billion|trillion|lakh|crore|bn|mn|tn|[kKmMbBtT])\b)?"
R = "|".join(sorted(ROMAN, key=len, reverse=True))


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


def _number(digits: str) -> str:
    return year(int(digits)) if _looks_like_year(digits) else cardinal(digits)


def _plural(words: str) -> str:
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


def _money(match: re.Match[str]) -> str:
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


def _date(day: int, month: int, y: str | None, whole: str) -> str:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return whole
    said = f"{MONTHS[month - 1]} {ordinal(day)}"
    return f"{said}, {year(int(y))}" if y else said


def _slashed_date(match: re.Match[str]) -> str:
    first, second, y = int(match[1]), int(match[2]), match[3]
    y = y if len(y) == 4 else ("20" if int(y) < 50 else "19") + y
    day, month = (first, second) if first > 12 else (second, first)
    return _date(day, month, y, match[0])


def _month(name: str) -> str:
    return MONTH_NAMES[name.rstrip(".").lower()[:3]]


def _goes_on(match: re.Match[str]) -> bool:
    """Whether the sentence goes on after a full stop."""
    rest = match.string[match.end() :]
    return bool(rest.strip("\"') ")) and not re.match(rf"\s+(?:{STARTERS})\b", rest)


def _full_stop(match: re.Match[str]) -> str:
    """That of an abbreviation, where it ends the sentence as well."""
    return "." if match[0].endswith(".") and not _goes_on(match) else ""


def _month_first(match: re.Match[str]) -> str:
    name, days, y = _month(match[1]), [int(d) for d in match.group(2, 3) if d], match[4]
    if not all(1 <= day <= 31 for day in days):
        return match[0]
    return f"{name} {' to '.join(map(ordinal, days))}" + (f", {year(int(y))}" if y else "")


def _day_first(match: re.Match[str]) -> str:
    days, name, y = [int(d) for d in match.group(1, 2) if d], _month(match[3]), match[4]
    if not all(1 <= day <= 31 for day in days):
        return match[0]
    said = f"{' to '.join(f'the {ordinal(day)}' for day in days)} of {name}" + (f", {year(int(y))}" if y else "")
    return said + _full_stop(match)


def _from_to(names: dict[str, str]) -> Callable[[re.Match[str]], str]:
    """Mon-Fri, Jan–Mar."""

    def said(match: re.Match[str]) -> str:
        return " to ".join(names[match[i].rstrip(".").lower()[:3]] for i in (1, 2)) + _full_stop(match)

    return said


def _time(match: re.Match[str]) -> str:
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


def _lasts(match: re.Match[str]) -> str:
    """3h 25m, 5m 30s."""
    return " ".join(
        f"{cardinal(amount)} {unit}{'' if int(amount) == 1 else 's'}"
        for unit, amount in match.groupdict().items()
        if amount
    )


def _phone(match: re.Match[str]) -> str:
    plus = "plus " if match[0].startswith("+") else ""
    return plus + ", ".join(spell(group) for group in re.findall(r"\d+", match[0]))


def _fraction(top: int, bottom: int) -> str:
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


def _vulgar(match: re.Match[str]) -> str:
    said = _fraction(*FRACTIONS[match[2]])
    if not match[1]:
        return f" {said} "
    return f"{cardinal(match[1])} and {said.replace('one ', 'a ', 1) if said.startswith('one ') else said} "


def _unit(match: re.Match[str]) -> str:
    amount, joined, (one, many) = match[2], match[3], UNITS[match[4]]
    sign = "minus " if match[1] else ""
    singular = amount == "1" or (joined == "-" and match.string[match.end() :][:1] != "s") or _describes(match)
    return f"{sign}{cardinal(amount)} {one if singular else many}"


def _address(match: re.Match[str]) -> str:
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


def _abbreviation(match: re.Match[str]) -> str:
    word = ABBREVIATIONS[match[1].lower()]
    ends = not match.string[match.end() :].strip() or re.match(r"\s+[\"']?[A-Z]", match.string[match.end() :])
    return word + (
        "." if ends and match[1].lower() in {"etc", "jr", "sr", "inc", "ltd", "corp", "al", "ave", "rd"} else ""
    )


def _street(match: re.Match[str]) -> str:
    """`St.` and `Dr.`: a saint or a doctor before a name, a street or a drive after one."""
    saint = match[1] == "St"
    rest = match.string[match.end() :]
    named_before = re.search(
        r"(?<!\bThe)(?<!\bA)(?<!\bMy)(?<!\bOur)(?<!\bYour)(?<![.!?,])\s$", match.string[: match.start()]
    )
    named_before = named_before and re.search(r"[A-Z0-9]\w*\s$", match.string[: match.start()])
    begins = re.match(rf"\s+(?:{STARTERS})\b", rest)
    if named_before and (begins or not re.match(r"\s+[A-Z]", rest)):
        ends = not rest.strip() or begins
        return ("Street" if saint else "Drive") + ("." if ends and match[0].endswith(".") else "")
    if re.match(r"\s+[A-Z]", rest) and not (named_before and saint):
        return "Saint" if saint else "Doctor"
    ends = not rest.strip() or re.match(r"\s+[A-Z]", rest)
    return ("Street" if saint else "Doctor") + ("." if ends and match[0].endswith(".") else "")


def _decade(match: re.Match[str]) -> str:
    digits = match[1]
    return _plural(year(int(digits)) if len(digits) == 4 else num2words(int(digits)))


def _dotted(match: re.Match[str]) -> str:
    """U.S.A.: the last full stop stays only where the sentence ends."""
    return match[0][:-1] if _goes_on(match) else match[0]


def _doctorate(match: re.Match[str]) -> str:
    return "PhD" + _full_stop(match)


def _initial(match: re.Match[str]) -> str:
    """The initial of a name (J. R. Smith, John F. Kennedy), not the end of a sentence (vitamin C. Then …)."""
    before = match.string[: match.start()].split()
    name = not before or (before[-1][:1].isupper() and _goes_on(match))
    return match[1] if name else match[0]


def _roman(numeral: str) -> int:
    return ROMAN.get(numeral) or {"I": 1, "V": 5, "X": 10}[numeral]


def _numeral(match: re.Match[str]) -> str:
    """A Roman numeral of two letters and more, whatever it counts."""
    if match[1] not in ROMAN:
        return match[0]
    return f"{ordinal(ROMAN[match[1]])} century" if match[2] else num2words(ROMAN[match[1]])


def _regnal(match: re.Match[str]) -> str:
    name, numeral = match[1], match[2]
    if numeral == "I":  # "Then Mary I trusted left": far more often the pronoun than a queen.
        return match[0]
    return f"{name} the {ordinal(_roman(numeral))}"


def _inches(match: re.Match[str]) -> str:
    """27" after an even number of quotation marks; after an odd one it closes them."""
    return f"{match[1]} inch" if match.string.count('"', 0, match.start()) % 2 == 0 else match[0]


def _quiet(match: re.Match[str]) -> str:
    """A word of a text that is all in capitals, where in capitals it would mean another thing."""
    word = match[0].capitalize()
    if match[0] in SHOUTED:
        return match[0].lower()
    return (
        word
        if word in TITLES or word in ROADS or word in MONTHS or re.fullmatch(f"{COUNTED}|{MONARCHS}", word)
        else match[0]
    )


RULES: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(r"\bhttps?://\S+|\bwww\.\S+\.\S+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b[a-z][\w-]*(?:\.[a-z][\w-]*)*\.(?:com|org|net|edu|gov|io|co\.uk|dev)\b(?:/\S*)?", re.IGNORECASE), _address),
    (re.compile(r"(?<!\d\s)(?<![^\s(])–(?=\.?\d)"), "-"),
    # phone numbers and other codes, before anything that would read their hyphens as ranges or dates
    (re.compile(r"(?<![\w.])(?:\+\d{1,3}(?:[ -]\(?\d{2,4}\)?){2,5}|(?:\+?1[ -.])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}|\d{3}-\d{4})(?![\w-])"), _phone),
    (re.compile(r"(?<![\w.,-])(?:0\d{2,4}(?: \d{3,6}){1,2}|(?:\d{4}[ -]){3}\d{4}|\d{5}-\d{4})(?![\w-])"), _phone),
    (re.compile(r"\b((?:[Cc]all|[Dd]ial|[Rr]ing|[Pp]hone)(?:ed|ing)?\s|[A-Z]{2}\s(?=\d{5}))(\d{3}|\d{5})(?![\w%]|[.,:-]\d)"), lambda m: m[1] + spell(m[2])),
    (re.compile(r"\b1-(8\d\d)-(?=[A-Z])"), lambda m: f"one {spell(m[1])} "),
    # heights, and rows of one sign that only decorate
    (re.compile(r"(?<![\w.])(\d{1,2})'\s?(\d{1,2})(?:\"|'')"), lambda m: f"{cardinal(m[1])} foot {cardinal(m[2])}"),
    (re.compile(r"(\d)'(?=\s(?:tall|high|wide|long|deep)\b)"), r"\1 ft"),
    (re.compile(r"(?<![\w.])(\d+)'\s?[x×]\s?(\d+)'"), lambda m: f"{cardinal(m[1])} by {cardinal(m[2])} foot"),
    (re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\"(?=\s[a-z])"), _inches),
    (re.compile(r"([=*#~_+^<>|-])\1{2,}"), " "),
    # ranges whose ends are more than numbers
    (re.compile(rf"(?<!\w)({SIGN})(\d[\d,]*)(?:\s?[–-]\s?|\s—\s)\1?(?=\d)(?![\d,]*\.\d)"), r"\2 to \1"),
    (re.compile(rf"({SIGN}(?:{D})(?:\s?(?:thousand|million|billion|trillion|bn|mn|[kKmMbB]))?)\s?[–-]\s?(?={SIGN}\d)"), r"\1 to "),
    (re.compile(rf"(?<![\w:.])({CLOCK})(\s?[aApP]\.?[mM]\b\.?)?\s?[–-]\s?(?={CLOCK}\s?{HALF_DAY})"), r"\1\2 to "),
    (re.compile(r"(?<![\w:.])(\d{1,2}:\d\d)\s?[–-]\s?(?=\d{1,2}:\d\d(?![\w:]))"), r"\1 to "),
    (re.compile(rf"(?<![\w.,-])((?:{D})\s?(?:%|{U}))\s?[–-]\s?(?=(?:{D})\s?(?:%|(?:{U})(?!\w)))"), r"\1 to "),
    (re.compile(rf"\b{DAY}\s?[–-]\s?{DAY}(?!\w)"), _from_to(DAY_NAMES)),
    (re.compile(rf"\b{DAY}(?=,?\s(?:\d{{1,2}}\s)?{MONTH}(?!\w))"), lambda m: DAY_NAMES[m[1].lower()[:3]]),
    (re.compile(rf"\b{MONTH}\s?[–-]\s?{MONTH}(?!\w|\s\d{{1,2}}\b)"), _from_to(MONTH_NAMES)),
    # amounts of one thing per another
    (re.compile(rf"(\d(?:\s?[A-Za-z]+)?)/({'|'.join(PER)}|hour|day|night|week|month|year|minute|second|pound|gallon|person)\b(?!/)"), lambda m: f"{m[1]} per {PER.get(m[2], m[2])}"),
    # money
    (re.compile(r"\bRs\.?\s?(?=\d)"), "₹"),
    (re.compile(r"(?<![\w.,])(\d+)\s?¢"), lambda m: f"{cardinal(m[1])} cent{'' if m[1] == '1' else 's'}"),
    (re.compile(r"(?P<minus>(?<!\w)-)?(?:\b(?P<nation>" + "|".join(DOLLARS) + r")(?=\$))?(?P<sign>" + SIGN + r")\s?(?P<amount>" + D + r"|\.\d+)" + SCALE), _money),
    (re.compile(r"(?P<minus>(?<!\w)-)?(?<![\w.,])(?P<amount>" + D + r")(?:\s?(?P<scale>thousand|million|billion|trillion))?\s?(?P<sign>[£€₹₩]|(?:USD|GBP|EUR|JPY|INR)\b)"), _money),
    (re.compile(r"(?P<minus>(?<!\w)-)?\b(?P<sign>USD|GBP|EUR|JPY|INR)\s?(?P<amount>" + D + r")(?:\s?(?P<scale>thousand|million|billion|trillion|bn|mn)\b)?"), _money),
    # dates
    (re.compile(r"(?<![\w/-])(\d{4})-(\d{2})-(\d{2})(?![\w/-])"), lambda m: _date(int(m[3]), int(m[2]), m[1], m[0])),
    (re.compile(r"(?<![\w/.])(\d{1,2})(?:/(?=\d+/)|\.(?=\d+\.\d{4}))(\d{1,2})[/.](\d{4}|\d{2})(?![\w/]|\.\d)"), _slashed_date),
    (re.compile(r"\b" + MONTH + r"\s(\d{1,2})(?:st|nd|rd|th)?\b(?:\s?[–-]\s?(\d{1,2})(?:st|nd|rd|th)?\b)?(?![:.]\d|-[A-Za-z])(?:,?\s(\d{4})\b)?"), _month_first),
    (re.compile(r"\b(?:[Tt]he\s)?(\d{1,2})(?:st|nd|rd|th)?(?:\s?[–-]\s?(\d{1,2})(?:st|nd|rd|th)?)?\s(?:of\s)?" + MONTH + r"(?!\w)(?:,?\s(\d{4})\b)?"), _day_first),
    (re.compile(r"\b" + MONTH + r",?\s(\d{4})\b"), lambda m: f"{_month(m[1])} {year(int(m[2]))}"),
    (re.compile(r"\b(Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\.(?=\s[a-z])"), lambda m: _month(m[1])),
    # times, verses, ratios
    (re.compile(r"(?<![\w:.])(\d{1,3}):(\d{1,3})[–-](\d{1,3})(?![\w:]|\s?[aApP]\.?[mM])"), r"\1 \2 to \3"),
    (re.compile(rf"(?<![\w:.])(\d{{1,2}})\.([0-5]\d)()\s?{HALF_DAY}"), _time),
    (re.compile(r"(?<![\w:.])(\d{1,2}):([0-5]\d)\.(\d{1,3})(?![\w:.]*\d)"), lambda m: f"{cardinal(m[1])} {cardinal(m[2].lstrip('0') or '0')} point {spell(m[3])}"),
    (re.compile(r"(?<![\w:.])(?P<hour>\d{1,4})\s?h\s?(?P<minute>\d{1,2})(?:\s?m(?:in)?\b|\b)(?:\s?(?P<second>\d{1,2})\s?s(?:ec)?\b)?"), _lasts),
    (re.compile(r"(?<![\w:.])(?P<minute>\d{1,4})\s?m(?:in)?\s?(?P<second>\d{1,2})\s?s(?:ec)?\b"), _lasts),
    (re.compile(rf"(?<![\w:.])(\d{{1,2}}):(\d{{2}})(?::(\d{{2}}))?(?:\s?{HALF_DAY})?(?![\w:])"), _time),
    (re.compile(rf"(?<![\w:.])(\d{{1,2}})()()\s?{HALF_DAY}"), lambda m: f"{num2words(int(m[1]))} {m[4].upper()}M"),
    (re.compile(r"(?<![\w:.,])(\d{1,3}):(\d{1,3})(?![\w:]|[.,]\d)"), r"\1 to \2"),
    # decades, things known by a number, and ordinals
    (re.compile(r"(?<=[A-Z]-)(\d{1,4})s\b|(?<=[a-z]-)(?!\d*0s)(\d{1,4})s\b|\b(?<=[a-z]\s)(?<!in\s)(?<!for\s)(\d\d[1-9])s\b"), lambda m: _plural(cardinal(m[1] or m[2] or m[3]))),
    (re.compile(r"\b([Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|iPhone|Boeing|Airbus)\s(\d{1,3})s\b"), lambda m: f"{m[1]} {_plural(cardinal(m[2]))}"),
    (re.compile(r"(?<![\w.])'?(\d{3}0|\d0)'?s\b"), _decade),
    (re.compile(r"(?<![\w.])(\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:st|nd|rd|th)\b"), lambda m: ordinal(int(m[1].replace(",", "")))),
    # No. 5, #5, Henry VIII, Chapter IV
    (re.compile(r"\b[Nn]os?\.\s?(?=\d)|\bNº\s?(?=\d)"), "number "),
    (re.compile(r"(?<!\w)#(?=\d)"), "number "),
    (re.compile(rf"\b({MONARCHS})\s(I|V|X|{R})\b(?!'(?!s\b)\w|\.\w)"), _regnal),
    (re.compile(rf"\b({COUNTED})\s({R}|I(?!\s[a-z])|(?<=War\s)I|V|X)\b(?!'(?!s\b)\w|\.\w)"), lambda m: f"{m[1]} {num2words(_roman(m[2]))}"),
    (re.compile(r"\bIV(?=s?\b)(?=\s(?:drip|line|fluid|therapy|bag|pole|needle|treatment|access|antibiotic|injection))|(?<=\ban\s)IV\b"), "I.V"),
    (re.compile(r"\b(X{0,2}(?:IX|IV|VI{1,3}|I{2,3})|XI|XVI?|X[IVX]{2,5})(?='s\s|[\s.,;:!?)]|$)(\s+century)?"), _numeral),
    # fractions, ranges, dimensions
    (re.compile(rf"(\d+)?\s?([{''.join(FRACTIONS)}])"), _vulgar),
    (re.compile(r"(?<![\w./])(\d+)[\s-](\d{1,3})/(\d{1,3})(?![\w/])"), lambda m: f"{cardinal(m[1])} and {_fraction(int(m[2]), int(m[3]))}"),
    (re.compile(rf"(?<![\w./])(?:{'|'.join(PAIRS)})(?![\w/]|\.\d)"), lambda m: PAIRS[m[0]]),
    (re.compile(r"(?<![\w./])(\d{1,3})/(\d{1,3}|(?!19|20)\d{4})(?:nds?|rds?|ths?)?(?![\w/]|\.\d)"), lambda m: _fraction(int(m[1]), int(m[2]))),
    # sums
    (re.compile(rf"(?<![\w.,])({D})\s[–—-]\s(?=(?:{D})\s?=)|(?<![\w.,-])(\d+)-(?=\d+\s?=)"), lambda m: f"{m[1] or m[2]} minus "),
    (re.compile(rf"(?<![\w.,])({D})\s?[x×]\s?(?=(?:{D})\s?=|10[\^⁰¹²³⁴⁵⁶⁷⁸⁹⁻])"), r"\1 times "),
    (re.compile(r"(?<=\w)⁻([⁰¹²³⁴⁵⁶⁷⁸⁹]+)"), lambda m: f" to the power of minus {unicodedata.normalize('NFKC', m[1])}"),
    (re.compile(r"(?<=\d)(?![²³](?![⁰¹²³⁴-⁹]))([⁰¹²³⁴⁵⁶⁷⁸⁹]+)"), lambda m: f" to the power of {unicodedata.normalize('NFKC', m[1])}"),
    (re.compile(r"(?<=\d)\^(-?)(?=\d)"), lambda m: f" to the power of {'minus ' if m[1] else ''}"),
    (re.compile(rf"(?<![\w.,-])({D})(?:[–-]|\s[–—-]\s)(?=(?:{D})(?!\w*-\d))"), r"\1 to "),
    (re.compile(rf"(?<![\w.,])({D})\s?[x×]\s?(?=\d)"), r"\1 by "),
    # units and percentages
    (re.compile(rf"(?<![\w.,])({D})m(?=\s(?:{LARGE_COUNTS})\b)"), r"\1 million"),
    (re.compile(r"\b(\d{1,2})\s(?:ft|feet|foot)\.?\s(\d{1,2})\sin\b\.?"), lambda m: f"{cardinal(m[1])} feet {cardinal(m[2])} inch{'' if m[2] == '1' else 'es'}"),
    (re.compile(rf"(?<![\w.,])({D})\sin\.(?=\s[a-z])"), lambda m: f"{cardinal(m[1])} inch{'' if m[1] == '1' else 'es'}"),
    (re.compile(rf"(\d)([\s-]?(?:{DOTTED_UNITS}))\.(?=\s[a-z\d])"), r"\1\2"),
    (re.compile(rf"(?<![\w.,])(?:(?<!\w)(-))?({D}|\.\d+)([\s-]?)(?!{INITIALS}(?:\.\s?[A-Z]|\s(?:[A-Z][a-z]|\d+(?:st|nd|rd|th))))({U})(?![\w²³/'])"), _unit),
    (re.compile(rf"(?:(?<!\w)(-))?(?<![\w.,])(\.\d+|{D})\s?%"), lambda m: f"{'minus ' if m[1] else ''}{cardinal(m[2])} percent"),
    (re.compile(rf"(?<![\w.,])(?!401k)({D})(\s?bn|[kM])\b(?!\.\w)"), lambda m: f"{cardinal(m[1])} {SCALES[m[2].strip().lower()]}"),
    # abbreviations
    (re.compile(r"\b[eE]\.\s?g\.,?"), "for example,"),
    (re.compile(r"\bi\.\s?e\.,?"), "that is,"),
    # initials: U.S.A., J. R. Smith
    (re.compile(r"\bPh\.\s?D\b\.?"), _doctorate),
    (re.compile(r"\b(?:[A-Z]\.){2,}"), _dotted),
    (re.compile(r"(?<![\w.'])([A-HJ-Z])\.(?=\s+[A-Z][a-z.])"), _initial),
    (re.compile(r"\bw/o\b"), "without"),
    (re.compile(r"\bw/(?=\s|\w)"), "with "),
    (re.compile(r"\ba\.k\.a\.?(?!\w)|\baka\b"), "also known as"),
    (re.compile(r"\band/or\b"), "and or"),
    (re.compile(rf"\b([A-Z]\w*[a-z]\s|\d(?:st|nd|rd|th)\s)({'|'.join(ROADS)})(?=,|\s*$)"), lambda m: m[1] + ROADS[m[2]]),
    (re.compile(r"\b([A-Z]\w*[a-z]\s|\d(?:st|nd|rd|th)\s)(Rd|Ave|Blvd|Ln)\b(?!\.)"), lambda m: m[1] + ROADS[m[2]]),
    (re.compile(r"(\d\s(?:[A-Z]\w*\s){1,2})St\b(?!\.)"), r"\1Street"),
    (re.compile(r"\b(St|Dr)\b\."), _street),
    (re.compile(r"\b(St)\s(?=[A-Z])"), "Saint "),
    (re.compile(rf"\b({'|'.join(t for t in TITLES if t not in DOTTED_TITLES)})\b\.?(?=\s(?:[A-Z]|(?:and|&)\s(?:Mrs?|Ms|Dr)\b|(?:de|van|von|del|la)\s|d'[A-Z]))"), lambda m: TITLES[m[1]]),
    (re.compile(rf"\b({'|'.join(TITLES)})\.(?=\s[A-Z])"), lambda m: TITLES[m[1]]),
    (re.compile(rf"\b({'|'.join(sorted(set(ABBREVIATIONS) - {'fri', 'al', 'mon', 'wed', 'thu', 'tue', *BEFORE_DIGITS} | {'dept', 'tel'}, key=len, reverse=True))})\.", re.IGNORECASE), _abbreviation),
    (re.compile(rf"\b({'|'.join(f'[{w[0].upper()}{w[0]}]{w[1:]}' for w in BEFORE_DIGITS if len(w) > 1)}|[Pp]|c)\.\s?(?=\d)|\b(Apt|Hwy)\s(?=\d)"), lambda m: BEFORE_DIGITS[(m[1] or m[2]).lower()] + " "),
    (re.compile(r"\bv\.(?=\s[A-Z])"), "versus"),
    (re.compile(r"\bet al\."), "et al"),
    (re.compile(r"\b(etc|vs)\b(?!\.)"), lambda m: ABBREVIATIONS[m[1]]),
    (re.compile(r"(\w)\((e?s)\)"), r"\1\2"),
]  # fmt: skip

FINAL: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(rf"(?<=[A-Za-z0-9_]{{2}})\.(?=(?:{EXTENSIONS})\b)"), " dot "),
    (re.compile(r"(?<=[^\W\d])(?=\d)|(?<=\d)(?=[^\W\d])"), " "),
    (re.compile(rf"(?<![\w.,)])-(?={D})"), "minus "),
    (re.compile(r"(?<![\d.,])(\d+(?:\.\d+){2,})(?![\w]|\.\d)"), lambda m: " point ".join(cardinal(p) for p in m[1].split("."))),
    (re.compile(r"(?<![\d.,])\.(\d+)"), lambda m: f"point {spell(m[1])}"),
    (re.compile(r"~\s?(?=\d)"), "about "),
    (re.compile(r"(?<=\d)\s?\*\s?(?=\d)"), " times "),
    (re.compile(rf"({D})"), lambda m: _number(m[1])),
    (re.compile(r"(\w)\s?([²³])"), lambda m: f"{m[1]} {POWERS[m[2]]}"),
    (re.compile(r"(?<=[A-Za-z])/(?=[A-Za-z])"), " "),
    (re.compile(r"(?<=\w)\s?\^\s?(?=\w)"), " to the power of "),
    (re.compile(r"(?<!\w)#(?=[A-Za-z])"), "hashtag "),
    (re.compile(r"[*~^_|]"), " "),
    (re.compile("[" + re.escape("".join(SIGNS)) + "]"), lambda m: f" {SIGNS[m[0]]} "),
    (re.compile(r"[$£€¥₹₩]"), lambda m: f" {MONEY[m[0]][0]} "),
    (re.compile(r"\s+([,.;:!?…])"), r"\1"),
]  # fmt: skip
FOREIGN = re.compile("[\u1e00-\u1eff]")
"""Letters, most of them Vietnamese, whose codes espeak-ng reads out."""
NEEDS_RULES = re.compile(
    r"[^A-Za-z ,;:!?.\"'-]|\.(?![\"']?$)|(?<![A-Za-z])-|--|\b(?:St|aka|etc|vs|Mrs?|Ms|Dr|Prof|Rev|Capt|Lt|Sgt|Gov|Mt|Ft|Ph|Rd|Ave|Blvd|Ln|[IVX]{1,6})\b"
    rf"|\b(?:{'|'.join(ABBREVIATIONS)}|[ap]\.m|[A-Z]\.[A-Z])\.|\b(?:{'|'.join([*DAY_NAMES, *MONTH_NAMES])})[a-z]{{0,6}}-",
    re.IGNORECASE,
)
"""Most sentences contain nothing that any rule below could match: one search spares them all the others."""


def normalise_english(text: str) -> str:
    """Clean text (`tts.text.normalise.clean`) as English words.

    Day and month in 3/4/2025 are read the American way unless the first exceeds 12; four-digit numbers from
    1100 to 2099 without a comma are read as years; a single `I` after a name is the pronoun.
    """
    text = FOREIGN.sub(lambda m: unicodedata.normalize("NFD", m[0])[0], text)
    if len(re.findall(r"[A-Z]{2,}", text)) > 2 and text.isupper():
        text = re.sub(r"\b[A-Z]+\b", _quiet, text)
    if not NEEDS_RULES.search(text):
        return text
    for pattern, reading in RULES + FINAL:
        text = pattern.sub(reading, text)
    return text
