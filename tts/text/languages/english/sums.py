"""Sums, powers and formulas in English words."""

from __future__ import annotations

import re
import unicodedata

from tts.text.languages.english.numbers import QUANTITY, cardinal
from tts.text.languages.rule import Rule

RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
POWER = rf"(?<![A-Za-z])[A-Za-ln-z\d)][{RAISED}]+"
"""Not m², a square metre."""
SUM = re.compile(rf"[=±√]|{POWER}")
"""What a sentence holds only if it does sums."""
UNMISTAKABLE = re.compile(rf"(?:(?<![A-Za-z-])[nxyz]|{POWER})$")
"""The end of a term of a formula that can be nothing else: 3x, n, b²."""
TERM_BEFORE = re.compile(rf"(?:(?<![\w.,'])(?:\d+(?:\.\d+)?[a-z]{{0,2}}|[A-Za-zπ])[{RAISED}]*|\))$")
TERM_AFTER = re.compile(rf"(?:\d+(?:\.\d+)?[a-z]{{0,2}}|(?![aAI]\s[a-z]{{2}})[A-Za-zπ])[{RAISED}]*(?![\w'-]|\.\w)|[(√]")


def in_formula(match: re.Match[str]) -> bool:
    """Whether the sentence does sums."""
    sentence = re.split(r"[.!?]\s", match.string[: match.start()])[-1]
    return bool(SUM.search(sentence + re.split(r"[.!?]\s", match.string[match.end() :])[0]))


def difference(match: re.Match[str]) -> str:
    """A dash between two terms of a formula is a minus sign; between two numbers only if the first is larger."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    first, second = TERM_BEFORE.search(before), TERM_AFTER.match(after)
    if not (first and second):
        return match[0]
    sure = bool(UNMISTAKABLE.search(before))
    if match[0] == "-":
        minus = sure and (second[0][0].isdigit() or in_formula(match))
    elif first[0][-1].isdecimal() and second[0][-1].isdecimal():
        minus = in_formula(match) and float(first[0]) > float(second[0])
    else:
        minus = sure or bool(UNMISTAKABLE.search(second[0])) or in_formula(match)
    return " minus " if minus else match[0]


def raised(digits: str) -> str:
    """Superscript digits as plain ones."""
    return unicodedata.normalize("NFKC", digits)


def divided(match: re.Match[str]) -> str:
    """`eight divided by two`; what is smaller than what it is divided by is a fraction."""
    return f"{cardinal(match[1])} divided by " if float(match[1]) > int(match[2]) else match[0]


RULES = [
    Rule(
        rf"(?<![\w.,])({QUANTITY})\s[–—-]\s(?=(?:{QUANTITY})\s?=)|(?<![\w.,-])(\d+)-(?=\d+\s?=)",
        lambda m: f"{m[1] or m[2]} minus ",
        {"10 - 3 = 7": "ten minus three equals seven", "10-3=7": "ten minus three equals seven"},
    ),
    Rule(
        rf"(?<=[\w){RAISED}])(?:\s[–—-]\s|-)(?=[\w(√])",
        difference,
        {"3x - 5": "three x minus five", "y = 2 - x": "y equals two minus x", "n-1 of n": "n minus one of n"},
    ),
    Rule(
        r"(?:^|(?<=[=(±])|(?<=[=±+] ))-(?=[A-Za-zπ√](?![A-Za-z-])|\()",
        lambda m: "minus " if in_formula(m) else m[0],
        {"x = -b": "x equals minus b"},
    ),
    Rule(
        r"(?<![\w.,/])(\d+(?:\.\d+)?)\s?/\s?(?=(\d+)\s?=)",
        divided,
        {"8/2=4": "eight divided by two equals four"},
    ),
    Rule(
        r"(?<=\))\s?/\s?(?=[\w(√])",
        lambda m: " over " if in_formula(m) else m[0],
        {"x = (b + c) / 2": "x equals (b plus c) over two"},
    ),
    Rule(
        r"(?<=\d)([abcnxyz])([abcnxyz])(?!\w)",
        lambda m: f"{m[1]} {m[2]}" if in_formula(m) else m[0],
        {"d = 4ac": "d equals four a c"},
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
]
