"""One text for several recordings: which of it is read in each."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importing.told import heard, levels_as_detector, long_recording
from tts.audio import waveform
from tts.errors import UserError
from tts.importing import hearing
from tts.importing.config import PieceConfig
from tts.importing.matching import read_parts
from tts.importing.run import import_files
from tts.importing.shared_text import divided
from tts.importing.sources import find_sources

CHAPTERS = (
    "The harbour was empty. Nobody had painted the boats since spring, and it showed.",
    "A letter came on Monday. She read it twice; then she burned it.",
    "He had 21 hats. The harbour was empty again, but for one boat.",
)


def words(texts: list[str]) -> list[str]:
    return [" ".join(text.split()) for text in texts]


@given(st.permutations(range(3)))
def test_each_recording_gets_its_own_in_whatever_order_they_come(order: list[int]) -> None:
    spoken = [heard(CHAPTERS[n].lower().replace("21", "twenty-one").replace("painted", "tainted")) for n in order]
    assert words(divided("\n".join(CHAPTERS), spoken, "en-us")) == [CHAPTERS[n] for n in order]


def test_all_sentences_of_a_list_by_themselves() -> None:
    sentences = [f"{sentence.strip()}." for chapter in CHAPTERS for sentence in chapter.split(".") if sentence]
    assert divided("\n".join(sentences), [heard(sentence) for sentence in sentences], "en-us") == sentences


@given(st.permutations(range(5)), st.booleans())
def test_a_sentence_that_is_twice_in_the_text_is_found_in_any_order(order: list[int], misheard: bool) -> None:
    sentences = [
        "The river froze in the night.", "He kept the letters in a tin.", "Nobody asked who had paid.",
        "He kept the letters in a tin.", "A kettle is quicker than a fire.",
    ]  # fmt: skip
    spoken = [heard(sentences[n].replace("letters", "ladders") if misheard else sentences[n]) for n in order]
    assert divided("\n".join(sentences), spoken, "en-us") == [sentences[n] for n in order]
    # A third reading of it has no place.
    found = divided("\n".join(sentences), [*spoken, spoken[order.index(1)]], "en-us")
    assert sorted(filter(None, found)) == sorted(sentences)


@given(st.lists(st.integers(0, 6), unique=True, min_size=1))
def test_a_recording_of_one_word_is_found_where_it_is_a_sentence(order: list[int]) -> None:
    sentences = [
        "Stop.", "The river froze.", "Do not stop here.", "Yes.", "A kettle is quicker.", "Stop.", "Nobody asked.",
    ]  # fmt: skip
    stretches = divided("\n".join(sentences), [heard(sentences[n]) for n in order], "en-us")
    for n, stretch in zip(order, stretches, strict=True):
        parts = read_parts(stretch, heard(sentences[n]), "en-us")
        assert [part.text for part in parts if not part.problem] == [sentences[n]]


def test_a_word_that_is_no_sentence_of_its_own_is_not_found() -> None:
    assert divided("Stop, he said, and they did not.", [heard("Stop."), []], "en-us") == ["", ""]


@pytest.mark.parametrize("change", [str.lower, str])
def test_a_list_of_sentences_needs_no_full_stops(change: Callable[[str], str]) -> None:
    sentences = [
        change(sentence)
        for sentence in (
            "The river froze before the first of December", "He kept the letters in a tin",
            "Nobody asked who had paid for the boat", "A kettle is quicker than a fire",
        )
    ]  # fmt: skip
    order = [2, 0, 3, 1]
    spoken = [heard(sentences[n]) for n in order]
    assert divided("\n".join(sentences), spoken, "en-us") == [sentences[n] for n in order]


def test_a_list_of_sentences_needs_no_capitals() -> None:
    sentences = [
        "The river froze in the night.", "he kept the letters in a tin.", "nobody asked who had paid!",
        "a kettle is quicker", "they came late.", "Nobody knew why.",
    ]  # fmt: skip
    order = [2, 0, 5, 3, 1, 4]
    assert divided("\n".join(sentences), [heard(sentences[n]) for n in order], "en-us") == [sentences[n] for n in order]


def test_lines_of_prose_are_no_sentences() -> None:
    text = "The harbour was empty, and nobody had\npainted the boats.\nA letter came on\nMonday."
    assert divided(text, [heard(text)], "en-us")[0].split() == text.split()
    assert "had painted" in " ".join(divided(text, [heard(text)], "en-us")[0].split())


def test_what_nobody_read_stays_with_the_recording_before_it() -> None:
    first, _, third = CHAPTERS
    title = "Chapter the first."
    text = "\n\n".join([title, *CHAPTERS])
    assert words(divided(text, [heard(third), heard(first)], "en-us")) == [
        third,
        " ".join([title, first, CHAPTERS[1]]),
    ]


def test_a_clause_that_is_spelt_otherwise_stays_with_its_own_recording() -> None:
    text = "The harbour was empty.\n\nI am sorry, that's not a valid extension.\n\nMy oh my, nobody knew."
    spoken = ["The harbour was empty.", "I'm sorry, that is not a valid extension.", "Maya, nobody knew."]
    assert divided(text, [heard(one) for one in spoken], "en-us") == text.split("\n\n")


def test_recordings_of_something_else_get_nothing() -> None:
    assert divided(CHAPTERS[0], [heard(CHAPTERS[0]), heard("Quite another matter altogether."), []], "en-us") == [
        "The harbour was empty.\n\nNobody had painted the boats since spring, and it showed.",
        "",
        "",
    ]
    assert divided(CHAPTERS[0], [[], []], "en-us") == ["", ""]
    assert divided("", [heard("Hello.")], "en-us") == [""]


def test_recordings_of_one_book(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "listen", levels_as_detector)
    told = long_recording(prepared, tmp_path / "whole" / "book.flac")
    wav, rate = waveform.read_native(tmp_path / "whole/book.flac")
    pause = next(  # before a sentence in the middle
        word.start - 0.4 for before, word in pairwise(told.told[len(told.told) // 2 :])
        if word.start - before.end > 0.7
    )  # fmt: skip
    (tmp_path / "long").mkdir()
    for name, part in (("b", wav[: round(pause * rate)]), ("a", wav[round(pause * rate) :])):
        waveform.write(tmp_path / f"long/{name}.flac", part, rate)
    (tmp_path / "book.txt").write_text(" ".join(word.text.strip() for word in told.told), "utf-8")
    sources = find_sources(tmp_path / "long", tmp_path / "book.txt")
    (tmp_path / "out").mkdir()
    done, failed = import_files(sources, tmp_path / "out", told, "en-us", PieceConfig(loudness=None))
    said = {file.source.name: " ".join(piece.text for piece in file.cut.pieces).split() for file in done}
    assert not failed and not [one for file in done for one in file.cut.left_out]
    assert said == {
        "a": [word.text.strip() for word in told.told if word.start > pause],
        "b": [word.text.strip() for word in told.told if word.start < pause],
    }
    again, _ = import_files(sources, tmp_path / "out", told, "en-us", PieceConfig(loudness=None))
    assert [file.fresh for file in again] == [False, False]


def test_a_shared_text_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    for name in ("one.wav", "two.wav"):
        (tmp_path / name).touch()
    (tmp_path / "text").write_bytes(b"\0")
    with pytest.raises(UserError, match=r"text: not UTF-8, as it holds zero bytes"):
        find_sources(tmp_path, tmp_path / "text")
