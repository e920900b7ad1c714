"""Money in English words."""

# ruff: noqa: E501 (a regular expression broken over lines can no longer be tried out by pasting it)
from __future__ import annotations

import re

from tts.text.languages.english.numbers import QUANTITY, cardinal, describes
from tts.text.languages.rule import Rule

MONEY = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"),
    "¥": ("yen", "yen", "sen", "sen"),
    "₹": ("rupee", "rupees", "paisa", "paise"),
    "₩": ("won", "won", "jeon", "jeon"),
}
"""One, several, a hundredth, hundredths."""
CODES = {"USD": "$", "GBP": "£", "EUR": "€", "JPY": "¥", "INR": "₹"}
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

SIGN = "[$£€¥₹₩]"
SCALE = r"(?:[\s-]?(?P<scale>thousand|million|billion|trillion|lakh|crore|bn|mn|tn|[kKmMbBtT])\b)?"


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
    whole, _, decimals = amount.replace(",", "").partition(".")
    whole, cents = whole.lstrip("0"), decimals.rstrip("0").ljust(2, "0").lstrip("0")
    if len(decimals.rstrip("0")) > 2:
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
    Rule(r"\bRs\.?\s?(?=\d)", "₹", {"Rs. 500": "five hundred rupees"}),
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
            "-$0.01": "minus one cent",
        },
    ),
    Rule(
        r"(?P<minus>(?<!\w)-)?(?<![\w.,])(?P<amount>" + QUANTITY + r")(?:\s?(?P<scale>thousand|million|billion|trillion))?\s?(?P<sign>[£€₹₩]|(?:USD|GBP|EUR|JPY|INR)\b)",
        money,
        {"20 €": "twenty euros", "5 million USD": "five million dollars"},
    ),
    Rule(
        r"(?P<minus>(?<!\w)-)?\b(?P<sign>USD|GBP|EUR|JPY|INR)\s?(?P<amount>" + QUANTITY + r")(?:\s?(?P<scale>thousand|million|billion|trillion|bn|mn)\b)?",
        money,
        {"EUR 20": "twenty euros", "GBP 5bn": "five billion pounds"},
    ),
]  # fmt: skip
