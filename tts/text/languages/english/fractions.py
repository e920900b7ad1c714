"""Fractions, sums, ranges and dimensions in English words."""

from __future__ import annotations

import re
import unicodedata

from tts.text.languages.english.numbers import QUANTITY, cardinal, ordinal
from tts.text.languages.rule import Rule

SIGNS = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5),
    "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
}  # fmt: skip
PAIRS = {
    "24/7": "twenty-four seven", "50/50": "fifty-fifty", "20/20": "twenty twenty", "9/11": "nine eleven",
    "4/4": "four four",
}  # fmt: skip
"""Numbers with a slash between them that are no fractions."""


def fraction(top: int, bottom: int) -> str:
    """`three quarters`; `over` where nobody would say a fraction."""
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


def one_sign(match: re.Match[str]) -> str:
    """A fraction that is one character, perhaps after a number."""
    said = fraction(*SIGNS[match[2]])
    if not match[1]:
        return f" {said} "
    return f"{cardinal(match[1])} and {said.replace('one ', 'a ', 1) if said.startswith('one ') else said} "


def raised(digits: str) -> str:
    """Superscript digits as plain ones."""
    return unicodedata.normalize("NFKC", digits)


RULES = [
    Rule(rf"(\d+)?\s?([{''.join(SIGNS)}])", one_sign, {"2½ cups": "two and a half cups", "¾": "three quarters"}),
    Rule(
        r"(?<![\w./])(\d+)[\s-](\d{1,3})/(\d{1,3})(?![\w/])",
        lambda m: f"{cardinal(m[1])} and {fraction(int(m[2]), int(m[3]))}",
        {"2 3/4": "two and three quarters", "1-1/2": "one and one half"},
    ),
    Rule(
        rf"(?<![\w./])(?:{'|'.join(PAIRS)})(?![\w/]|\.\d)",
        lambda m: PAIRS[m[0]],
        {"open 24/7": "open twenty-four seven", "9/11": "nine eleven"},
    ),
    Rule(
        r"(?<![\w./])(\d{1,3})/(\d{1,3}|(?!19|20)\d{4})(?:nds?|rds?|ths?)?(?![\w/]|\.\d)",
        lambda m: fraction(int(m[1]), int(m[2])),
        {"1/2": "one half", "2/3rds": "two thirds", "120/80": "one hundred and twenty over eighty"},
    ),
    # Sums.
    Rule(
        rf"(?<![\w.,])({QUANTITY})\s[–—-]\s(?=(?:{QUANTITY})\s?=)|(?<![\w.,-])(\d+)-(?=\d+\s?=)",
        lambda m: f"{m[1] or m[2]} minus ",
        {"10 - 3 = 7": "ten minus three equals seven", "10-3=7": "ten minus three equals seven"},
    ),
    Rule(
        rf"(?<![\w.,])({QUANTITY})\s?[x×]\s?(?=(?:{QUANTITY})\s?=|10[\^⁰¹²³⁴⁵⁶⁷⁸⁹⁻])",
        r"\1 times ",
        {"5×4 = 20": "five times four equals twenty"},
    ),
    Rule(
        r"(?<=\w)⁻([⁰¹²³⁴⁵⁶⁷⁸⁹]+)",
        lambda m: f" to the power of minus {raised(m[1])}",
        {"10⁻³": "ten to the power of minus three"},
    ),
    Rule(
        r"(?<=\d)(?![²³](?![⁰¹²³⁴-⁹]))([⁰¹²³⁴⁵⁶⁷⁸⁹]+)",
        lambda m: f" to the power of {raised(m[1])}",
        {"2⁵": "two to the power of five"},
    ),
    Rule(
        r"(?<=\d)\^(-?)(?=\d)",
        lambda m: f" to the power of {'minus ' if m[1] else ''}",
        {"2^10": "two to the power of ten", "10^-3": "ten to the power of minus three"},
    ),
    # Ranges and dimensions.
    Rule(
        rf"(?<![\w.,-])({QUANTITY})(?:[–-]|\s[–—-]\s)(?=(?:{QUANTITY})(?!\w*-\d))",
        r"\1 to ",
        {"10–12": "ten to twelve", "3-4": "three to four"},
    ),
    Rule(rf"(?<![\w.,])({QUANTITY})\s?[x×]\s?(?=\d)", r"\1 by ", {"5 x 4": "five by four"}),
]
