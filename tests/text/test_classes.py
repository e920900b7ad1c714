"""Phones by manner of articulation."""

import pytest

from tts.text.classes import phone_class

EXAMPLES = {
    "vowel": ["a", "aɪ", "ɜː", "ɐ̃", "õ", "ᵻ", "ɚ"],
    "nasal": ["m", "ŋ", "n̩", "ɲ"],
    "approximant": ["l", "ɫ", "ɹ", "j", "w", "ɾ", "l̩"],
    "fricative": ["s", "ʃ", "ð", "h", "ç", "x", "ʁ"],
    "affricate": ["tʃ", "dʒ", "ts", "pf"],
    "stop": ["p", "ɡ", "ʔ", "tʰ", "kː"],
    "other": ["7", "字"],
}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_phones_have_their_class(kind: str) -> None:
    assert [phone_class(symbol) for symbol in EXAMPLES[kind]] == [kind] * len(EXAMPLES[kind])
