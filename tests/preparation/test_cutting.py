"""Silence is trimmed, and long recordings are cut."""

from functools import partial
from pathlib import Path

import pytest
from recordings import AUDIO, load, rec, run, spoken

from tts.audio import waveform
from tts.corpora.corpus import Recording
from tts.data.manifest import read_manifest
from tts.intervals import Interval, read_textgrid


def test_silence_is_trimmed_to_the_margin_and_truth_moves_along(tmp_path: Path) -> None:
    truth = {"phones": [Interval("sil", 0.0, 0.4), Interval("a", 0.4, 0.9), Interval("b", 0.9, 1.4)]}
    run(tmp_path, Recording("a", "me", "one two", partial(load, spoken(1.0), truth)))
    corpus = read_manifest(tmp_path)
    (utterance,) = corpus.utterances
    assert utterance.seconds == pytest.approx(1.2, abs=0.03)
    wav = waveform.read(corpus.audio_path(utterance), AUDIO.sample_rate)
    assert len(wav) == round(utterance.seconds * AUDIO.sample_rate)
    phones = read_textgrid(tmp_path / "truth" / "a.TextGrid")["phones"]
    assert [p.label for p in phones] == ["sil", "a", "b"]
    assert phones[1].start == pytest.approx(0.1, abs=0.02) and phones[2].end == pytest.approx(1.1, abs=0.02)


def test_long_recordings_are_cut_where_text_and_pauses_agree(tmp_path: Path) -> None:
    sentences = ["Aaaa bbbb cccc dddd eeee.", "Ffff gggg.", "Hhhh iiii jjjj kkkk llll mmmm nnnn."]
    wav = spoken(*(0.15 * sum(c.isalpha() for c in s) for s in sentences))
    report = run(tmp_path, rec("x", wav, " ".join(sentences)), rec("y", spoken(1.0)))
    pieces = [u for u in read_manifest(tmp_path).utterances if u.recording == "x"]
    assert [u.text for u in pieces] == sentences
    assert [u.id for u in pieces] == ["x~01", "x~02", "x~03"]
    assert [u.seconds for u in pieces] == pytest.approx([3.2, 1.4, 4.4], abs=0.05)
    assert len({u.split for u in pieces}) == 1 and report.cut == 1
