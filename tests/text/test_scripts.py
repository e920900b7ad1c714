"""Words in another script than a text's are read in a language that is written so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.synthesis.reading import read_growing, read_tokens
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd, Unpronounceable
from tts.text.scripts import with_languages
from tts.text.symbols import SymbolTable

ENGLISH = TextConfig(language="en-us")
SENTENCES = [
    "The quick brown fox jumps over a lazy dog, and she thinks of joy, of the hour, of voices and of her aunt."
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The word 中文 means Chinese.", "The word {cmn: 中文} means Chinese."),
        ("Москва, столица России, is big.", "{ru: Москва}, {ru: столица России}, is big."),
        ("π and α, η Αθήνα", "π and α, {el: η Αθήνα}"),
        ("an iPhone的手机", "an iPhone{cmn: 的手机}"),
        ("in 2024年", "in 2024{cmn: 年}"),
        ("a ラーメン bar", "a {ja: ラーメン} bar"),
        ("a 東京タワー bar", "a {ja: 東京タワー} bar"),
        ("שלום and مرحبا بالعالم!", "{he: שלום} and {ar: مرحبا بالعالم}!"),
        ("नमस्ते दुनिया", "{hi: नमस्ते दुनिया}"),
        ("{h ə l ˈoʊ} Привет {ru: да}", "{h ə l ˈoʊ} {ru: Привет} {ru: да}"),
        ("Great King Moogle 一 first of his name", "Great King Moogle — first of his name"),
        ("«Да-да».", "«{ru: Да-да}»."),
        ("naïve Ångström, a Wеb of СO2", "naïve Ångström, a Wеb of СO2"),
    ],
)
def test_each_word_goes_to_the_language_of_its_script(text: str, expected: str) -> None:
    assert with_languages(text, "en-us") == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ru", "Слово 中文 по-русски", "Слово {cmn: 中文} по-русски"),
        ("ja", "今日は東京へ", "今日は東京へ"),
        ("ko", "大韓民國 만세", "大韓民國 만세"),
        ("cmn", "这是 English。", "这是 English。"),
        ("el", "Το Internet", "Το Internet"),
    ],
)
def test_a_language_keeps_the_words_that_are_written_in_it(language: str, text: str, expected: str) -> None:
    assert with_languages(text, language) == expected


@given(st.text(max_size=60))
def test_nothing_but_braces_is_added(text: str) -> None:
    found = with_languages(text.replace("{", "").replace("}", ""), "en-us")
    bare = [part.split(": ", 1)[-1] if i % 2 else part for i, part in enumerate(found.replace("}", "{").split("{"))]
    assert "".join(bare) == text.replace("{", "").replace("}", "")


def test_a_voice_says_such_a_word_with_phones_that_it_has() -> None:
    table = SymbolTable.from_tokens(map(TextFrontEnd(ENGLISH), SENTENCES))
    tokens = read_tokens("The word 中文 and Москва.", ENGLISH, table, "en-us")
    assert tokens.words == ("The", "word", "中文", "and", "Москва")
    table.encode(tokens, "u1")
    assert {language for language, word in zip(tokens.language, tokens.word, strict=True) if word == 2} == {"cmn"}
    assert sum(word == 2 for word in tokens.word) >= 4


def test_such_words_are_spoken_while_they_are_written_too() -> None:
    table = SymbolTable.from_tokens(map(TextFrontEnd(ENGLISH), SENTENCES))
    *_, (tokens, ended) = read_growing(["She ", "said ", "Москва ", "again."], ENGLISH, table, "en-us", 300)
    assert ended and tokens.words == ("She", "said", "Москва", "again")


def test_recordings_are_not_read_so() -> None:
    with pytest.raises(Unpronounceable, match="'Москва' in en-us"):
        TextFrontEnd(ENGLISH)("She said Москва.")
