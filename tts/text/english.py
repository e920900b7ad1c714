"""English as it is read aloud: numbers, money, dates, times, units, signs, abbreviations."""

# ruff: noqa: E501 (a regular expression broken over lines can no longer be tried out by pasting it)
from __future__ import annotations

import re
from collections.abc import Callable

from num2words import num2words

from tts.text.english_words import (
    ABBREVIATIONS,
    CODES,
    COUNTED,
    FRACTIONS,
    MONARCHS,
    MONEY,
    MONTH_NAMES,
    MONTHS,
    POWERS,
    ROMAN,
    SCALES,
    SIGNS,
    TITLES,
    UNITS,
)

MONTH = r"(Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
HALF_DAY = r"([aApP])(?:[mM]\b|\.\s?[mM](?:\.(?!\s*$|\s+[A-Z])|\b))"
"""am, PM, a.m.: the last full stop belongs to it unless a sentence ends there."""
D = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
"""A quantity: digits, perhaps grouped by commas, perhaps with decimals."""


def cardinal(digits: str) -> str:
    """A quantity such as `1,204.50` in words; codes (leading zero, over 15 digits) digit by digit."""
    plain = digits.replace(",", "")
    whole, _, decimals = plain.partition(".")
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


def _money(match: re.Match[str]) -> str:
    sign, amount, scale = match["sign"], match["amount"], match["scale"]
    one, many, sub_one, sub_many = MONEY[CODES.get(sign, sign)]
    minus = "minus " if match["minus"] else ""
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


def _month_first(match: re.Match[str]) -> str:
    name, day, y = _month(match[1]), int(match[2]), match[3]
    return f"{name} {ordinal(day)}" + (f", {year(int(y))}" if y else "") if 1 <= day <= 31 else match[0]


def _day_first(match: re.Match[str]) -> str:
    day, name, y = int(match[1]), _month(match[2]), match[3]
    return f"the {ordinal(day)} of {name}" + (f", {year(int(y))}" if y else "") if 1 <= day <= 31 else match[0]


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


def _phone(match: re.Match[str]) -> str:
    plus = "plus " if match[0].startswith("+") else ""
    return plus + ", ".join(spell(group) for group in re.findall(r"\d+", match[0]))


def _fraction(top: int, bottom: int) -> str:
    if bottom == 0 or bottom > 100 or top > 1000:
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
    amount, (one, many) = match[2], UNITS[match[3]]
    sign = "minus " if match[1] else ""
    return f"{sign}{cardinal(amount)} {one if amount == '1' else many}"


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
    named_before = re.search(r"[A-Z0-9]\w*\s$", match.string[: match.start()])
    if re.match(r"\s+[A-Z]", rest) and not (named_before and saint):
        return "Saint" if saint else "Doctor"
    ends = not rest.strip() or re.match(r"\s+[A-Z]", rest)
    return ("Street" if saint else "Drive") + ("." if ends and match[0].endswith(".") else "")


def _decade(match: re.Match[str]) -> str:
    digits = match[1]
    return _plural(year(int(digits)) if len(digits) == 4 else num2words(int(digits)))


def _dotted(match: re.Match[str]) -> str:
    """U.S.A.: the last full stop stays only where the text ends."""
    return match[0] if not match.string[match.end() :].strip("\"') ") else match[0][:-1]


def _initial(match: re.Match[str]) -> str:
    """The initial of a name (J. R. Smith, John F. Kennedy), not the end of a sentence (vitamin C. Then …)."""
    before = match.string[: match.start()].split()
    return match[1] if not before or before[-1][:1].isupper() else match[0]


def _roman(numeral: str) -> int:
    return ROMAN.get(numeral) or {"I": 1, "V": 5, "X": 10}[numeral]


def _regnal(match: re.Match[str]) -> str:
    name, numeral = match[1], match[2]
    if numeral == "I":  # "Then Mary I trusted left": far more often the pronoun than a queen.
        return match[0]
    return f"{name} the {ordinal(_roman(numeral))}"


RULES: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(r"\bhttps?://\S+|\bwww\.\S+\.\S+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b[a-z][\w-]*(?:\.[a-z][\w-]*)*\.(?:com|org|net|edu|gov|io|co\.uk|dev)\b(?:/\S*)?", re.IGNORECASE), _address),
    # phone numbers, before anything that would read their hyphens as ranges or dates
    (re.compile(r"(?<![\w.])(?:\+\d{1,3}(?:[ -]\(?\d{2,4}\)?){2,5}|(?:\+?1[ -.])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}|\d{3}-\d{4})(?![\w-])"), _phone),
    # heights, and rows of one sign that only decorate
    (re.compile(r"(?<![\w.])(\d{1,2})'\s?(\d{1,2})(?:\"|'')"), lambda m: f"{cardinal(m[1])} foot {cardinal(m[2])}"),
    (re.compile(r"([=*#~_+^<>|-])\1{2,}"), " "),
    # money
    (re.compile(r"(?P<minus>(?<!\w)-)?(?:\bUS)?(?P<sign>[$£€¥₹₩])\s?(?P<amount>" + D + r")(?:\s?(?P<scale>thousand|million|billion|trillion|bn|mn|tn|[kKmMbBtT])\b)?"), _money),
    (re.compile(r"(?P<minus>(?<!\w)-)?(?<![\w.,])(?P<amount>" + D + r")(?:\s?(?P<scale>thousand|million|billion|trillion))?\s?(?P<sign>[£€₹₩]|(?:USD|GBP|EUR|JPY|INR)\b)"), _money),
    (re.compile(r"(?P<minus>(?<!\w)-)?\b(?P<sign>USD|GBP|EUR|JPY|INR)\s?(?P<amount>" + D + r")(?:\s?(?P<scale>thousand|million|billion|trillion|bn|mn)\b)?"), _money),
    # dates
    (re.compile(r"(?<![\w/-])(\d{4})-(\d{2})-(\d{2})(?![\w/-])"), lambda m: _date(int(m[3]), int(m[2]), m[1], m[0])),
    (re.compile(r"(?<![\w/.])(\d{1,2})(?:/(?=\d+/)|\.(?=\d+\.\d{4}))(\d{1,2})[/.](\d{4}|\d{2})(?![\w/]|\.\d)"), _slashed_date),
    (re.compile(r"\b" + MONTH + r"\s(\d{1,2})(?:st|nd|rd|th)?\b(?![:.]\d)(?:,?\s(\d{4})\b)?"), _month_first),
    (re.compile(r"\b(?:the\s)?(\d{1,2})(?:st|nd|rd|th)?\s(?:of\s)?" + MONTH + r"(?!\w)(?:,?\s(\d{4})\b)?"), _day_first),
    (re.compile(r"\b" + MONTH + r",?\s(\d{4})\b"), lambda m: f"{_month(m[1])} {year(int(m[2]))}"),
    # times
    (re.compile(rf"(?<![\w:.])(\d{{1,2}}):(\d{{2}})(?::(\d{{2}}))?(?:\s?{HALF_DAY})?(?![\w:])"), _time),
    (re.compile(rf"(?<![\w:.])(\d{{1,2}})()()\s?{HALF_DAY}"), lambda m: f"{num2words(int(m[1]))} {m[4].upper()}M"),
    # decades and ordinals
    (re.compile(r"(?<![\w.])'?(\d{3}0|\d0)'?s\b"), _decade),
    (re.compile(r"(?<![\w.])(\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:st|nd|rd|th)\b"), lambda m: ordinal(int(m[1].replace(",", "")))),
    # No. 5, #5, Henry VIII, Chapter IV
    (re.compile(r"\b[Nn]os?\.\s?(?=\d)|\bNº\s?(?=\d)"), "number "),
    (re.compile(r"(?<!\w)#(?=\d)"), "number "),
    (re.compile(rf"\b({MONARCHS})\s(I|V|X|{'|'.join(sorted(ROMAN, key=len, reverse=True))})\b(?!['.]\w)"), _regnal),
    (re.compile(rf"\b({COUNTED})\s({'|'.join(sorted(ROMAN, key=len, reverse=True))}|I(?!\s[a-z])|V|X)\b(?!['.]\w)"), lambda m: f"{m[1]} {num2words(_roman(m[2]))}"),
    # fractions, ranges, dimensions
    (re.compile(rf"(\d+)?\s?([{''.join(FRACTIONS)}])"), _vulgar),
    (re.compile(r"(?<![\w./])(\d+)\s(\d{1,3})/(\d{1,3})(?![\w/])"), lambda m: f"{cardinal(m[1])} and {_fraction(int(m[2]), int(m[3]))}"),
    (re.compile(r"\b24/7\b"), "twenty-four seven"),
    (re.compile(r"\b50/50\b"), "fifty-fifty"),
    (re.compile(r"(?<![\w./])(\d{1,3})/(\d{1,3})(?![\w/]|\.\d)"), lambda m: _fraction(int(m[1]), int(m[2]))),
    (re.compile(rf"(?<![\w.,-])({D})(?:[–-]|\s[–—-]\s)(?=(?:{D})(?!\w*-\d))"), r"\1 to "),
    (re.compile(rf"(?<![\w.,])({D})\s?[x×]\s?(?=\d)"), r"\1 by "),
    # units and percentages
    (re.compile(rf"(?<![\w.,])(?:(?<!\w)(-))?({D})[\s-]?({'|'.join(re.escape(u) for u in sorted(set(UNITS) - {'in'}, key=len, reverse=True))})(?![\w²³/'])"), _unit),
    (re.compile(rf"({D})\s?%"), lambda m: f"{cardinal(m[1])} percent"),
    (re.compile(rf"(?<![\w.,])({D})\s?(bn|[kMB])\b"), lambda m: f"{cardinal(m[1])} {SCALES[m[2].lower()]}"),
    # abbreviations
    (re.compile(r"\b[eE]\.\s?g\.,?"), "for example,"),
    (re.compile(r"\bi\.\s?e\.,?"), "that is,"),
    # initials: U.S.A., J. R. Smith
    (re.compile(r"\b(?:[A-Z]\.){2,}"), _dotted),
    (re.compile(r"(?<![\w.'])([A-HJ-Z])\.(?=\s+[A-Z][a-z.])"), _initial),
    (re.compile(r"\bw/o\b"), "without"),
    (re.compile(r"\bw/(?=\s|\w)"), "with "),
    (re.compile(r"\ba\.k\.a\.?(?!\w)|\baka\b"), "also known as"),
    (re.compile(r"\band/or\b"), "and or"),
    (re.compile(r"\b(St|Dr)\b\."), _street),
    (re.compile(r"\b(St)\s(?=[A-Z])"), "Saint "),
    (re.compile(rf"\b({'|'.join(t for t in TITLES if t not in {'Fr', 'Gen', 'Hon', 'Sen', 'Maj', 'Col', 'Pres'})})\b\.?(?=\s[A-Z])"), lambda m: TITLES[m[1]]),
    (re.compile(rf"\b({'|'.join(TITLES)})\.(?=\s[A-Z])"), lambda m: TITLES[m[1]]),
    (re.compile(rf"\b({'|'.join(sorted(set(ABBREVIATIONS) - {'fri', 'ed', 'al', 'mon', 'wed', 'fig', 'min', 'max', 'ch', 'est', 'thu', 'tue', 'ca'}, key=len, reverse=True))})\.", re.IGNORECASE), _abbreviation),
    (re.compile(r"\b([Ff]ig|[Cc]h|[Ee]d|[Pp])\.\s?(?=\d)"), lambda m: {"fig": "figure ", "ch": "chapter ", "ed": "edition ", "p": "page "}[m[1].lower()]),
    (re.compile(r"\bet al\."), "et al"),
    (re.compile(r"\b(etc|vs)\b(?!\.)"), lambda m: ABBREVIATIONS[m[1]]),
    (re.compile(r"(\w)\((e?s)\)"), r"\1\2"),
]  # fmt: skip

FINAL: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
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
NEEDS_RULES = re.compile(
    r"[^A-Za-z ,;:!?.\"'-]|\.(?![\"']?$)|(?<![A-Za-z])-|--|\b(?:St|aka|etc|vs|Mrs?|Ms|Dr|Prof|Rev|Capt|Lt|Sgt|Gov|Mt|Ft|[IVX]{1,5})\b"
    rf"|\b(?:{'|'.join(ABBREVIATIONS)}|[ap]\.m|[A-Z]\.[A-Z])\.",
    re.IGNORECASE,
)
"""Most sentences contain nothing that any rule below could match: one search spares them all the others."""


def normalise_english(text: str) -> str:
    """Clean text (`tts.text.normalise.clean`) as English words.

    Day and month in 3/4/2025 are read the American way unless the first exceeds 12; four-digit numbers from
    1100 to 2099 without a comma are read as years; a single `I` after a name is the pronoun.
    """
    if not NEEDS_RULES.search(text):
        return text
    for pattern, reading in RULES + FINAL:
        text = pattern.sub(reading, text)
    return text
