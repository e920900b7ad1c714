"""Measures of recordings, what is unusual about an utterance, and what is there twice."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.inspection.test_coverage import said
from tts.audio import waveform
from tts.data.manifest import read_manifest
from tts.errors import UserError
from tts.inspection.duplicates import duplicates
from tts.inspection.inspection import candidates, inspect
from tts.inspection.measures import KEPT, SILENCE, Measures, measure, measures_of
from tts.inspection.suspicious import Aligned, read_ranking, suspects
from tts.pages.report import write_report

RATE = 16000


def tone(hertz: float, seconds: float, level: float) -> torch.Tensor:
    """A sawtooth, which has harmonics as a voice does, of this RMS level in dBFS."""
    wav = torch.arange(round(seconds * RATE)) * hertz / RATE % 1 - 0.5
    return wav / wav.square().mean().sqrt() * 10 ** (level / 20)


def test_measures_of_a_known_sound() -> None:
    noise = 1e-3 * torch.randn(RATE, generator=torch.Generator().manual_seed(0))
    found = measure(torch.cat([noise, tone(150, 1.0, -20), noise]), RATE)
    assert abs(found.level + 20) < 0.3 and abs(found.noise + 60) < 1 and found.seconds == 3.0
    assert abs(found.speech - 1.0) < 0.05 and found.pitch is not None and abs(found.pitch - 150) < 2
    assert abs(found.peak - (-20 + 20 * math.log10(math.sqrt(3)))) < 0.1 and found.clipped == 0


def test_clipped_samples_are_counted_and_silence_is_no_error() -> None:
    assert measure(tone(150, 1.0, 0).clamp(-0.99, 0.99), RATE, pitch=False).clipped > 0.01
    for wav in (torch.zeros(0), torch.zeros(RATE)):
        found = measure(wav, RATE)
        assert found.level == found.peak == SILENCE and found.pitch is None and found.speech == 0


def test_measures_are_kept_and_taken_again_where_the_sound_changed(prepared_copy: Path) -> None:
    corpus = read_manifest(prepared_copy)
    first = measures_of(corpus, corpus.utterances, 1)
    path = prepared_copy / KEPT
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    lines[0]["level"] = -1.0
    path.write_text("".join(json.dumps(line) + "\n" for line in lines) + "{damaged\n")
    assert measures_of(corpus, corpus.utterances, 1)[lines[0]["id"]].level == -1.0
    changed = corpus.utterances[0]
    waveform.write(corpus.audio_path(changed), tone(150, changed.seconds, -9), corpus.info.sample_rate)
    second = measures_of(corpus, corpus.utterances, 1)
    assert abs(second[changed.id].level + 9) < 0.5
    assert {id: m for id, m in second.items() if id not in (changed.id, lines[0]["id"])}.items() <= first.items()


def test_of_a_large_corpus_a_sample_is_measured_and_the_others_are_not_suspicious(prepared_copy: Path) -> None:
    corpus = read_manifest(prepared_copy)
    found = inspect(corpus, 1, None, None, most=5)
    assert found.measured == len(found.measures) == 5 and len(found.suspects) == len(corpus.utterances)
    assert not any("read" in reason for suspect in found.suspects for reason in suspect.reasons)
    assert inspect(corpus, 1, None, None, most=5).measures.keys() == found.measures.keys() != set(list(found.by_id)[:5])
    assert "5 of 12 utterances were measured" in write_report(found).read_text("utf-8")
    everything = inspect(corpus, 1, None, None)
    assert everything.measured == 12 and "were measured" not in write_report(everything).read_text("utf-8")
    inspect(corpus, 1, None, None, most=5)
    assert len((prepared_copy / KEPT).read_text().splitlines()) == 12  # no measure is lost


def test_noisy_recordings_are_remarked_upon_and_clean_ones_not(prepared_copy: Path) -> None:
    corpus = read_manifest(prepared_copy)
    assert inspect(corpus, 1, None, None).remark() == ""
    for u in corpus.utterances:
        wav = waveform.read(corpus.audio_path(u), corpus.info.sample_rate)
        noise = 0.1 * wav.square().mean().sqrt() * torch.randn(len(wav), generator=torch.Generator().manual_seed(0))
        waveform.write(corpus.audio_path(u), wav + noise, corpus.info.sample_rate)
    assert re.match(r"noisy: speech is 2\d dB above the noise", inspect(corpus, 1, None, None).remark())


def test_measures_that_are_no_numbers_are_taken_again(prepared_copy: Path) -> None:
    corpus = read_manifest(prepared_copy)
    first = measures_of(corpus, corpus.utterances, 1)
    path = prepared_copy / KEPT
    written = path.read_text()
    for value in ("NaN", "-Infinity", "1e999", "[" * 100_000, "9" * 5000, '"a"', "null"):
        path.write_text(re.sub(r'"level": [^,]*', f'"level": {value}', written))
        assert measures_of(corpus, corpus.utterances, 1) == first


def test_a_sound_that_cannot_be_read_is_the_most_suspicious(prepared_copy: Path) -> None:
    corpus = read_manifest(prepared_copy)
    broken, gone = corpus.utterances[3:5]
    corpus.audio_path(broken).write_bytes(b"fLaC")
    corpus.audio_path(gone).unlink()
    found = inspect(corpus, 1, None, None).suspects
    assert {s.utterance.id for s in found[:2]} == {broken.id, gone.id}
    assert found[0].reasons == ["its sound cannot be read"] and len(found) == 12


def usual(**other: float) -> Measures:
    return Measures(
        **{"seconds": 1.2, "speech": 1.0, "level": -20.0, "noise": -60.0, "peak": -6.0, "clipped": 0.0} | other
    )


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"speech": 0.3}, "short for its text"),
        ({"speech": 3.0}, "long for its text"),
        ({"level": -35.0}, "quieter than the others"),
        ({"level": -8.0}, "louder than the others"),
        ({"noise": -35.0}, "more noise than in the others"),
        ({"pitch": 240.0}, "a higher voice than in the others"),
        ({"clipped": 0.0005}, "clipped samples"),
        ({"noise": -90.0}, ""),
        ({"speech": 1.1, "level": -21.0}, ""),
    ],
)
def test_what_is_unusual_for_the_speaker_is_a_reason(other: dict[str, float], reason: str) -> None:
    utterances = said(*["abcdefghij"] * 12)
    measures = {u.id: usual(pitch=120.0) for u in utterances}
    measures["u5"] = usual(**{"pitch": 120.0} | other)
    found = suspects(utterances, utterances, measures, {})
    reasons = {s.utterance.id: s.reasons for s in found if s.reasons}
    assert reasons == ({"u5": [reason]} if reason else {})
    assert found[0].utterance.id == "u5" or not reason or reason == "clipped samples"


def test_a_file_that_was_cut_off_is_a_reason() -> None:
    whole, last = said("one", "two")
    cut = replace(last, original_seconds=2.14, whole_seconds=2.67)
    first, second = suspects([whole, cut], [], {}, {})
    assert (first.utterance, first.reasons) == (cut, ["its file was cut off: 2.14 s of 2.67 are there"])
    assert not second.reasons


def test_a_few_utterances_are_not_compared() -> None:
    utterances = said("abc", "abc", "abc")
    measures = {u.id: usual(level=-20.0 - 15 * i) for i, u in enumerate(utterances)}
    assert not any(s.reasons for s in suspects(utterances, utterances, measures, {}))


def test_an_aligner_s_ranking_comes_before_measures() -> None:
    utterances = said(*["abcdefghij"] * 12)
    measures = {u.id: usual(level=-50.0 if u.id == "u1" else -20.0) for u in utterances}
    aligned = {"u7": Aligned(-6.0, 0.5, "b"), "u3": Aligned(-2.0, 1.2, "c"), "u4": Aligned(1.0, math.nan, "c")}
    found = suspects(utterances, utterances, measures, aligned)
    assert [s.utterance.id for s in found[:4]] == ["u7", "u3", "u4", "u1"]
    assert [s.reasons for s in found[:3]] == [["fits its text badly, least at b"], ["sounds like another text"], []]


@pytest.mark.parametrize(
    "content", ["id\tdeviation\nu1\tx\n", "id\nu1\n", "id\tdeviation\tleast_certain_phone\tmisfit\nu1\n"]
)
def test_a_damaged_ranking_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "ranking.tsv").write_text(content)
    with pytest.raises(UserError, match=r"ranking\.tsv"):
        read_ranking(tmp_path)


def test_texts_and_sounds_that_are_there_twice() -> None:
    utterances = said("One two.", "one two", "three", "One, two!")
    measures = {
        u.id: Measures(1, 1, -20, -60, -6, 0, None, "same" if u.id in ("u0", "u2") else u.id) for u in utterances
    }
    found = duplicates(utterances, measures)
    assert found.texts == [["u0", "u1", "u3"]] and found.sounds == [["u0", "u2"]]


def test_sentences_are_the_user_s_or_the_project_s(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("# mine\nOne.\n\nTwo.\nOne.\n")
    assert candidates("ru", tmp_path / "mine.txt") == ["One.", "Two."]
    assert candidates("ru", None) == [] and len(candidates("de", None)) == 60
