"""Fractions, ratings, ranges and dimensions in English words."""

from __future__ import annotations

import re

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


RATED = re.compile(
    r"(?i)\b(?:rated?|ratings?|scor(?:e[sd]?|ing)|g[ai]ves?|giving|graded?|marks?|stars|reviews?):?(?:\s[a-z']+){0,3}\s$"
)
"""What comes before a rating, perhaps with a few words between."""
RATEABLE = re.compile(r"\s(?:stars?|points|people)\b")
MEASURED = re.compile(
    r"\s(?:of|the|an?|cups?|tea|table|tsp|tbsp|mile|inch|pound|ounce|hour|year|majority|share|scale|vote|stake)"
)
"""What follows a fraction that is no rating."""
NO_RATING_AFTER = re.compile(r"(?:\b(?:on|by|since|until|[Oo]f)|[-+×=*(])\s?$")


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


def rating(match: re.Match[str]) -> str:
    """An 8/10, rated 3.5/5, 4/5 stars: out of so many; else as it is written."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    top, bottom = match[1], match[2]
    usual = bottom in ("5", "10", "100") and top != "1" and float(top) <= int(bottom)
    rated = RATED.search(before) or (usual and re.search(r"\b[Aa]n?(?:\s[a-z]+)?\s$", before))
    alone = usual and re.match(r"[.,;!?)\"'…]*(?:\s—|[\"')]*$|[.,;!?…])", after) and not NO_RATING_AFTER.search(before)
    if "." in top or RATEABLE.match(after) or (rated and not MEASURED.match(after)) or alone:
        return f"{cardinal(top)} out of {cardinal(bottom)}"
    return match[0]


def one_sign(match: re.Match[str]) -> str:
    """A fraction that is one character, perhaps after a number."""
    said = fraction(*SIGNS[match[2]])
    if not match[1]:
        return f" {said} "
    return f"{cardinal(match[1])} and {said.replace('one ', 'a ', 1) if said.startswith('one ') else said} "


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
        r"(?<![\w./])(\d{1,3}(?:\.\d+)?)/(\d{1,3})(?![\w/]|\.\d|\s?[+×=*-])",
        rating,
        {
            "She gave it 8/10": "She gave it eight out of ten",
            "a 7/10 film": "a seven out of ten film",
            "3.5/5 stars": "three point five out of five stars",
        },
    ),
    Rule(
        r"(?<![\w./])(\d{1,3})/(\d{1,3}|(?!19|20)\d{4})(?:nds?|rds?|ths?)?(?![\w/]|\.\d)",
        lambda m: fraction(int(m[1]), int(m[2])),
        {"1/2": "one half", "2/3rds": "two thirds", "120/80": "one hundred and twenty over eighty"},
    ),
    # Ranges and dimensions.
    Rule(
        rf"(?<![\w.,-])({QUANTITY})(?:[–-]|\s[–—-]\s)(?=(?:{QUANTITY})(?!\w*-\d))",
        r"\1 to ",
        {"10–12": "ten to twelve", "3-4": "three to four"},
    ),
    Rule(rf"(?<![\w.,])({QUANTITY})\s?[x×]\s?(?=\d)", r"\1 by ", {"5 x 4": "five by four"}),
]
