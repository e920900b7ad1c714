from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.errors import UserError
from tts.resources import folder
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd, Unpronounceable, split_sentences
from tts.text.tokens import END, START

phones = TextFrontEnd(TextConfig())
graphemes = TextFrontEnd(TextConfig(units="graphemes", language="none"))


def test_punctuation_collapses_and_never_leads() -> None:
    tokens = phones('— "Well," (she) said... really?!')
    assert [s for s in tokens.symbols if s in ",.?!;:—…"] == [",", ",", "…", "?"]
    assert tokens.symbols[0] == START and tokens.symbols[-1] == END and tokens.word[1] == 0


def test_braces_are_taken_as_given() -> None:
    tokens = phones("Say {h ə l ˈoʊ} now")
    assert tokens.words == ("Say", "həlˈoʊ", "now")
    given_phones = [(s, e) for s, e, w in zip(tokens.symbols, tokens.stress, tokens.word, strict=True) if w == 1]
    assert given_phones == [("h", 0), ("ə", 0), ("l", 0), ("oʊ", 1)]
    with pytest.raises(UserError, match="not a phone"):
        phones("a {1}")


def test_words_are_the_normalised_ones() -> None:
    assert phones("5 km to Dr. Li").words == ("five", "kilometres", "to", "Doctor", "Li")


def test_graphemes_need_no_espeak() -> None:
    tokens = graphemes("Don't, Привет!")
    assert tokens.symbols == (START, *"don't", ",", *"привет", "!", END)
    assert tokens.words == ("Don't", "Привет")


@pytest.mark.parametrize("text", ["", " ... ", '"—"', "{}"])
def test_unpronounceable(text: str) -> None:
    with pytest.raises(Unpronounceable):
        phones(text)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=50) | st.text("abc ,.?!'-()of the was a", max_size=40))
def test_tokens_are_consistent(text: str) -> None:
    for front_end in (phones, graphemes):
        try:
            tokens = front_end(text)
        except UserError:
            continue
        spoken = [w for w in tokens.word if w >= 0]
        assert spoken == sorted(spoken) and set(spoken) == set(range(len(tokens.words)))
        marks = [w < 0 for w in tokens.word[1:-1]]
        assert not any(a and b for a, b in pairwise(marks)) and not marks[0]


def test_sentences_of_the_project_are_pronounceable() -> None:
    lines = (folder("sentences") / "en.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) >= 500 and len(set(lines)) == len(lines)
    assert all(len(phones(line).words) == len(line.split()) for line in lines[:60])


def test_split_sentences() -> None:
    text = 'Dr. Smith paid $3.50. He left! "Why?" asked J. R. Jones, e.g. twice. Then, etc.'
    assert split_sentences(text) == [
        "Dr. Smith paid $3.50.",
        "He left!",
        '"Why?" asked J. R. Jones, e.g. twice.',
        "Then, etc.",
    ]


@given(st.text("ab ,.;! ", max_size=300), st.integers(5, 60))
def test_split_sentences_keeps_every_letter_within_the_limit(text: str, limit: int) -> None:
    pieces = split_sentences(text, limit)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(len(piece) <= limit for piece in pieces)
