"""What the other rules leave: names of files, bare numbers and signs in English words."""

from __future__ import annotations

import re

from tts.text.languages.english.money import MONEY, SIGN
from tts.text.languages.english.numbers import QUANTITY, cardinal, number, plural, spell
from tts.text.languages.english.units import UNITS
from tts.text.languages.rule import Rule

EXTENSIONS = (
    "js|ts|py|md|txt|pdf|docx?|xlsx?|csv|json|ya?ml|html?|css|png|jpe?g|gif|mp[34]|wav|zip|exe|sh|cpp|java|ai|de|fr|eu"
    "|us|info|tv|app|me"
)
"""What follows a dot inside the name of a file or site."""
SIGNS = {
    "&": "and", "@": "at", "#": "hash", "+": "plus", "=": "equals", "/": "slash", "%": "percent", "×": "times",
    "÷": "divided by", "<": "less than", ">": "greater than", "≤": "at most", "≥": "at least", "≈": "approximately",
    "±": "plus or minus", "°": "degrees", "©": "copyright", "®": "registered", "™": "trademark", "§": "section",
    "→": "to", "\\": "backslash", "µ": "micro", "√": "root", "∞": "infinity", "≠": "is not equal to", "Ω": "ohms",
    "¢": "cents", "←": "from", "π": "pi",
}  # fmt: skip
MEASURES = "|".join(sorted({many for _, many in UNITS.values() if " " not in many})) + "|dollars|pounds|euros"
"""Words after which a number is no year."""
POWERS = {"²": "squared", "³": "cubed"}

ORNAMENTS = [Rule(r"([=*#~_+^<>|-])\1{2,}", " ", {"Chapter one *** A road": "Chapter one A road"})]
"""Rows of one sign, which only decorate."""
RULES = [
    Rule(
        rf"(?<=[A-Za-z0-9_]{{2}})\.(?=(?:{EXTENSIONS})\b)",
        " dot ",
        {"Node.js reads setup.py": "Node dot js reads setup dot py"},
    ),
    Rule(
        r"(?:(?<=\b(?:an|is) )|(?<=\b[Tt]ype )|(?<=\bgot )|(?<=\ba ))([A-DFO]|AB)[-−](?!\s\w+\s\w+-)(?=\s|[.,;:!?)]|$)"
        r"|\b([A-DFO]|AB)[-−](?=\s(?:grade|average|student|range|blood))",
        lambda m: f"{m[1] or m[2]} minus",
        {"a B- in maths": "a B minus in maths", "O− blood": "O minus blood"},
    ),
    Rule(r"(?<=\d)[eE]-(?=\d)", " e minus ", {"1e-5": "one e minus five"}),
    Rule(
        r"(?<=\d)x(?=\s(?:faster|slower|more|less|fewer|better|worse|bigger|smaller|larger|higher|lower|cheaper|longer|as|the)\b)",
        " times",
        {"3x faster": "three times faster"},
    ),
    Rule(r"(?<=\b[A-Z]{2})(\d{1,2})s\b", lambda m: f" {plural(cardinal(m[1]))}", {"MP3s": "MP threes"}),
    Rule(r"(?<=[^\W\d])(?=\d)|(?<=\d)(?=[^\W\d])", " ", {"MP3": "MP three", "4B": "four B"}),
    Rule(
        r"(?<![\w.,)])-(?=\.?\d)",
        "minus ",
        {"-3.14": "minus three point one four", "r = -.45": "r equals minus point four five"},
    ),
    Rule(
        r"(?<![\d.,])(\d+(?:\.\d+){2,})(?![\w]|\.\d)",
        lambda m: " point ".join(cardinal(p) for p in m[1].split(".")),
        {"version 2.0.1": "version two point zero point one"},
    ),
    Rule(r"(?<![\d.,])\.(\d+)", lambda m: f"point {spell(m[1])}", {"a .22 rifle": "a point two two rifle"}),
    Rule(r"~\s?(?=\d)", "about ", {"~50": "about fifty"}),
    Rule(r"(?<=\d)\s?\*\s?(?=\d)", " times ", {"3*4": "three times four"}),
    Rule(
        rf"({QUANTITY})(?=\s(?:{MEASURES})\b)",
        lambda m: cardinal(m[1]),
        {"1200 kilograms": "one thousand two hundred kilograms"},
    ),
    Rule(
        rf"({QUANTITY})",
        lambda m: number(m[1]),
        {
            "in 1984 or 2005": "in nineteen eighty-four or two thousand and five",
            "1,234": "one thousand two hundred and thirty-four",
            "agent 007": "agent zero zero seven",
        },
    ),
    Rule(r"(\w)\s?([²³])", lambda m: f"{m[1]} {POWERS[m[2]]}", {"x²": "x squared"}),
    Rule(r"(?<=[A-Za-z])/(?=[A-Za-z])", " ", {"his/her": "his her"}),
    Rule(r"(?<=\w)\s?\^\s?(?=\w)", " to the power of ", {"x^n": "x to the power of n"}),
    Rule(r"(?<!\w)#(?=[A-Za-z])", "hashtag ", {"#music": "hashtag music"}),
    Rule(r"[*~^_|]", " ", {"very *good*": "very good"}),
    Rule("[" + re.escape("".join(SIGNS)) + "]", lambda m: f" {SIGNS[m[0]]} ", {"A & B = C": "A and B equals C"}),
    Rule(SIGN, lambda m: f" {MONEY[m[0]][0]} ", {"the $ sign": "the dollar sign"}),
    Rule(r"\s+([,.;:!?…])", r"\1", {"R&D ©, A": "R and D copyright, A"}),
]
