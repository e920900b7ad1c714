"""An import from files to pieces, with a recogniser that knows what was said."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.importing.told import Told, levels_as_detector, long_recording
from tts.audio import waveform
from tts.errors import UserError
from tts.importing import hearing, run
from tts.importing.activity import RATE, Activity
from tts.importing.config import PieceConfig
from tts.importing.folder import DRAFT, piece_ids, wav_path, write_cut
from tts.importing.identity import holds_others
from tts.importing.run import import_files, settle
from tts.importing.sources import find_sources
from tts.settings.schema import plain
from tts.storage.files import fingerprint, stamp

CONFIG = PieceConfig(loudness=None)


@pytest.fixture(autouse=True)
def no_detector(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "listen", levels_as_detector)


@pytest.fixture
def recording(prepared: Path, tmp_path: Path) -> Callable[[str], Told]:
    """`recording(NAME)`: a long recording `long/NAME`, and who knows what is said in it."""
    return lambda name: long_recording(prepared, tmp_path / "long" / name)


def imported(tmp_path: Path, told: Told, config: PieceConfig = CONFIG) -> tuple[list[run.Done], dict[str, str]]:
    out = tmp_path / "out"
    out.mkdir(exist_ok=True)
    done, failed = import_files(find_sources(tmp_path / "long", None), out, told, "en-us", config)
    settle(done, out)
    return done, failed


def test_pieces_are_the_sound_of_the_file_at_their_times(recording: Callable[[str], Told], tmp_path: Path) -> None:
    told = recording("one.flac")
    [file], failed = imported(tmp_path, told)
    assert not failed and not file.cut.left_out
    assert " ".join(piece.text for piece in file.cut.pieces).split() == [word.text.strip() for word in told.told]
    whole, rate = waveform.read_native(tmp_path / "long/one.flac")
    for id, piece in zip(piece_ids("one", file.cut), file.cut.pieces, strict=True):
        wav, own = waveform.read_native(wav_path(tmp_path / "out", id))
        first = round(piece.start * rate)
        assert own == rate and torch.equal(wav, whole[first : first + len(wav)])
        assert len(wav) / rate == pytest.approx(piece.end - piece.start)
        assert piece.text[-1] in ".?"


def test_the_given_text_is_taken_instead_of_what_was_heard(recording: Callable[[str], Told], tmp_path: Path) -> None:
    told = recording("one.flac")
    text = " ".join(word.text.strip() for word in told.told)
    (tmp_path / "long/one.txt").write_text(f"A preface which nobody reads aloud.\n{text}", "utf-8")
    told.told = [word._replace(text=word.text.lower().replace("lamp", "ramp")) for word in told.told]
    [file], _ = imported(tmp_path, told)
    assert " ".join(piece.text for piece in file.cut.pieces) == text
    assert [one.reason for one in file.cut.left_out] == ["not heard"]


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("first", [True, False])
def test_no_piece_holds_words_that_the_text_lacks(
    recording: Callable[[str], Told], tmp_path: Path, count: int, first: bool
) -> None:
    told = recording("one.flac")
    ends = [n for n, word in enumerate(told.told) if word.text[-1] in ".?"]
    lacking = range(ends[0] + 1, ends[0] + 1 + count) if first else range(ends[1] + 1 - count, ends[1] + 1)
    text = " ".join(word.text.strip() for n, word in enumerate(told.told) if n not in lacking)
    (tmp_path / "long/one.txt").write_text(text, "utf-8")
    [file], _ = imported(tmp_path, told)
    assert len(file.cut.pieces) > 1 and {one.reason for one in file.cut.left_out} == {"no pause to cut at"}
    for word in (told.told[n] for n in lacking):
        assert not any(piece.start < word.middle < piece.end for piece in file.cut.pieces)


@pytest.mark.parametrize("shared", [False, True])
def test_the_numbers_of_a_list_are_no_text(
    recording: Callable[[str], Told], tmp_path: Path, capsys: pytest.CaptureFixture[str], shared: bool
) -> None:
    told = recording("one.flac")
    text = " ".join(word.text.strip() for word in told.told)
    sentences = [f"{sentence}." for sentence in text.removesuffix(".").split(". ")]
    (tmp_path / "list.txt").write_text("".join(f"{n}. {one}\n" for n, one in enumerate(sentences, 1)), "utf-8")
    if shared:
        waveform.write(tmp_path / "long/two.flac", torch.zeros(RATE), RATE)
    (tmp_path / "out").mkdir()
    sources = find_sources(tmp_path / "long", tmp_path / "list.txt")
    file, *_ = import_files(sources, tmp_path / "out", told, "en-us", CONFIG)[0]
    assert " ".join(piece.text for piece in file.cut.pieces) == text
    said = "list.txt: what stands before its sentences, such as '1. ', is not read and left out"
    assert capsys.readouterr().out.count(said) == 1


def test_a_list_that_is_read_in_one_recording_is_cut_at_its_lines(
    recording: Callable[[str], Told], tmp_path: Path
) -> None:
    told = recording("one.flac")
    text = " ".join(word.text.strip() for word in told.told)
    lines = [sentence.lower().rstrip(".?") for sentence in text.replace("? ", ". ").split(". ")]
    (tmp_path / "list.txt").write_text("\n".join(lines), "utf-8")
    (tmp_path / "out").mkdir()
    sources = find_sources(tmp_path / "long", tmp_path / "list.txt")
    config = PieceConfig(loudness=None, shortest=0.5, preferred=0.5)
    [file], _ = import_files(sources, tmp_path / "out", told, "en-us", config)
    assert [piece.text for piece in file.cut.pieces] == lines


def test_what_is_done_is_not_done_again(recording: Callable[[str], Told], tmp_path: Path) -> None:
    told = recording("one.flac")
    [first], _ = imported(tmp_path, told)
    calls = told.calls
    [again], _ = imported(tmp_path, told)
    assert first.fresh and not again.fresh and again.cut == first.cut and told.calls == calls
    # Other settings of the pieces need no new hearing.
    [other], _ = imported(tmp_path, told, PieceConfig(loudness=None, preferred=2.0, longest=3.0))
    assert other.fresh and told.calls == calls
    assert {path.stem for path in (tmp_path / "out/wavs").iterdir()} == set(piece_ids("one", other.cut))


def test_an_import_that_was_stopped_goes_on_within_the_file(
    recording: Callable[[str], Told], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "LONGEST_WINDOW", 5.0)
    told = recording("one.flac")
    told.until = 2
    with pytest.raises(KeyboardInterrupt):
        imported(tmp_path, told)
    with (tmp_path / "out/heard/one.jsonl").open("a", encoding="utf-8") as heard:
        heard.write('["cut sho')  # as a crash leaves it
    told.until = 10**9

    def again(path: Path) -> Activity:
        raise AssertionError("speech is not looked for again")

    with monkeypatch.context() as patch:
        patch.setattr(hearing, "listen", again)
        [file], _ = imported(tmp_path, told)
    broken = told.calls
    fresh = Told(torch.from_numpy(told.wav), told.told)
    (tmp_path / "fresh").mkdir()
    [whole], _ = import_files(find_sources(tmp_path / "long", None), tmp_path / "fresh", fresh, "en-us", CONFIG)
    assert whole.cut == file.cut and broken == fresh.calls > 2


def test_a_damaged_file_is_named_and_left_out(
    recording: Callable[[str], Told], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = recording("one.flac")
    (tmp_path / "long/bad.mp3").write_bytes(b"no sound at all" * 100)
    done, failed = imported(tmp_path, told)
    assert [file.source.name for file in done] == ["one"] and list(failed) == ["bad"]
    assert "bad.mp3" in capsys.readouterr().err
    (tmp_path / "long/one.flac").unlink()
    with pytest.raises(UserError, match=r"bad\.mp3: not readable as audio \(it is a text\)$"):
        imported(tmp_path, told)
    assert not capsys.readouterr().err, "which would say it twice"
    (tmp_path / "long/worse.mp3").touch()
    with pytest.raises(UserError, match=r"none of 2 files can be imported, for the reasons above$"):
        imported(tmp_path, told)
    assert [line.partition(": ")[0] for line in capsys.readouterr().err.splitlines()] == ["left out", "left out"]


def test_what_was_stopped_while_it_wrote_pieces_of_other_settings_is_not_taken_for_done(
    recording: Callable[[str], Told], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = recording("one.flac")
    [first], _ = imported(tmp_path, told)
    wavs = tmp_path / "out/wavs"
    before = {path.name: path.read_bytes() for path in wavs.iterdir()}
    write = waveform.write

    def stopping(path: Path, wav: torch.Tensor, rate: int) -> None:
        write(path, wav, rate)
        raise KeyboardInterrupt

    monkeypatch.setattr(waveform, "write", stopping)
    with pytest.raises(KeyboardInterrupt):
        imported(tmp_path, told, PieceConfig(loudness=-40))
    monkeypatch.setattr(waveform, "write", write)
    (wavs / "one-9999.flac").write_bytes(b"of the run that was stopped")
    (wavs / "one-0001-0001.flac").write_bytes(b"of a file that is called one-0001")
    [again], _ = imported(tmp_path, told)
    after = {path.name: path.read_bytes() for path in wavs.iterdir()}
    assert again.cut == first.cut and after.pop("one-0001-0001.flac") and after.pop("one-9999.flac")
    assert after == before and not again.fresh, "as nothing of the earlier import was changed"
    [other], _ = imported(tmp_path, told, PieceConfig(loudness=-40))
    assert {path.stem for path in wavs.iterdir()} == {*piece_ids("one", other.cut), "one-0001-0001"}


def test_pieces_are_put_in_the_place_of_others_even_if_that_is_stopped(
    recording: Callable[[str], Told], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = recording("one.flac")
    imported(tmp_path, told)
    replace_file = Path.replace

    def stopping(path: Path, target: Path) -> Path:
        found = replace_file(path, target)
        if DRAFT in path.parts and target.suffix == ".flac":
            raise KeyboardInterrupt
        return found

    quiet = PieceConfig(loudness=-40)
    monkeypatch.setattr(Path, "replace", stopping)
    with pytest.raises(KeyboardInterrupt):
        imported(tmp_path, told, quiet)
    monkeypatch.setattr(Path, "replace", replace_file)
    calls = told.calls
    [file], _ = imported(tmp_path, told, quiet)
    assert file.fresh and told.calls == calls, "nothing is heard again"
    (tmp_path / "fresh").mkdir()
    [whole], _ = import_files(find_sources(tmp_path / "long", None), tmp_path / "fresh", told, "en-us", quiet)
    for id in piece_ids("one", file.cut):
        assert wav_path(tmp_path / "out", id).read_bytes() == wav_path(whole.folder, id).read_bytes()
    assert not (tmp_path / "out" / DRAFT).exists()


def test_a_full_disk_ends_the_import_and_is_no_fault_of_a_file(
    recording: Callable[[str], Told], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = recording("one.flac")

    def full(path: Path, wav: torch.Tensor, rate: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(waveform, "write", full)
    with pytest.raises(OSError, match="No space left"):
        imported(tmp_path, told)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are always Unicode")
def test_a_name_that_is_no_unicode_is_imported(recording: Callable[[str], Told], tmp_path: Path) -> None:
    told = recording("one.flac")
    (tmp_path / "long/one.flac").rename(tmp_path / os.fsdecode(b"long/\xff|one.flac"))
    [file], _ = imported(tmp_path, told)
    [again], _ = imported(tmp_path, told)
    assert file.cut.pieces and not again.fresh


def test_a_folder_that_was_moved_or_copied_is_known(recording: Callable[[str], Told], tmp_path: Path) -> None:
    told = recording("one.flac")
    [first], _ = imported(tmp_path, told)
    calls = told.calls
    (tmp_path / "moved").mkdir()
    moved = (tmp_path / "long/one.flac").rename(tmp_path / "moved/one.flac")
    os.utime(moved, (0, 0))  # as a copy has another time
    sources = find_sources(tmp_path / "moved", None)
    assert not holds_others(tmp_path / "out", sources)
    for _ in range(2):
        [again], _ = import_files(sources, tmp_path / "out", told, "en-us", CONFIG)
        assert not again.fresh and told.calls == calls
        assert again.cut == replace(first.cut, path=str(moved)), "in its new place"
    other = recording("one.flac")
    waveform.write(tmp_path / "long/one.flac", torch.from_numpy(other.wav) / 2, RATE)
    assert holds_others(tmp_path / "out", find_sources(tmp_path / "long", None))
    (tmp_path / "long/one.flac").rename(tmp_path / "long/two.flac")
    assert holds_others(tmp_path / "out", find_sources(tmp_path / "long", None))


def test_a_folder_of_an_earlier_version_is_known(recording: Callable[[str], Told], tmp_path: Path) -> None:
    told = recording("one.flac")
    [first], _ = imported(tmp_path, told)
    out, source = tmp_path / "out", first.source
    (out / "heard/one.json").unlink()
    earlier = fingerprint(stamp(source.path), None, "told", "en-us", plain(CONFIG), str(source.path))
    write_cut(out, "one", replace(first.cut, fingerprint=earlier))
    assert not holds_others(out, [source])
    calls = told.calls
    [again], _ = imported(tmp_path, told)
    assert not again.fresh and told.calls == calls
