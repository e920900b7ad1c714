"""Money in English words."""

# ruff: noqa: E501 (a regular expression broken over lines can no longer be tried out by pasting it)
from __future__ import annotations

import re

from tts.text.languages.english.numbers import QUANTITY, cardinal, describes, plural
from tts.text.languages.rule import Rule

MONEY = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"),
    "¥": ("yen", "yen", "sen", "sen"),
    "₹": ("rupee", "rupees", "paisa", "paise"),
    "₩": ("won", "won", "jeon", "jeon"),
    "R$": ("real", "reais", "centavo", "centavos"),
    "₱": ("peso", "pesos", "centavo", "centavos"),
    "₽": ("ruble", "rubles", "kopeck", "kopecks"),
    "₴": ("hryvnia", "hryvnias", "kopeck", "kopecks"),
    "₺": ("lira", "lira", "", ""),
    "₫": ("dong", "dong", "", ""),
    "₪": ("shekel", "shekels", "", ""),
    "₦": ("naira", "naira", "kobo", "kobo"),
    "฿": ("baht", "baht", "", ""),
    "₿": ("bitcoin", "bitcoins", "", ""),
}
"""One, several, a hundredth, hundredths: empty where decimals are said instead."""
CODES = {"USD": "$", "GBP": "£", "EUR": "€", "JPY": "¥", "INR": "₹"}
CODE = "|".join(CODES)
DOLLARS = {
    "US": "", "A": "Australian ", "AU": "Australian ", "C": "Canadian ", "CA": "Canadian ", "HK": "Hong Kong ",
    "NZ": "New Zealand ", "S": "Singapore ",
}  # fmt: skip
"""What may stand before a dollar sign, and whose dollars they are."""
SCALES = {
    "k": "thousand", "m": "million", "mn": "million", "b": "billion", "bn": "billion", "t": "trillion",
    "tn": "trillion", "thousand": "thousand", "million": "million", "billion": "billion", "trillion": "trillion",
    "lakh": "lakh", "crore": "crore",
}  # fmt: skip

SIGN = f"(?:{'|'.join(map(re.escape, sorted(MONEY, key=len, reverse=True)))})"
SCALE = r"(?:[\s-]?(?P<scale>thousand|million|billion|trillion|lakh|crore|bn|mn|tn|[kKmMbBtT])\b)?"


def with_point(match: re.Match[str]) -> str:
    """An amount that a comma parts from its hundredths, with a full stop there."""
    return f"{match[1] or ''}{re.sub('[.,]', '', match[2])}.{match[3]}"


def notes(match: re.Match[str]) -> str:
    """`twenties` of `$20s`, `hundreds` of `$100s`."""
    return plural(cardinal(match[1]).removeprefix("one "))


def money(match: re.Match[str]) -> str:
    """An amount: groups `minus`, `sign` (or code), `amount`, `scale`, and `nation` where dollars may have one."""
    found = match.groupdict()
    sign, amount, scale = found["sign"], found["amount"], found["scale"]
    one, many, hundredth, hundredths = MONEY[CODES.get(sign, sign)]
    nation = DOLLARS[found.get("nation") or "US"] if sign == "$" else ""
    minus = "minus " if found["minus"] else ""
    one, many = nation + one, nation + many
    if describes(match):
        many = one
    if scale:
        return f"{minus}{cardinal(amount)} {SCALES[scale.lower()]} {many}"
    whole, _, decimals = amount.partition(".")
    whole, cents = whole.lstrip("0"), decimals.rstrip("0").ljust(2, "0").lstrip("0")
    if len(decimals.rstrip("0")) > 2 or (cents and not hundredth):
        return f"{minus}{cardinal(amount)} {many}"
    parts = [f"{cardinal(whole or '0')} {one if whole == '1' else many}"] if whole or not cents else []
    if cents:
        parts.append(f"{cardinal(cents)} {hundredth if cents == '1' else hundredths}")
    return minus + " and ".join(parts)


RANGES = [
    Rule(
        rf"(?<!\w)({SIGN})(\d[\d,]*)(?:\s?[–-]\s?|\s—\s)\1?(?=\d)(?![\d,]*\.\d)",
        r"\2 to \1",
        {
            "$10-20 million": "ten to twenty million dollars",
            "£3,000–£5,000": "three thousand to five thousand pounds",
        },
    ),
    Rule(
        rf"({SIGN}(?:{QUANTITY})(?:\s?(?:thousand|million|billion|trillion|bn|mn|[kKmMbB]))?)\s?[–-]\s?(?={SIGN}\d)",
        r"\1 to ",
        {"$1m-$2m": "one million dollars to two million dollars"},
    ),
]
RULES = [
    Rule(r"\bRs\.?\s?(?=\d)", "₹", {"Rs. 500": "five hundred rupees", "Rs 1,50,000": "one lakh fifty thousand rupees"}),
    Rule(
        rf"(?:({SIGN})\s?|(?<![\w.,])(?=[\d.,]+,\d\d\s?(?:{SIGN}|(?:{CODE})\b)(?!\d)))(\d+(?:[.,]\d{{3}})*),(\d\d)(?![,.]?\d)",
        with_point,
        {
            "3,50 €": "three euros and fifty cents",
            "R$ 1.234,56": "one thousand two hundred and thirty-four reais and fifty-six centavos",
        },
    ),
    Rule(rf"{SIGN}(\d+)s\b", notes, {"two $20s": "two twenties", "in $100s": "in hundreds"}),
    Rule(
        r"(?<![\w.,])(\d+)\s?¢",
        lambda m: f"{cardinal(m[1])} cent{'' if m[1] == '1' else 's'}",
        {"99¢": "ninety-nine cents", "1¢": "one cent"},
    ),
    Rule(
        r"(?P<minus>(?<!\w)-)?(?:\b(?P<nation>" + "|".join(DOLLARS) + r")(?=\$))?(?P<sign>" + SIGN + r")\s?(?P<amount>" + QUANTITY + r"|\.\d+)" + SCALE,
        money,
        {
            "It cost $3.50.": "It cost three dollars and fifty cents.",
            "£5m": "five million pounds",
            "A$7": "seven Australian dollars",
            "a $100 bill": "a one hundred dollar bill",
            "the $5 book": "the five dollar book",
            "the $5 we owe": "the five dollars we owe",
            "-$0.01": "minus one cent",
        },
    ),
    Rule(
        r"(?P<minus>(?<!\w)-)?(?<![\w.,])(?P<amount>" + QUANTITY + r")(?:\s?(?P<scale>thousand|million|billion|trillion|lakh|crore|(?:[kKmM]|bn|mn)(?=" + SIGN + r")))?\s?(?:(?P<nation>" + "|".join(DOLLARS) + r")(?=\$))?(?P<sign>" + SIGN + r"(?!\d)|(?:" + CODE + r")\b(?!/))",
        money,
        {"20 €": "twenty euros", "5$": "five dollars", "5 million USD": "five million dollars"},
    ),
    Rule(
        r"(?P<minus>(?<!\w)-)?\b(?<!/)(?P<sign>" + CODE + r")\s?(?P<amount>" + QUANTITY + r")(?:\s?(?P<scale>thousand|million|billion|trillion|bn|mn)\b)?",
        money,
        {"EUR 20": "twenty euros", "GBP 5bn": "five billion pounds"},
    ),
]  # fmt: skip
