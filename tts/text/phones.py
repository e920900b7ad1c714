"""IPA phones, and stress as a feature of their vowels."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

VOWELS = frozenset("aeiouyæøœɐɑɒɔɘəɚɛɜɝɞɤɨɪɯɵɶʉʊʌʏᵻᵿ")
SYLLABIC = "\u0329\u030d"
PRIMARY, SECONDARY = "ˈ", "ˌ"
TIES = dict.fromkeys(map(ord, "\u0361\u035c"))
WHOLE = (
    "aɪɚ|aɪə|aʊə|aɪ|aʊ|eɪ|oʊ|əʊ|ɔɪ|ɔʏ|ɔø|iə|ɪə|eə|ʊə|tʃ|dʒ|tɕ|dʑ|tʂ|dʐ"
    "|(?:əl|(?:ɑː|ɔː|oː|ɛ|ɪ|ʊ)ɹ)(?![aeiouæɐɑɒɔəɛɜɪʊʌᵻ])"
)
"""Phones of two letters and more."""
PHONE = re.compile(rf"[ˈˌ']*(?:{WHOLE}|[^\W\d_ˈˌ])(?:[\u0361\u035c][^\W\d_]|[\u0300-\u036fː:ˑʰʲʷˠˤⁿˡ˞])*|[^\s.ˈˌ'‿|-]")
"""With stress before and marks behind; else a character that is no IPA."""
STRESS_MARKS = dict.fromkeys(map(ord, "ˈˌ-"))


class Phone(NamedTuple):
    """One IPA phone with its length and syllabic marks, in NFC."""

    symbol: str
    stress: int
    """0 none, 1 primary, 2 secondary; on vowels and syllabic consonants only."""


Phones = tuple[Phone, ...]


def is_vowel(symbol: str) -> bool:
    """Whether an IPA phone can carry stress: a vowel, diphthong or syllabic consonant."""
    decomposed = unicodedata.normalize("NFD", symbol)
    return decomposed[:1] in VOWELS or any(mark in decomposed for mark in SYLLABIC)


def place_stress(parts: Sequence[str]) -> Phones:
    """Phones from IPA parts, with each stress mark moved onto the next vowel (dropped where none follows)."""
    phones = []
    pending = 0
    for part in parts:
        if PRIMARY in part:
            pending = 1
        elif SECONDARY in part:
            pending = 2
        symbol = unicodedata.normalize("NFC", part.translate(STRESS_MARKS)).strip()
        if not symbol:
            continue
        stress = pending if pending and is_vowel(symbol) else 0
        pending = 0 if stress else pending
        phones.append(Phone(symbol, stress))
    return tuple(phones)


def apart(written: str) -> list[str]:
    """The phones of IPA without spaces, as in təˈmeɪtoʊ: diphthongs, affricates and what a tie bar joins are whole, and
    marks stay with their letters."""
    return [phone.translate(TIES) for phone in PHONE.findall(unicodedata.normalize("NFD", written))]
