"""What programs and people write where there is no text, and what no text can hold."""

from __future__ import annotations

from collections.abc import Sequence

from tts.corpora.lists.readings import WITHOUT_SPACES

SIGNS = {"-", "--", "?", "N/A", "n/a", "#N/A", "<NA>"}
WORDS = {"nan", "NaN", "None", "none", "NULL", "null"}
"""Spelt as pandas, Python, SQL and JSON do; `Null` is a number in German, and `None.` a text with a full stop."""


def no_texts(texts: Sequence[str]) -> dict[str, str]:
    """Of the texts of a corpus those that stand for none or hold a byte of zero, with why; where most others are one
    word, these may be words, too."""
    others = [text for text in texts if text and text not in SIGNS | WORDS]
    single = sum(len(text.split()) == 1 and not WITHOUT_SPACES.search(text) for text in others)
    found = SIGNS.intersection(texts) | (set() if 2 * single > len(others) else WORDS.intersection(texts))
    said = {text: f"; write {f'{text}.'!r} if it is said" for text in found & WORDS}
    why = {text: f"its text is {text!r}, which stands for none{said.get(text, '')}" for text in found}
    return why | {text: "a byte of zero in its text" for text in texts if "\0" in text}
