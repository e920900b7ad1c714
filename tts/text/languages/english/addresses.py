"""Web and e-mail addresses, telephone numbers and other codes in English words."""

# ruff: noqa: E501 (a regular expression broken over lines can no longer be tried out by pasting it)
from __future__ import annotations

import re

from tts.text.languages.english.numbers import spell
from tts.text.languages.rule import Rule

SIGNS_IN_ADDRESSES = {
    ".": "dot", "@": "at", "/": "slash", "-": "dash", "_": "underscore", "?": "question mark", "=": "equals",
    "&": "and", ":": "colon", "#": "hash", "%": "percent", "+": "plus", "~": "tilde",
}  # fmt: skip


def address(match: re.Match[str]) -> str:
    """A URL or e-mail address. Punctuation after it belongs to the sentence."""
    text = re.sub(r"^https?://", "", match[0], flags=re.IGNORECASE)
    bare = text.rstrip(".,;:!?)'\"")
    said = re.sub(r"^www\.", "W W W dot ", bare, flags=re.IGNORECASE).rstrip("/")
    for sign, word in SIGNS_IN_ADDRESSES.items():
        said = said.replace(sign, f" {word} ")
    return said + text[len(bare) :]


def phone(match: re.Match[str]) -> str:
    """Digit by digit, with a pause between the groups."""
    plus = "plus " if match[0].startswith("+") else ""
    return plus + ", ".join(spell(group) for group in re.findall(r"\d+", match[0]))


RULES = [
    Rule(
        r"(?i)\bhttps?://\S+|\bwww\.\S+\.\S+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b[a-z][\w-]*(?:\.[a-z][\w-]*)*\.(?:com|org|net|edu|gov|io|co\.uk|dev)\b(?:/\S*)?",
        address,
        {
            "See https://www.example.com/a.": "See W W W dot example dot com slash a.",
            "bob@mail.org": "bob at mail dot org",
            "Ask python.org": "Ask python dot org",
        },
    ),
    # A dash that is a minus sign: below, hyphens stand for it and dashes for ranges.
    Rule(r"(?<!\d\s)(?<![^\s(])–(?=\.?\d)", "-", {"It was –7°C": "It was minus seven degrees Celsius"}),
    # Codes come before all rules that read their hyphens as ranges or dates.
    Rule(
        r"(?<![\w.])(?:\+\d{1,3}(?:[ -]\(?\d{2,4}\)?){2,5}|(?:\+?1[ -.])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}|\d{3}-\d{4})(?![\w-])",
        phone,
        {
            "555-123-4567": "five five five, one two three, four five six seven",
            "+44 20 7946 0958": "plus four four, two zero, seven nine four six, zero nine five eight",
        },
    ),
    Rule(
        r"(?<![\w.,-])(?:0\d{2,4}(?: \d{3,6}){1,2}|(?:\d{4}[ -]){3}\d{4}|\d{5}-\d{4})(?![\w-])",
        phone,
        {
            "020 7946 0958": "zero two zero, seven nine four six, zero nine five eight",
            "10001-1234": "one zero zero zero one, one two three four",
        },
    ),
    Rule(
        r"\b((?:[Cc]all|[Dd]ial|[Rr]ing|[Pp]hone)(?:ed|ing)?\s|[A-Z]{2}\s(?=\d{5}))(\d{3}|\d{5})(?![\w%]|[.,:-]\d)",
        lambda m: m[1] + spell(m[2]),
        {"Call 911": "Call nine one one", "NY 10001": "NY one zero zero zero one"},
    ),
    Rule(
        r"\b1-(8\d\d)-(?=[A-Z])",
        lambda m: f"one {spell(m[1])} ",
        {"1-800-FLOWERS": "one eight zero zero FLOWERS"},
    ),
]
