"""Subtitles and ELAN files."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pympi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.alignment.elan import eaf
from tts.alignment.files import TimedFile
from tts.alignment.subtitles import cues_of
from tts.alignment.timing import Alignment
from tts.data.manifest import Utterance
from tts.data.originals import Original
from tts.intervals import Interval
from tts.subtitles import LINE, LINES, LONGEST, Cue, cues, srt, vtt
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd

FRONT_END = TextFrontEnd(TextConfig(units="graphemes"))


def said(
    text: str, pause: float = 0.3, id: str = "a", speaker: str = "ann", offset: float = 0.0
) -> tuple[Utterance, Alignment]:
    """Every word takes 0.4 s, with a pause after each that ends with a mark."""
    tokens = FRONT_END(text)
    words, now = [], offset + 0.1
    marks = {tokens.word[i - 1] for i, symbol in enumerate(tokens.symbols) if symbol in ".,?!;:" and i}
    for number, word in enumerate(tokens.words):
        words.append(Interval(word, now, now + 0.4))
        now += 0.4 + (pause if number in marks else 0.0)
    phones = [Interval("sil", offset, offset + 0.1), *(w._replace(label=w.label[0]) for w in words)]
    fields = (tokens.symbols, tokens.stress, tokens.word, tokens.words)
    own = Utterance(id, id, speaker, "train", text, now - offset, *fields)
    return own, Alignment(words, phones, [1.0] * len(phones), -1.0)


def shown(text: str, **more: float) -> list[Cue]:
    utterance, alignment = said(text, **more)
    return list(cues(utterance.text, alignment.words))


def test_a_sentence_is_a_cue_with_its_marks_and_an_abbreviation_none() -> None:
    found = shown('"Go home," he said. Mr. Smith paid $3.50. Why?')
    assert [cue.text for cue in found] == ['"Go home," he said.', "Mr. Smith paid $3.50.", "Why?"]
    assert (found[0].start, found[1].start) == (pytest.approx(0.1), pytest.approx(0.1 + 4 * 0.4 + 2 * 0.3))
    assert found[1].end < found[2].start


def test_what_is_long_is_cut_at_clauses_and_no_word_is_lost() -> None:
    text = (
        "When the rain had fallen on the old town for days, the people went down to the river, and there they waited."
    )
    found = shown(text)
    assert [cue.text for cue in found] == [
        "When the rain had fallen on the old town for days,", "the people went down to the river,",
        "and there they waited.",
    ] or len(found) > 1  # fmt: skip
    assert " ".join(cue.text for cue in found) == text


@given(st.text(alphabet='abcé ,.?!0123456789$&<>-’"', min_size=1, max_size=300).filter(lambda t: re.search("[a-z]", t)))
def test_any_text_is_shown_whole_in_order_and_readable(text: str) -> None:
    text = " ".join(text.split())
    found = shown(text)
    assert " ".join(cue.text for cue in found) == text
    assert all(cue.start < cue.end for cue in found)
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(found))


def test_cues_are_readable() -> None:
    found = shown("A lamp stood by the door of the old house and nobody saw it there at night " * 5)
    assert len(found) > 4
    for cue in found:
        assert cue.end - cue.start <= LONGEST and len(cue.text) <= LINE * LINES


def test_scripts_without_spaces_are_cut_at_their_marks() -> None:
    words = [Interval(label, float(i), i + 0.5) for i, label in enumerate(["雨", "が", "降った", "町", "は", "静か"])]
    own = replace(said("a")[0], text="雨が降った。「町は静か。」")
    assert [(c.text, c.start, c.end) for c in cues(own.text, words)] == [
        ("雨が降った。", 0.0, 2.5),
        ("「町は静か。」", 3.0, 5.5),
    ]


def file(*parts: tuple[Utterance, Alignment]) -> TimedFile:
    return TimedFile(Original("a", "wavs/a & b.wav", 4000.0, tuple(u for u, _ in parts)), parts)


def test_subtitles_of_a_file_are_numbered_and_timed() -> None:
    shown = cues_of(file(said("Go home.", id="a~01"), said("5 < 6 & so on.", id="a~02", offset=3661.5)))
    assert srt(shown) == (
        "1\n00:00:00,100 --> 00:00:00,900\nGo home.\n\n2\n01:01:01,600 --> 01:01:04,400\n5 < 6 & so on.\n"
    )
    assert vtt(shown) == (
        "WEBVTT\n\n00:00:00.100 --> 00:00:00.900\nGo home.\n\n01:01:01.600 --> 01:01:04.400\n5 &lt; 6 &amp; so on.\n"
    )


def test_elan_reads_tiers_of_everyone(tmp_path: Path) -> None:
    ann, bob = said("Go home.", id="a~01"), said("No & <no>\x01.", id="a~02", speaker="Bob", offset=0.5)
    (tmp_path / "a.eaf").write_text(eaf(file(ann, bob), tmp_path), "utf-8")
    read = pympi.Eaf(str(tmp_path / "a.eaf"))
    assert list(read.get_tier_names()) == [
        "ann - utterances", "Bob - utterances", "ann - words", "ann - phones", "Bob - words", "Bob - phones",
    ]  # fmt: skip
    assert read.get_annotation_data_for_tier("ann - words") == [(100, 500, "Go"), (500, 900, "home")]
    assert read.get_annotation_data_for_tier("Bob - utterances") == [(500, 3400, "No & <no>\ufffd.")]
    assert read.get_linked_files()[0]["RELATIVE_MEDIA_URL"] == "./a & b.wav"
    (tmp_path / "b.eaf").write_text(eaf(file(ann), tmp_path), "utf-8")
    assert list(pympi.Eaf(str(tmp_path / "b.eaf")).get_tier_names()) == ["utterances", "words", "phones"]


def linked(content: str) -> tuple[str, str]:
    """Where ELAN looks for the sound: an absolute place, and one as seen from the .eaf."""
    found = re.search('MEDIA_URL="([^"]*)".* RELATIVE_MEDIA_URL="([^"]*)"', content)
    assert found is not None
    return found[1], found[2]


def test_elan_finds_the_sound_where_it_is(tmp_path: Path) -> None:
    for path in (tmp_path / "my speech/wavs/a.wav", tmp_path / "out/a.wav"):
        path.parent.mkdir(parents=True)
        path.touch()
    at, out = tmp_path.as_posix(), tmp_path / "out"
    timed = replace(file(said("Go home.")), sound=tmp_path / "my speech/wavs/a.wav")
    assert linked(eaf(timed, out)) == (f"file://{at}/my speech/wavs/a.wav", "../my speech/wavs/a.wav")
    assert linked(eaf(replace(timed, sound=out / "a.wav"), out)) == (f"file://{at}/out/a.wav", "./a.wav")
    # Of one that was moved, where it was, and beside the .eaf.
    assert linked(eaf(replace(timed, sound=tmp_path / "gone/a.wav"), out)) == (f"file://{at}/gone/a.wav", "./a.wav")
    assert linked(eaf(replace(timed, sound=None), out)) == ("wavs/a &amp; b.wav", "./a &amp; b.wav")
