"""How alike two phones sound, by where and how they are articulated: what a voice says for a phone it never learnt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import cache
from itertools import accumulate

from tts.text.classes import LETTERS

PLACES = {
    "pbɓmɸβʍw": 0.0, "fvɱʋ": 0.5, "θð": 2.0, "tdɗnszrɾlɫɬɮɹɺ": 2.5, "ʃʒ": 3.5, "ʈɖɳʂʐɻɽɭ": 3.5, "ɕʑ": 4.0,
    "cɟɲçʝjɥʎ": 4.3, "kɡɠŋxɣɰʟ": 6.5, "qɢɴχʁʀ": 7.5, "ħʕʜʢ": 9.0, "ʔhɦ": 9.5,
}  # fmt: skip
"""Consonants by place, from the lips back."""
VOICELESS = "ptʈckqʔɸfθsʃʂɕçxχħhɬʜʍ"
LATERAL, RHOTIC = "lɫɭʎʟɬɮ", "rɾɹɻɽɺʀʁ"
VOWELS = {
    "i": (0, 0, 0), "y": (0, 0, 1), "ɨ": (0, 1, 0), "ʉ": (0, 1, 1), "ɯ": (0, 2, 0), "u": (0, 2, 1),
    "ɪ": (1, 0.4, 0), "ʏ": (1, 0.4, 1), "ᵻ": (1, 1, 0), "ᵿ": (1, 1, 1), "ʊ": (1, 1.6, 1),
    "e": (2, 0, 0), "ø": (2, 0, 1), "ɘ": (2, 1, 0), "ɵ": (2, 1, 1), "ɤ": (2, 2, 0), "o": (2, 2, 1),
    "ə": (3, 1, 0), "ɚ": (3, 1, 0), "ɛ": (4, 0, 0), "œ": (4, 0, 1), "ɜ": (4, 1, 0), "ɝ": (4, 1, 0), "ɞ": (4, 1, 1),
    "ʌ": (4, 1.5, 0), "ɔ": (4, 2, 1), "æ": (5, 0, 0), "ɐ": (5, 1, 0), "a": (6, 0.5, 0), "ɶ": (6, 0, 1), "ɑ": (6, 2, 0),
    "ɒ": (6, 2, 1),
}  # fmt: skip
"""How open, how far back, how rounded."""
LETTER, MARK = 2.0, 0.25
"""What a letter (of a diphthong or an affricate) or a mark costs that only one of two phones has."""
TONE = re.compile(rf"(?<=[{''.join(VOWELS)}])ɜ$")
"""How espeak-ng writes the rising tone of Mandarin, as in iɜ."""
LETTERS_OF_A_PHONE = 3
IPA = "".join((*PLACES, *VOWELS))
ONLY_IPA = re.compile("[\u0250-\u02ff\u01c0-\u01c3\u035c\u0361]")
"""Characters that no ordinary word has."""
UNLIKE = 4.0
"""A distance from which on one phone does not stand for another."""


def nearest_phone(symbol: str, known: Iterable[str]) -> str | None:
    """The one of `known` that sounds most like `symbol`; None where none does, or `symbol` is no IPA. A letter with
    other marks (é for e) is near in any script."""
    distance, phone = min(((_distance(symbol, other), other) for other in known), default=(UNLIKE, ""))
    return phone if distance < UNLIKE else None


def nearest_phones(symbol: str, known: Collection[str]) -> tuple[str, ...]:
    """The same, or several in a row, as for a rime that espeak-ng takes for one phone: o, n and ɡ for onɡ."""
    whole = nearest_phone(symbol, known)
    if whole is not None:
        return (whole,)
    parts = letters(symbol)
    each = [nearest_phone(letter, known) for letter in parts] if len(parts) > 1 else []
    return tuple(one for one in each if one is not None) if None not in each else ()


def letters(symbol: str) -> str:
    """`symbol` without its marks: of length, stress, tone, accent."""
    symbol = TONE.sub("", symbol)
    # ç is a letter of IPA, é is none
    parts = (
        c if _place(c) is not None else unicodedata.normalize("NFD", c) for c in unicodedata.normalize("NFC", symbol)
    )
    return "".join(c for part in parts for c in part if unicodedata.category(c) in ("Ll", "Lo", "Lu"))


def may_be_phone(written: str) -> bool:
    """Whether somebody who writes IPA may mean a phone by this. Not by `name`, and not by `id`, where a vowel and a
    consonant stand together that ordinary writing has, too."""
    if ONLY_IPA.search(written):
        return True
    ours = letters(written)
    both = re.search("[aeiouy]", ours) and re.search("[b-df-hj-np-tv-xz]", ours)
    ordinary = both or re.search(r"\d\d", written) or not all(c.isascii() or c in IPA for c in ours)
    return 0 < len(ours) <= LETTERS_OF_A_PHONE and not ordinary


def _distance(a: str, b: str) -> float:
    """Of letters as an edit distance, and of marks."""
    ours, theirs = letters(a), letters(b)
    if not ours or not theirs:
        return UNLIKE
    row = [0.0, *accumulate(map(_alone, theirs))]
    for x in ours:
        diagonal, row[0] = row[0], row[0] + _alone(x)
        for j, y in enumerate(theirs, 1):
            change = min(diagonal + _between(x, y), row[j] + _alone(x), row[j - 1] + _alone(y))
            diagonal, row[j] = row[j], change
    marks = set(unicodedata.normalize("NFD", a)) ^ set(unicodedata.normalize("NFD", b))
    return row[-1] + MARK * sum(unicodedata.category(c) in ("Mn", "Lm") for c in marks)


def _alone(letter: str) -> float:
    """What a letter costs that stands in one of two phones only; of one that is no IPA nobody can tell."""
    return LETTER if letter in VOWELS or _place(letter) is not None else UNLIKE


@cache
def _between(a: str, b: str) -> float:
    if a == b:
        return 0.0
    if a in VOWELS and b in VOWELS:
        (open_a, back_a, round_a), (open_b, back_b, round_b) = VOWELS[a], VOWELS[b]
        return abs(open_a - open_b) / 2 + abs(back_a - back_b) + abs(round_a - round_b)
    place_a, place_b = _place(a), _place(b)
    if place_a is None or place_b is None:
        return UNLIKE
    voice = float((a in VOICELESS) != (b in VOICELESS))
    if a in RHOTIC and b in RHOTIC:
        return 0.5 + voice + abs(place_a - place_b) / 10
    kinds = {kind for kind, members in LETTERS.items() if a in members or b in members}
    manner = 0.0 if len(kinds) == 1 else 1.5 if "fricative" in kinds and "nasal" not in kinds else 3.0
    liquid = sum((a in group) != (b in group) for group in (LATERAL, RHOTIC))
    return abs(place_a - place_b) / 2 + voice + manner + liquid


def _place(letter: str) -> float | None:
    return next((place for letters, place in PLACES.items() if letter in letters), None)
