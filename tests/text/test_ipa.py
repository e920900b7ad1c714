"""Tokens written as IPA."""

from __future__ import annotations

import pytest

from tts.text.config import TextConfig
from tts.text.frontend import front_end
from tts.text.ipa import ipa


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Go.", "ɡˈoʊ."),
        ("Hello, you!", "həlˈoʊ, juː!"),
        ("It costs 5 pounds", "ɪt kˈɔsts fˈaɪv pˈaʊndz"),
    ],
)
def test_words_are_apart_and_stress_is_before_its_vowel(text: str, written: str) -> None:
    assert ipa(front_end(TextConfig())(text)) == written
