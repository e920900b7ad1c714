"""Phones to shapes of the mouth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.serving.visemes import BY_LETTER, LETTERS, viseme
from tts.text.phones import VOWELS

EXAMPLES = {
    0: ["sil", ",", ".", "—", "7"],
    1: ["æ", "ə", "ʌ", "ɐ̃"],
    2: ["ɑː", "a"],
    4: ["ɛ", "eɪ", "ʊ"],
    5: ["ɜː", "ɚ"],
    6: ["iː", "j", "ᵻ"],
    7: ["uː", "w", "y"],
    8: ["oʊ", "õ"],
    9: ["aʊ"],
    10: ["ɔɪ"],
    11: ["aɪ"],
    12: ["h"],
    13: ["ɹ"],
    14: ["l", "ɫ", "l̩"],
    15: ["s", "z", "ts"],
    16: ["ʃ", "tʃ", "dʒ"],
    17: ["ð"],
    18: ["f", "v", "pf"],
    19: ["t", "d", "n", "θ", "tʰ"],
    20: ["k", "ɡ", "ŋ"],
    21: ["p", "b", "m"],
}


@pytest.mark.parametrize("number", EXAMPLES)
def test_phones_have_their_viseme(number: int) -> None:
    assert [viseme(symbol) for symbol in EXAMPLES[number]] == [number] * len(EXAMPLES[number])


def test_every_vowel_has_one_and_no_letter_two() -> None:
    assert set(BY_LETTER) >= VOWELS
    assert len(BY_LETTER) == sum(map(len, LETTERS.values()))


@given(st.text(min_size=1, max_size=5))
def test_whatever_a_voice_calls_a_phone_has_a_viseme(symbol: str) -> None:
    assert viseme(symbol) in range(22)
