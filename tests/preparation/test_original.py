"""The manifest says where in the user's file each utterance is."""

import json
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
import torch
from recordings import AUDIO, RATE, TEXT, babble, rec, run, spoken

from tts.audio import waveform
from tts.corpora.auto import Auto
from tts.corpora.corpus import Recording, Sound, from_file
from tts.corpora.lists.layouts import LJSpeech
from tts.data.manifest import PreparedCorpus, Utterance, read_manifest
from tts.preparation.limits import Limits
from tts.preparation.prepare import prepare

FILE_RATE = 16000
LONG = Limits(cut_seconds=2.0, max_seconds=3.0)


def folder_of(root: Path, **sounds: tuple[torch.Tensor, str]) -> LJSpeech:
    """A corpus as people have it: recordings at another rate than the prepared ones, in a folder of folders."""
    (root / "wavs" / "day").mkdir(parents=True)
    for name, (wav, _) in sounds.items():
        waveform.write(root / "wavs" / "day" / f"{name}.wav", waveform.resample(wav, RATE, FILE_RATE), FILE_RATE)
    (root / "metadata.csv").write_text("".join(f"day/{name}|{text}\n" for name, (_, text) in sounds.items()), "utf-8")
    return LJSpeech(str(root), name="mine")


def prepared(corpus: LJSpeech, out: Path) -> PreparedCorpus:
    prepare(corpus, out, AUDIO, TEXT, LONG, workers=0)
    return read_manifest(out)


def at_their_places(corpus: PreparedCorpus, file: Path) -> bool:
    """Whether the sound of the file, from the offset on, is that of every utterance."""
    rate = corpus.info.sample_rate
    whole = waveform.read(file, rate)
    for utterance in corpus.utterances:
        assert utterance.offset is not None
        wav = waveform.read(corpus.audio_path(utterance), rate)
        start = round(utterance.offset * rate)
        if not torch.allclose(whole[start : start + len(wav)], wav, atol=1e-3):
            return False
    return True


def test_silence_in_front_is_counted(tmp_path: Path) -> None:
    wav = torch.cat([torch.zeros(RATE), spoken(1.5)])
    corpus = prepared(folder_of(tmp_path / "my", a=(wav, "one two three")), tmp_path / "out")
    (utterance,) = corpus.utterances
    assert (utterance.id, utterance.original) == ("day-a", "wavs/day/a.wav")
    assert utterance.offset == pytest.approx(1.4 - 0.1, abs=0.02)  # the margin that is kept
    assert utterance.original_seconds == pytest.approx(len(wav) / RATE, abs=1e-3)
    assert at_their_places(corpus, tmp_path / "my/wavs/day/a.wav")


@pytest.mark.parametrize("how", ["list", "auto"])
def test_a_file_is_relative_to_the_folder_of_a_list_too(tmp_path: Path, how: str) -> None:
    folder = folder_of(tmp_path / "my", a=(spoken(1.5), "One two three."))
    corpus = Auto(folder.root).recognised() if how == "auto" else LJSpeech(f"{folder.root}/metadata.csv")
    prepare(corpus, tmp_path / "out", AUDIO, TEXT, LONG, workers=0)
    assert [u.original for u in read_manifest(tmp_path / "out").utterances] == ["wavs/day/a.wav"]


def test_pieces_of_one_file_have_a_place_each(tmp_path: Path) -> None:
    wav = spoken(1.5, 1.6, 1.4)
    text = "One two three four. One two three four. One two three four."
    corpus = prepared(folder_of(tmp_path / "my", a=(wav, text)), tmp_path / "out")
    assert [u.id for u in corpus.utterances] == ["day-a~01", "day-a~02", "day-a~03"]
    assert {(u.original, u.original_seconds) for u in corpus.utterances} == {("wavs/day/a.wav", len(wav) / RATE)}
    assert at_their_places(corpus, tmp_path / "my/wavs/day/a.wav")


def test_a_part_of_a_file_is_placed_in_the_file(tmp_path: Path) -> None:
    def load() -> Sound:
        return Sound([spoken(1.5)], RATE, start=20.0, file_seconds=60.0)

    run(tmp_path, Recording("a", "me", "one two three", load, file="/elsewhere/long.wav"))
    (utterance,) = read_manifest(tmp_path).utterances
    assert (utterance.original, utterance.original_seconds) == ("/elsewhere/long.wav", 60.0)
    assert utterance.offset == pytest.approx(20.3, abs=0.02)


def test_synthetic_speech_has_no_file(tmp_path: Path) -> None:
    run(tmp_path, rec("a", spoken(1.0)))
    (utterance,) = read_manifest(tmp_path).utterances
    assert (utterance.original, utterance.offset, utterance.original_seconds) == ("", None, None)


def test_what_was_prepared_before_is_read_as_it_is_and_placed_when_prepared_again(tmp_path: Path) -> None:
    corpus = folder_of(tmp_path / "my", a=(spoken(1.5), "one two three"))
    out = tmp_path / "out"
    now = prepared(corpus, out)
    for name, dropped in (("manifest.jsonl", ("original", "offset", "original_seconds")), ("prepared.jsonl", ())):
        rows = [json.loads(line) for line in (out / name).read_text("utf-8").splitlines()]
        for row in chain(rows, *(row.get("accepted", []) for row in rows)):
            for key in dropped or ("offset", "original_seconds"):
                row.pop(key, None)
        (out / name).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (old,) = read_manifest(out).utterances
    assert (old.original, old.offset) == (None, None)
    audio = (out / "audio" / f"{old.id}.flac").read_bytes()
    assert prepared(corpus, out).utterances == now.utterances
    assert (out / "audio" / f"{old.id}.flac").read_bytes() == audio


def test_a_folder_that_was_moved_is_prepared_no_second_time(tmp_path: Path) -> None:
    corpus = folder_of(tmp_path / "my", a=(spoken(1.5), "one two three"))
    before = prepared(corpus, tmp_path / "out")
    (tmp_path / "my").rename(tmp_path / "yours")
    stamp = before.audio_path(before.utterances[0]).stat().st_mtime_ns
    after = prepared(replace(corpus, root=str(tmp_path / "yours")), tmp_path / "out")
    assert after.utterances == before.utterances
    assert after.audio_path(after.utterances[0]).stat().st_mtime_ns == stamp


@pytest.mark.parametrize("place", [(None, 3.0), (1.0, None), (-1.0, 3.0), (3.5, 3.0), (float("nan"), 3.0)])
def test_a_place_outside_the_file_is_refused(place: tuple[float | None, float | None]) -> None:
    fields = {"symbols": ("o",), "stress": (0,), "word": (0,), "words": ("o",)}
    with pytest.raises(ValueError, match="no place in a file"):
        Utterance(
            "a", "a", "me", "train", "o", 1.0, **fields, original="a.wav", offset=place[0], original_seconds=place[1]
        )


def test_a_file_outside_the_folder_keeps_its_path(tmp_path: Path) -> None:
    waveform.write(tmp_path / "a.wav", torch.cat([torch.zeros(RATE), babble(1.0)]), RATE)
    run(tmp_path / "out", from_file("a", "me", "one two three", tmp_path / "a.wav"))
    (utterance,) = read_manifest(tmp_path / "out").utterances
    assert utterance.original == (tmp_path / "a.wav").as_posix()


@pytest.mark.parametrize("start", [-1.0, float("nan"), float("inf")])
def test_a_part_that_would_begin_nowhere_is_rejected_alone(tmp_path: Path, start: float) -> None:
    def load() -> Sound:
        return Sound([spoken(1.5)], RATE, start=start, file_seconds=60.0)

    broken = Recording("a", "me", "one two three", load, file="long.wav")
    report = run(tmp_path, broken, rec("b", spoken(1.0)))
    assert report.rejected == {"unreadable or empty audio": 1} and sum(report.utterances.values()) == 1


def test_a_length_that_is_too_small_is_not_believed(tmp_path: Path) -> None:
    """As of a file that was written while it was recorded."""

    def load() -> Sound:
        return Sound([spoken(1.5)], RATE, start=20.0, file_seconds=1.0)

    run(tmp_path, Recording("a", "me", "one two three", load, file="long.wav"))
    (utterance,) = read_manifest(tmp_path).utterances
    assert utterance.original_seconds == pytest.approx(20 + len(spoken(1.5)) / RATE)
