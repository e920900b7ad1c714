"""Manners of articulation, read off the IPA letters of a phone."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Literal

from tts.text.phones import is_vowel

PhoneClass = Literal["vowel", "nasal", "approximant", "fricative", "affricate", "stop", "other"]

LETTERS: dict[PhoneClass, str] = {
    "nasal": "mɱnɳɲŋɴ",
    "approximant": "lɫɭʎʟɹɻrɾɽʀjɥwʍɰʋɺ",
    "fricative": "ɸβfvθðszʃʒʂʐɕʑçʝxɣχʁħʕhɦɬɮʜʢ",
    "stop": "pbtdʈɖcɟkɡɢqʔ",
}
"""Taps and trills are with the approximants: voiced throughout, and over in two or three frames."""


@cache
def phone_class(symbol: str) -> PhoneClass:
    """The class of an IPA phone by its first letter; a stop followed by a fricative is an affricate.

    A syllabic consonant is of its consonant's class; a letter of another script of `other`.
    """
    bare = "".join(c for c in unicodedata.normalize("NFC", symbol) if unicodedata.category(c) in ("Ll", "Lo"))
    kinds = [next((kind for kind, letters in LETTERS.items() if c in letters), None) for c in bare]
    if kinds[:2] == ["stop", "fricative"]:
        return "affricate"
    if kinds and kinds[0] is not None:
        return kinds[0]
    return "vowel" if is_vowel(symbol) else "other"
