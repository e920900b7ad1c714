"""What was heard where the text says otherwise, and which of both the sound fits."""

from dataclasses import replace
from math import inf
from pathlib import Path

import pytest

from tests.importing.told import heard
from tts.data.manifest import read_manifest
from tts.importing import fit
from tts.importing.config import ChoiceConfig
from tts.importing.fit import Clip, Fit, fits
from tts.importing.recognition import within
from tts.importing.rivals import Rival, rivals

pytest.importorskip("rapidfuzz")


@pytest.mark.parametrize(
    ("text", "said", "expected"),
    [
        ("The river froze in May.", "the river froze in May", []),
        ("It cost $5, they're sure.", "It cost five dollars. They are sure", []),
        ("The colour of the harbour.", "the color of the harbor", []),
        (
            "Close it on the third of June, or so.",
            "close it on the first of June or so",
            [Rival("third", "first", "Close it on the first of June, or so.")],
        ),
        (
            "Only the cold wind moved.",
            "Only the wind moved.",
            [Rival("cold", "", "Only the wind moved.")],
        ),
        (
            "She saw a small light.",
            "She saw a small green light",
            [Rival("", "green", "She saw a small green light.")],
        ),
        ("Chapter one. The boat left.", "The boat left", [Rival("Chapter one.", "", "The boat left.")]),
        ("The boat left.", "then the boat left at noon", []),
    ],
)
def test_words_that_differ_are_found_and_what_is_spelt_alike_is_not(
    text: str, said: str, expected: list[Rival]
) -> None:
    assert list(rivals(text, heard(said), "en-us")) == expected


def test_a_reason_says_what_was_heard() -> None:
    assert str(Rival("cold", "", "")) == "'cold' was not heard"
    assert str(Rival("", "green", "")) == "'green' was heard, which its text lacks"
    assert str(Rival("third", "first", "")) == "'first' was heard, where its text has 'third'"


@pytest.mark.parametrize(
    ("contradiction", "gain", "most", "doubted", "expected"),
    [
        ("", None, 20.0, True, False),
        ("'cold' was not heard", 30.0, 20.0, False, True),
        ("'cold' was not heard", 10.0, 20.0, True, False),
        ("'cold' was not heard", None, 20.0, True, True),
        ("'cold' was not heard", None, 20.0, False, False),
        ("'cold' was not heard", None, inf, True, False),
        ("'cold' was not heard", 1e9, inf, True, False),
    ],
)
def test_a_text_is_contradicted_by_what_fits_the_sound_better(
    contradiction: str, gain: float | None, most: float, doubted: bool, expected: bool
) -> None:
    judged = Fit(-3.0, 0.3, "cold", 1.0, contradiction=contradiction, gain=gain)
    assert judged.is_contradicted(most, doubted) == expected


def test_words_of_a_piece_are_those_between_its_times() -> None:
    words = heard("one two three four")
    assert [word.text for word in within(words, 0.5, 1.3)] == [" two", " three"]
    assert not within(words, 5.0, 6.0)


def test_the_sound_decides_between_the_text_and_what_was_heard(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "ENOUGH", 5.0)
    corpus = read_manifest(prepared)
    clips = [Clip(u.id, corpus.audio_path(u), u.seconds, u.text) for u in corpus.utterances]
    chosen = max(clips, key=lambda clip: len(clip.text))
    words, rest = chosen.text.split(), [clip for clip in clips if clip is not chosen]
    said, instead = words[1], max(rest[0].text.split(), key=len)
    other = " ".join([words[0], instead, *words[2:]])
    wrong = replace(chosen, text=other, rivals=(Rival(instead, said, chosen.text),))
    slip = replace(chosen, rivals=(Rival(said, instead, other),))
    limit = ChoiceConfig().most_contradiction
    for one, is_wrong in ((wrong, True), (slip, False)):
        found = fits([*rest, one], None, "en-us", tmp_path / str(is_wrong))
        judged = found[chosen.id]
        assert judged.gain is not None and (judged.gain > limit) == is_wrong, judged
        assert judged.contradiction == str(one.rivals[0])
        assert all(not found[clip.id].contradiction for clip in rest)
        assert found == fits([*rest, one], None, "en-us", tmp_path / str(is_wrong)), "kept"


def test_where_too_little_was_said_nobody_can_tell(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = read_manifest(prepared)
    monkeypatch.setattr(fit, "ENOUGH", 1e6)
    clips = [Clip(u.id, corpus.audio_path(u), u.seconds, u.text) for u in corpus.utterances]
    assert not any(one.contradiction for one in fits(clips, None, "en-us", tmp_path).values())
    same = Rival("?", "!", clips[1].text.upper())
    clips[:2] = [replace(clips[0], rivals=(Rival("a", "b", "What was heard."),)), replace(clips[1], rivals=(same,))]
    found = fits(clips, None, "en-us", tmp_path)
    judged = found[clips[0].id]
    assert judged.gain is None and judged.contradiction == "'b' was heard, where its text has 'a'"
    assert not found[clips[1].id].contradiction, "what sounds the same contradicts nothing"
