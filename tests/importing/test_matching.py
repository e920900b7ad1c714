"""A given text beside what a recogniser heard."""

from __future__ import annotations

import pytest

from tts.importing.matching import read_parts
from tts.importing.recognition import Word
from tts.importing.spoken_text import Part

pytest.importorskip("rapidfuzz")

TEXT = (
    "It was a bright day in April. The clocks were striking thirteen, and Winston slipped quickly through the doors. "
    "Behind him, a cloud of dust came in. The hallway smelt of boiled cabbage and old rag mats."
)
PREFACE = "This book was written in the year of the great flood. The author thanks all of his friends for their help. "


def heard(text: str, start: float = 0.0) -> list[Word]:
    """A word each half second."""
    return [Word(f" {word}", start + 0.5 * i, start + 0.5 * i + 0.4, 1.0) for i, word in enumerate(text.split())]


def said(parts: list[Part]) -> list[str]:
    return [part.text for part in parts if not part.problem]


def test_what_was_read_gets_its_times() -> None:
    parts = read_parts(TEXT, heard(TEXT), "en-us")
    assert [part.text for part in parts] == [
        "It was a bright day in April.",
        "The clocks were striking thirteen,",
        "and Winston slipped quickly through the doors.",
        "Behind him,",
        "a cloud of dust came in.",
        "The hallway smelt of boiled cabbage and old rag mats.",
    ]
    assert [part.ends_sentence for part in parts] == [True, False, True, False, True, True]
    assert [part.start for part in parts] == [0, 3.5, 6, 9.5, 10.5, 13.5]
    assert not any(part.problem or part.apart for part in parts)
    assert all(part.agreement == 1 for part in parts)


def test_a_preface_that_nobody_read_is_left_out() -> None:
    parts = read_parts(PREFACE + TEXT, heard(TEXT), "en-us")
    assert [part.problem for part in parts[:2]] == ["not heard", "not heard"]
    assert said(parts) == said(read_parts(TEXT, heard(TEXT), "en-us"))
    assert parts[2].start == 0


def test_a_sentence_that_is_read_in_another_order_is_told_from_one_that_is_not_read() -> None:
    *first, last = ["Nobody asked who had paid.", "The river froze in the night.", "He kept the letters in a tin."]
    text, spoken = " ".join([last, *first, "Six boats were sold."]), " ".join([*first, last])
    problems = [part.problem for part in read_parts(text, heard(spoken), "en-us")]
    assert problems == ["heard in another order than the text's", "", "", "not heard"]


def test_a_remark_that_is_not_in_the_text_is_in_no_part_of_it() -> None:
    first, rest = TEXT.split(" Behind")
    spoken = f"{first} Sorry, let me drink something before we go on. Behind{rest}"
    parts = read_parts(TEXT, heard(spoken), "en-us")
    assert said(parts) == said(read_parts(TEXT, heard(TEXT), "en-us"))
    assert [part.text for part in parts if part.apart] == ["Behind him,"]
    behind = next(part for part in parts if part.text == "Behind him,")
    assert behind.start == 0.5 * spoken.split().index("Behind")


def test_words_that_were_misheard_do_not_matter_and_lower_the_agreement() -> None:
    spoken = TEXT.replace("boiled cabbage", "broiled garbage").replace("It was", "She was")
    parts = read_parts(TEXT, heard(spoken), "en-us")
    assert said(parts) == said(read_parts(TEXT, heard(TEXT), "en-us"))
    assert 0.8 < parts[-1].agreement < 1 and parts[0].start == 0
    parts = read_parts(TEXT, heard(TEXT.replace("boiled cabbage", "green soup")), "en-us")
    assert parts[-1].agreement == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Do not go, it is late.", "Don't go, it's late."),
        ("I would not, if I were you. They will not come.", "I'd not, if I were you. They won't come."),
        ("I am sorry, that's not a valid extension.", "I'm sorry, that is not a valid extension."),
        ("i am sorry thats not a valid extension", "I'm sorry, that is not a valid extension."),
        ("The colour grey, the colour blue.", "The color gray, the color blue."),
        ("Websites, and open source.", "Web sites, and opensource."),
        ("Websites,", "Web sites,"),
    ],
)
def test_another_spelling_is_no_other_word(text: str, spoken: str) -> None:
    for one, other in ((text, spoken), (spoken, text)):
        parts = read_parts(one, heard(other), "en-us")
        assert " ".join(said(parts)) == one and not any(part.apart for part in parts)
        assert min(part.agreement for part in parts) > 0.8
        assert (parts[0].start, parts[-1].end) == (0, pytest.approx(0.5 * len(other.split()) - 0.1))


def test_what_is_said_in_the_place_of_other_words_is_not_taken_for_them() -> None:
    text = "Tom came home. Nobody saw the moon rise, he said."
    parts = read_parts(text, heard("Tom came home. Let me drink some water first, he said."), "en-us")
    assert said(parts) == ["Tom came home.", "he said."]


def test_a_sentence_is_divided_where_words_are_said_that_it_lacks_and_one_may_be_misheard() -> None:
    text = "Please enter your number now."
    quick = [w._replace(start=w.start / 2, end=w.end / 2) for w in heard("Please enter your own number now.")]
    parts = read_parts(text, quick, "en-us")
    assert [(part.text, part.agreement) for part in parts] == [(text, pytest.approx(5 / 6))]
    parts = read_parts(text, heard("Please enter your own secret number now."), "en-us")
    assert [(part.text, part.apart) for part in parts] == [("Please enter your", False), ("number now.", True)]
    assert (parts[0].after, parts[1].before) == (pytest.approx(1.7), pytest.approx(2.2))


def test_a_sentence_of_which_words_were_skipped_is_not_used() -> None:
    parts = read_parts(TEXT, heard(TEXT.replace("of boiled cabbage ", "")), "en-us")
    assert parts[-1].problem == "words of it were not heard"


def test_numbers_are_the_same_as_their_words() -> None:
    parts = read_parts("He had 21 hats and $5.", heard("He had twenty-one hats and five dollars."), "en-us")
    assert [part.agreement for part in parts] == [1.0]


def test_a_part_is_divided_where_it_is_said_with_a_long_pause() -> None:
    words = heard("He had twenty-one hats")
    words += heard("of red felt.", start=3.0)
    parts = read_parts("He had 21 hats of red felt.", words, "en-us")
    assert [(part.text, part.start, part.ends_sentence) for part in parts] == [
        ("He had 21 hats", 0, False),
        ("of red felt.", 3, True),
    ]


def test_nothing_heard_and_nothing_written_are_no_error() -> None:
    assert [part.problem for part in read_parts("One two three.", [], "en-us")] == ["not heard"]
    assert read_parts("", heard("One two three."), "en-us") == []
    assert read_parts("… — !", heard("One two three."), "en-us") == []


def test_a_text_without_marks_is_divided_where_its_reader_pauses_and_only_what_is_unheard_is_lost() -> None:
    lines = [" ".join(f"{word}{line}" for word in "abcdefgh") for line in "klmnopqrs"]
    words = [word for i, line in enumerate(lines) for word in heard(line, 5.0 * i)]
    parts = read_parts("\n".join(lines), words, "en-us")
    assert [part.text for part in parts] == lines and not any(part.problem for part in parts)
    parts = read_parts("\n".join(lines), words[:26] + words[30:], "en-us")
    assert [part.text for part in parts if part.problem] == [" ".join(lines[3].split()[2:6])]
    assert " ".join(said(parts)).split() == [word for word in " ".join(lines).split() if word not in lines[3][6:18]]


def test_a_text_without_marks_is_divided_at_a_pause_beside_a_misheard_word() -> None:
    lines = [" ".join(f"{word}{line}" for word in "abcdefgh") for line in "klmnopqrs"]
    spoken = [f"{line[:-2]}zzz" for line in lines]
    words = [word for i, line in enumerate(spoken) for word in heard(line, 5.0 * i)]
    assert said(read_parts(" ".join(lines), words, "en-us")) == lines


def test_a_number_is_not_divided_between_its_words() -> None:
    text = "we paid $5 million for it in 1984 and " * 6
    words = [Word(f" {word}", i, i + 0.3, 1.0) for i, word in enumerate(text.split())]
    parts = read_parts(text, words, "en-us")
    assert " ".join(part.text for part in parts).split() == text.split()
    assert not any(part.text.endswith("$5") or part.problem for part in parts)
