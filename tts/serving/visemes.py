"""The shape of the mouth for each phone: the 22 visemes of Azure's speech service, numbered as there.

https://learn.microsoft.com/azure/ai-services/speech-service/how-to-speech-synthesis-viseme has a picture of each.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from tts.text.classes import PhoneClass, phone_class

SILENCE = 0
LETTERS: dict[int, str] = {
    1: "æəʌɐɘɤ",
    2: "aɑ",
    3: "ɔɒɶœ",
    4: "ɛeʊᵿ",
    5: "ɝɜɚɞ",
    6: "jiɪɨᵻɯʝç",
    7: "wuyʉʏɥʍ",
    8: "oøɵ",
    12: "hɦħʕʔʜʢ",
    13: "ɹrɻɽʀʁɺ",
    14: "lɫɭʎʟɬɮ",
    15: "sz",
    16: "ʃʒʂʐɕʑɧ",
    17: "ð",
    18: "fvʋɱ",
    19: "tdnθʈɖɳɲɾ",
    20: "kɡɢqŋɴxɣχcɟɰ",
    21: "pbmɸβ",
}
"""Of a phone's first letter."""
GLIDES = {"aʊ": 9, "ɔɪ": 10, "aɪ": 11}
"""Diphthongs that have a viseme of their own; others have that of their first vowel."""
CLASSES: dict[PhoneClass, int] = {
    "vowel": 1, "nasal": 19, "approximant": 13, "fricative": 15, "affricate": 16, "stop": 19, "other": SILENCE,
}  # fmt: skip
"""Of letters that are not among these."""
BY_LETTER = {letter: number for number, letters in LETTERS.items() for letter in letters}


@cache
def viseme(symbol: str) -> int:
    """The viseme, 0 to 21, of a phone in IPA; 0 for silence and punctuation."""
    kind = phone_class(symbol)
    if kind == "other" or symbol == "sil":
        return SILENCE
    letters = [c for c in unicodedata.normalize("NFD", symbol) if unicodedata.category(c) in ("Ll", "Lo")]
    if kind == "affricate":  # the lips are those of its fricative
        letters = letters[1:]
    glide = GLIDES.get("".join(letters[:2]))
    return glide if glide is not None else BY_LETTER.get(letters[0], CLASSES[kind])
