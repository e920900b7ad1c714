"""Text that comes in pieces: what is complete, and that nothing is lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.serving.clauses import SHORTEST, Clauses
from tts.serving.errors import Refused
from tts.serving.feed import Feed

TEXT = (
    "It is 3.5 miles, said Dr. Smith. Go home! When the rain had fallen on the old town for many long days, the "
    "people went down to the river: 1,000,000 of them… {fr-fr: Bonjour, monsieur.} And then?\n\nA new paragraph, "
    "5 €.\n- one\n- "
)


def cut(text: str, *places: int) -> list[str]:
    edges = [0, *sorted(places), len(text)]
    return [text[a:b] for a, b in pairwise(edges)]


def said(pieces: list[str]) -> list[str]:
    clauses = Clauses("en-us")
    return [text for piece in pieces for text in clauses.add(piece)] + clauses.flush()


def test_a_sentence_is_complete_when_the_next_begins() -> None:
    clauses = Clauses("en-us")
    assert clauses.add("Go home.") == [] and clauses.add(" ") == []
    assert clauses.add("T") == ["Go home."]
    assert clauses.add("hen Dr.") == [] and clauses.add(" Smith paid 3.") == [] and clauses.add("5 miles") == []
    assert clauses.flush() == ["Then Dr. Smith paid 3.5 miles"] and clauses.flush() == []


def test_a_long_clause_is_spoken_before_its_sentence_is_whole() -> None:
    clauses = Clauses("en-us")
    first = "When the rain had fallen on the old town for many long days,"
    assert len(first) >= SHORTEST
    assert clauses.add(first) == [] and clauses.add(" the") == [first]
    assert clauses.add(" people, too, went 1,000 miles") == []


@given(st.lists(st.integers(0, len(TEXT)), max_size=40))
def test_however_a_text_is_cut_all_of_it_is_spoken_once(places: list[int]) -> None:
    assert "".join("".join(said(cut(TEXT, *places))).split()) == "".join(TEXT.split())


def test_letter_by_letter_sentences_are_those_of_the_whole_text() -> None:
    text = "It is 3.5 miles, said Dr. Smith. Go home! And then? Yes."
    assert said(list(text)) == ["It is 3.5 miles, said Dr. Smith.", "Go home!", "And then?", "Yes."]


@settings(max_examples=40)
@given(st.text(max_size=200), st.lists(st.integers(0, 200), max_size=10))
def test_any_text_can_come(text: str, places: list[int]) -> None:
    assert all(len(piece) <= 300 for piece in said(cut(text, *(min(p, len(text)) for p in places))))


def test_a_document_of_ssml_is_one() -> None:
    text = "<speak>Go home. It is late. Now.</speak>"
    assert said(cut(text, 3, 7, 20, 30)) == [text]


def test_a_feed_takes_no_more_than_it_may() -> None:
    feed = Feed("en-us", most=50)
    assert feed.idle
    feed.add("Go home now, please. " * 2)
    assert not feed.idle
    with pytest.raises(Refused) as refused:
        feed.add("Go home now.")
    assert refused.value.status == 413
