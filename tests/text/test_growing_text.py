"""A text that comes in pieces is the same text, and what is spoken of it early is read as it will be."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.text.growing import Written, growing_sentences
from tts.text.sentences import split_sentences

TEXTS = (
    "It rained all night. Dr. Smith paid $5.50 for 12 km, and e.g. nine eggs! Why?",
    "She said {fr-fr: bonjour à tous} and left; nobody saw her. Then came {h ə l ˈoʊ}, twice.",
    "One\n\nTwo lines\nin a paragraph.\n- an item\n- another, longer item of the list\n\nThe end",
    "   ",
    "Henry VIII. reigned from 1509 to 1547 … or so — they say: “It was long.”",
)


def events(text: str, sizes: list[int], limit: int = 300) -> list[Written]:
    pieces, rest = [], text
    for size in sizes:
        pieces.append(rest[:size])
        rest = rest[size:]
    return list(growing_sentences([*pieces, rest], "en-us", limit))


@pytest.mark.parametrize("text", TEXTS)
def test_letter_by_letter_the_sentences_are_those_of_the_whole(text: str) -> None:
    found = events(text, [1] * len(text))
    assert [written.text for written in found if written.ended] == split_sentences(text)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(TEXTS), st.lists(st.integers(0, 30), max_size=20), st.sampled_from([60, 300]))
def test_in_any_pieces_the_words_are_those_of_the_text(text: str, sizes: list[int], limit: int) -> None:
    found = events(text, sizes, limit)
    assert " ".join(w.text for w in found if w.ended).split() == " ".join(split_sentences(text, limit)).split()
    for before, after in pairwise(found):
        if not before.ended:
            assert after.text.startswith(before.text), "a sentence grows at its end"
    assert not found or found[-1].ended


def test_the_last_word_waits_for_the_next_and_a_number_for_what_it_counts() -> None:
    found = events("The cat has 9 lives, and nine tails too", [1] * 60)
    early = [written.text for written in found if not written.ended]
    assert early == ["The", "The cat", "The cat has", "The cat has 9 lives,", "The cat has 9 lives, and",
                     "The cat has 9 lives, and nine"]  # fmt: skip


def test_an_empty_line_ends_a_sentence_at_once() -> None:
    pieces = iter(["Hello ", "there\n", "\n", "never read"])
    sentences = growing_sentences(pieces, "en-us", 300)
    found = []
    for written in sentences:
        found.append(written)
        if written.ended:
            break
    assert found[-1] == Written("Hello there", True)
    assert next(pieces) == "never read"


def test_a_sentence_that_becomes_too_long_is_cut_behind_what_was_given_of_it() -> None:
    """Whole it would be cut at its comma; what follows that has been spoken by then, and is not spoken twice."""
    text = "The lamp of the old house, which stood by the door for long years, fell at last"
    assert split_sentences(text, 40)[0] == "The lamp of the old house,"
    given, ended = "", []
    for written in events(text, [1] * len(text), limit=40):
        assert written.text.startswith(given)
        given = "" if written.ended else written.text
        ended += [written.text] * written.ended
    assert ended[0] == "The lamp of the old house, which" and " ".join(ended) == text


def test_a_language_without_spaces_is_given_sentence_by_sentence() -> None:
    pieces = iter("今日は。「はい。」明日")
    first = next(growing_sentences(pieces, "ja", 300))
    assert (first, next(pieces)) == (Written("今日は。", True), "は")
    assert [w.text for w in growing_sentences("今日は。「はい。」明日", "ja", 300)] == [
        "今日は。",
        "「はい。」",
        "明日",
    ]


@pytest.mark.parametrize("text", ["x" * 50_000, "{" + "x " * 10_000, "word " * 2_000])
def test_letters_take_a_time_that_does_not_grow_with_what_came_before(text: str) -> None:
    begun = time.process_time()
    found = "".join(w.text for w in growing_sentences(text, "en-us", 300) if w.ended)
    assert found.replace(" ", "") == text.replace(" ", "")
    assert time.process_time() - begun < 5  # it was a minute


def test_what_fails_in_the_middle_fails_once_what_came_before_is_given() -> None:
    def pieces() -> Iterator[str]:
        yield "Go home. It is "
        raise OSError("gone")

    sentences = growing_sentences(pieces(), "en-us", 300)
    assert next(sentences) == Written("Go home.", True)
    with pytest.raises(OSError, match="gone"):
        list(sentences)
