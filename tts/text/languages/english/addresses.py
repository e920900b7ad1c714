"""Web and e-mail addresses, telephone numbers and other codes in English words."""

# ruff: noqa: E501 (a regular expression broken over lines can no longer be tried out by pasting it)
from __future__ import annotations

import re

from num2words import num2words

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


def hexadecimal(match: re.Match[str]) -> str:
    """Digit by digit; an a in capitals, for a small one is the article."""
    return ", ".join(
        " ".join(num2words(int(c)) if c.isdigit() else c.lower().replace("a", "A") for c in group)
        for group in match[0].split("-")
    )


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
        r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b",
        hexadecimal,
        {
            "550e8400-e29b-41d4-a716-446655440000": "five five zero e eight four zero zero, e two nine b, four one d four, A seven one six, four four six six five five four four zero zero zero zero"
        },
    ),
    Rule(r"\b0[xX][0-9a-fA-F]+\b", hexadecimal, {"0x1F": "zero x one f"}),
    Rule(
        r"(?<![\w.])(\+1)(\d{3})(\d{3})(\d{4})(?![\w-])",
        r"\1 \2 \3 \4",
        {"+15551234567": "plus one, five five five, one two three, four five six seven"},
    ),
    Rule(
        r"(?<![\w.])\+\d{8,15}(?![\w-])",
        phone,
        {"+447911123456": "plus four four seven nine one one one two three four five six"},
    ),
    Rule(
        r"(?<![\w.])(?:\+\d{1,3}(?:[ -]\(?\d{1,5}\)?){2,5}|(?:\+?1[ -.])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}|\d{3}-\d{4})(?![\w-])",
        phone,
        {
            "555-123-4567": "five five five, one two three, four five six seven",
            "+44 20 7946 0958": "plus four four, two zero, seven nine four six, zero nine five eight",
        },
    ),
    Rule(
        r"(?<![\w.,-])(?:(?:0\d{2,4}|\(0\d{1,4}\))(?: \d{3,6}){1,2}|(?:\d{4}[ -]){3}\d{4}|\d{5}-\d{4}|1[38]00 \d{3} \d{3}|\d{3} \d{4} \d{4}|\d{3}-\d\d-\d{4}|(?!\d*00[ -])([6-9])\d{4}[ -](?!\1|\d*00\b)\d{5})(?![\w-])",
        phone,
        {
            "020 7946 0958": "zero two zero, seven nine four six, zero nine five eight",
            "(020) 7946 0018": "zero two zero, seven nine four six, zero zero one eight",
            "123-45-6789": "one two three, four five, six seven eight nine",
            "98765-43210": "nine eight seven six five, four three two one zero",
            "10001-1234": "one zero zero zero one, one two three four",
        },
    ),
    Rule(
        r"(?<![\w.,-])(?!(?:(?:19|20)\d\d-){2})(?=(?:\d-?){9})\d+(?:-\d+){2,}(?![\w-])",
        phone,
        {"978-3-16-148410-0": "nine seven eight, three, one six, one four eight four one zero, zero"},
    ),
    Rule(
        r"\b((?:OTP|PIN|[Pp]asscode|[Cc]ode(?=\sis|:|\s\d{5}))(?:\sis|:)?\s)(\d{4,9})(?![\w%]|[.,:-]\d|\s[a-z]+s\b)",
        lambda m: m[1] + spell(m[2]),
        {"Your code is 482913": "Your code is four eight two nine one three"},
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
