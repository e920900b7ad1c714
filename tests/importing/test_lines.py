"""Whether the lines of a text are sentences or the width of its page."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.importing.lines import line_by_line
from tts.text.sentences import split_sentences

SENTENCES = [
    "the river froze before the first of december", "i am sorry that is no extension", "he kept the letters in a tin",
    "press one to hear the message again and two to leave", "nobody asked", "a kettle is quicker than a fire",
    "all of them came late and left early", "thank you for calling",
]  # fmt: skip
PROSE = (
    "Mr. Fox had painted the boats in spring, and it showed. A letter came on Monday from Mrs. Hill, who had read it "
    "twice and burned it. Nobody knew why! He had 21 hats, of which Tom wore one. The harbour was empty again, but for "
    "one boat that Winston had left there in the winter of the great flood. They asked him, and he went."
)


def sentences(text: str) -> list[str]:
    return split_sentences(line_by_line(text))


@pytest.mark.parametrize("changed", [
    {}, {"i am": "I am"}, {"december": "December"}, {"nobody asked": "Nobody asked."},
    {"no extension": "no extension. please try again", "i am": "I am"}, {"again and": "again. and"},
])  # fmt: skip
@pytest.mark.parametrize("joined", ["\n", "\n\n", " \r\n"])
def test_each_line_of_a_list_is_one_whatever_its_capitals_and_stops(changed: dict[str, str], joined: str) -> None:
    lines = SENTENCES
    for old, new in changed.items():
        lines = [line.replace(old, new) for line in lines]
    for every in (lines, [line.capitalize() for line in lines]):
        assert list(filter(None, line_by_line(joined.join(every)).split("\n\n"))) == every


@given(st.lists(st.sampled_from(SENTENCES), min_size=2, max_size=8), st.booleans())
def test_a_list_of_any_length(lines: list[str], stops: bool) -> None:
    lines = [f"{line}." for line in lines] if stops else lines
    assert sentences("\n".join(lines)) == lines


@given(st.integers(30, 100), st.sampled_from(["", "  "]))
def test_prose_that_is_wrapped_at_any_width_has_the_sentences_of_the_same_on_one_line(width: int, indent: str) -> None:
    wrapped = "\n".join(textwrap.wrap(PROSE, width, initial_indent=indent))
    assert sentences(wrapped) == split_sentences(PROSE)
    chapter = f"CHAPTER ONE\nThe harbour\n{wrapped}\n\n{wrapped}"
    assert sentences(chapter) == ["CHAPTER ONE", "The harbour", *split_sentences(PROSE), *split_sentences(PROSE)]


def test_lines_of_verse_are_apart() -> None:
    verse = [
        "The boats lay in the harbour",
        "And nobody had come",
        "To paint them in the autumn",
        "Or carry them home.",
    ]
    assert sentences("\n".join(verse)) == verse
