"""Braces hold phones; in an ordinary text they may hold anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.errors import UserError
from tts.synthesis.reading import read_tokens
from tts.text.braces import without_notes
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd
from tts.text.symbols import SymbolTable

ENGLISH = TextConfig(language="en-us")
TABLE = SymbolTable.from_tokens([TextFrontEnd(ENGLISH)("A quick brown fox jumps over lazy dogs with her ring.")])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Dear {name}, hello", "Dear name, hello"),
        ("{id} {url} {no}", "id url no"),
        ("x = {1, 2, 3}", "x = 1, 2, 3"),
        ('{"who": {"name": "Ann"}}', '"who": "name": "Ann"'),
        ("{{user_name}} {}", "user_name {}"),
        ("{TP53}", "TP53"),
        ("{你好}", "你好"),
    ],
)
def test_braces_around_anything_else_are_left_out(text: str, left: str) -> None:
    assert without_notes(text, ()) == left


@pytest.mark.parametrize(
    "text",
    [
        "Say {h ə l ˈoʊ}",
        "{t s}",
        "{ts dz}",
        "{əl}",
        "{fr-fr: bonjour}",
        "{#3}a{#4 ,}",
        "{ts onɡ5}",
        "{n̩}",
        "{a5}",
        "{ja: 猫}",
    ],
)
def test_phones_languages_and_marks_stay(text: str) -> None:
    assert without_notes(text, ()) == text


def test_what_a_voice_knows_is_a_phone() -> None:
    assert without_notes("{sil} {ja}", {"ja"}) == "sil {ja}"


@given(st.lists(st.sampled_from(TABLE.symbols[3:]), min_size=1, max_size=8))
def test_every_phone_of_a_voice_can_be_given(phones: list[str]) -> None:
    spoken = [phone for phone in phones if any(c.isalpha() for c in phone)]
    text = f"{{{' '.join(spoken)}}}"
    assert without_notes(text, TABLE) == text


@given(st.text("{}ab ˈ:#1,", max_size=40))
def test_any_text_with_braces_is_read_or_refused_in_words(text: str) -> None:
    try:
        read_tokens(f"dog {text}", ENGLISH, TABLE, "en-us")
    except UserError as error:
        assert str(error)


def test_a_voice_reads_what_they_hold() -> None:
    assert read_tokens("Hello {name}, go.", ENGLISH, TABLE, "en-us").words == ("Hello", "name", "go")


def test_thousands_within_each_other_take_no_stack() -> None:
    with pytest.raises(UserError):
        read_tokens("{" * 3000 + "1" + "}" * 3000, ENGLISH, TABLE, "en-us")


def test_recordings_are_not_read_so() -> None:
    with pytest.raises(UserError, match="not a phone"):
        TextFrontEnd(ENGLISH)("x = {1, 2}")
