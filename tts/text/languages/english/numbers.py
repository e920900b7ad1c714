"""Numbers in English words: quantities, codes, years, decades and ordinals."""

from __future__ import annotations

import re

from num2words import num2words

from tts.text.languages.rule import Rule

QUANTITY = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d\d)+,\d{3}(?:\.\d+)?|\d+(?:\.\d+)?"
"""Digits, perhaps grouped by commas, in threes or as in India, perhaps with decimals."""
NAMED_BY_NUMBER = "pages?|rooms?|day|week|year|chapter|number|line|step|item|lot|age|grade|bus|route|channel|flight"
MODELLED = "RTX|GTX|RX|GT|Radeon|GeForce|Ryzen [3579]|Nokia|Boeing|Airbus"
"""Makers and series whose models have numbers for names."""
LONGEST_NUMBER = 15
"""Digits; longer strings are codes, not quantities."""


def cardinal(digits: str) -> str:
    """A quantity such as `1,204.50` in words; codes (leading zero, over 15 digits) digit by digit."""
    plain = digits.replace(",", "")
    whole, _, decimals = plain.partition(".")
    if not whole:
        return f"point {spell(decimals)}"
    if len(whole) > LONGEST_NUMBER or (len(whole) > 1 and whole[0] == "0"):
        said = spell(whole)
    else:
        indian = re.match(r"\d\d?,\d\d,", digits)
        said = num2words(int(whole), lang="en_IN" if indian else "en").replace(",", "")
    return f"{said} point {spell(decimals)}" if decimals else said


def spell(digits: str) -> str:
    """Digit by digit."""
    return " ".join(num2words(int(d)) for d in digits)


def ordinal(number: int) -> str:
    """`twenty-first` of 21."""
    return num2words(number, to="ordinal").replace(",", "")


def year(number: int) -> str:
    """A year from 0 to 9999: `nineteen eighty-four`, `two thousand and five`, `nineteen hundred`."""
    if number >= 1000 and not 0 <= number % 1000 < 10:
        return num2words(number, to="year").replace(",", "")
    return num2words(number).replace(",", "")


def year_like(digits: str) -> str:
    """In pairs, as models are called: `forty ninety`, `seven oh seven`."""
    return num2words(int(digits), to="year").replace("oh-", "oh ")


def number(digits: str) -> str:
    """A number that nothing says more of: four digits from 1100 to 2099 without a comma are a year, ten and more a code
    unless they are round."""
    if len(digits) > 9 and digits.isdigit() and not digits.endswith("000000"):
        return spell(digits)
    is_year = len(digits) == 4 and digits.isdigit() and 1100 <= int(digits) < 2100
    return year(int(digits)) if is_year else cardinal(digits)


def plural(words: str) -> str:
    """`nineties` of `ninety`, `sixes` of `six`."""
    if words.endswith("y"):
        return words[:-1] + "ies"
    return words + ("es" if words.endswith(("x", "s")) else "s")


NO_NOUN = "and|as|at|by|for|from|if|in|is|of|on|or|per|than|to|was|with"
AFTER_THE_AMOUNT = (
    "about|after|ago|all|also|an?|are|away|back|because|been|before|but|can|could|did|down|due|during|each|extra|get|go"
    "|given|had|has|have|he|i|into|it|just|last|left|less|lost|may|might|more|must|never|no|not|now|off|only|our|out|over"
    "|paid|she|should|since|so|spent|that|the|then|there|they|this|today|until|up|we|were|when|where|which|while|who|will"
    "|won|worth|would|you|your"
)
"""What may follow `the $5` where that is no more than an amount: the $5 we owe, the $5 paid."""


def describes(match: re.Match[str]) -> bool:
    """Whether an amount says of what kind the next noun is, and stands in the singular: a 20-foot wall, the $5 note."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    if re.search(r"\b[Aa]n?\s$", before):
        return bool(re.match(rf"[\s-](?!(?:a|an|{NO_NOUN})\b)[a-z]", after))
    if re.search(r"\b(?:[Tt]he|[Tt]his|[Tt]hat|[Mm]y|[Yy]our|[Hh]is|[Hh]er|[Oo]ur|[Tt]heir)\s$", before):
        return bool(re.match(rf"[\s-](?!(?:{NO_NOUN}|{AFTER_THE_AMOUNT})\b)(?!\w*(?:ed|s)\b)[a-z]", after))
    return False


def decade(match: re.Match[str]) -> str:
    """The 1990s, the '90s."""
    digits = match[1]
    return plural(year(int(digits)) if len(digits) == 4 else num2words(int(digits)))


def grouped(match: re.Match[str]) -> str:
    """`10,000` of `10 000`, but not where the first of two numbers says which: room 10, on May 10."""
    before = match.string[: match.start()].rstrip()
    one_group = len(match[0]) < 8
    named = re.search(rf"\b(?i:{NAMED_BY_NUMBER})$|[^\s.!?] [A-Z][a-z]+$", before)
    return match[0] if one_group and named else match[0].replace(" ", ",")


GROUPS = [
    Rule(
        r"(?<![\w.,:/+])(?<![A-Za-z1-9]-)(?<!\d )[1-9]\d{0,2}(?: \d{3})+(?!\w| \d|[:/]\d|-(?!\d{1,3} \d{3}\b))",
        grouped,
        {"10 000 people": "ten thousand people", "1 500 000": "one million five hundred thousand"},
    ),
]
RULES = [
    # Things known by a number.
    Rule(
        r"\b(40[13]|457|501)(?:\(?k\b\)?|\(([bc])\)(?:\((\d)\))?)",
        lambda m: " ".join([year_like(m[1]), m[2] or "k", m[3] or ""]).rstrip(),
        {"my 401k": "my four oh one k", "a 501(c)(3)": "a five oh one c three"},
    ),
    Rule(
        rf"\b({MODELLED})\s([A-Z]?)(\d{{3,4}})(?:-(\d00))?(?![\w%]|[.,:]\d|s\b)",
        lambda m: " ".join(filter(None, [m[1], m[2], year_like(m[3]), m[4] and cardinal(m[4])])),
        {"an RTX 4090": "an RTX forty ninety", "Boeing 737-800": "Boeing seven thirty-seven eight hundred"},
    ),
    Rule(
        r"(?<![\w.,-])(7[0-8]7)-([1-9]00)(?![\w.-]\d)",
        lambda m: f"{year_like(m[1])} {cardinal(m[2])}",
        {"the 737-800": "the seven thirty-seven eight hundred"},
    ),
    Rule(
        r"\b(144|240|360|480|720|1080|1440|2160)([pi])\b",
        lambda m: f"{year_like(m[1])} {m[2]}",
        {"1080p": "ten eighty p"},
    ),
    Rule(
        r"(?<=[A-Z]-)(\d{1,4})s\b|(?<=[a-z]-)(?!\d*0s)(\d{1,4})s\b|\b(?<=[a-z]\s)(?<!in\s)(?<!for\s)(\d\d[1-9])s\b",
        lambda m: plural(cardinal(m[1] or m[2] or m[3])),
        {"F-16s": "F-sixteens", "his 501s": "his five hundred and ones"},
    ),
    Rule(
        r"\b([Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|iPhone|Boeing|Airbus)\s(\d{1,3})s\b",
        lambda m: f"{m[1]} {plural(cardinal(m[2]))}",
        {"two 6s": "two sixes", "the iPhone 5s": "the iPhone fives"},
    ),
    Rule(
        r"(?<![\w.])'?(\d{3}0|\d0)'?s\b",
        decade,
        {"the 1990s": "the nineteen nineties", "the '80s": "the eighties"},
    ),
    Rule(
        r"(?<![\w.])(\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:st|nd|rd|th)\b",
        lambda m: ordinal(int(m[1].replace(",", ""))),
        {"the 21st": "the twenty-first", "the 1,000th": "the one thousandth"},
    ),
]
