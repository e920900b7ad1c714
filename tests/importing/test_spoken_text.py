"""What was heard, as parts of text with times."""

from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tts.importing.recognition import Word
from tts.importing.spoken_text import clauses, heard_parts, keys


def words(*given_: tuple[str, float, float]) -> list[Word]:
    return [Word(text, start, end, 1.0) for text, start, end in given_]


def test_sentences_and_clauses_have_the_times_of_their_words() -> None:
    heard = words((" Well,", 0, 0.4), (" open", 0.5, 0.8), ("-source.", 0.8, 1.2), (" Mr.", 2, 2.2), (" Fox", 2.2, 3))
    parts = heard_parts(heard, "en-us")
    assert [(part.text, part.start, part.end, part.ends_sentence) for part in parts] == [
        ("Well,", 0, 0.4, False),
        ("open-source.", 0.5, 1.2, True),
        ("Mr. Fox", 2, 3, True),
    ]


def test_what_was_written_without_marks_is_divided_at_long_pauses() -> None:
    parts = heard_parts(words((" one", 0, 0.4), (" two", 0.5, 0.8), (" three", 1.5, 2)), "en-us")
    assert [(part.text, part.end, part.ends_sentence) for part in parts] == [
        ("one two", 0.8, False),
        ("three", 2, True),
    ]


def test_each_part_knows_where_the_words_about_it_are() -> None:
    parts = heard_parts(words((" Oh,", 0, 0.4), (" one", 0.5, 0.8), (" two.", 1.0, 1.4), (" So", 2, 2.2)), "en-us")
    assert [(part.before, part.after) for part in parts] == [(-math.inf, 0.65), (0.2, 2.1), (1.2, math.inf)]


def test_a_script_without_spaces_is_divided_at_its_own_marks() -> None:
    parts = heard_parts(words(("今日", 0, 0.5), ("は。", 0.5, 1), ("明日", 1, 1.5), ("も", 1.5, 2)), "ja")
    assert [(part.text, part.start, part.end) for part in parts] == [("今日は。", 0, 1), ("明日も", 1, 2)]
    assert len(keys("今日は", "ja")) == 3


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=12), max_size=12))
def test_any_words_have_parts_in_their_order(texts: list[str]) -> None:
    parts = heard_parts([Word(text, i, i + 0.5, 1.0) for i, text in enumerate(texts)], "en-us")
    assert all(part.start <= part.end for part in parts)
    assert all(a.start <= b.start for a, b in pairwise(parts))


@given(st.text(max_size=200))
def test_any_text_has_clauses_that_hold_all_its_letters(text: str) -> None:
    joined = "".join(clause for clause, _ in clauses(text, "en-us"))
    letters = ["".join(c for c in t if c.isalnum()) for t in (joined, text)]
    assert letters[0] == letters[1]
