"""`corpus=auto`: which layout a folder has."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.corpora.folders import read, rows, shown, sounds, text
from tts.corpora.auto import Auto
from tts.corpora.corpus import Recording
from tts.corpora.lists.layouts import CommonVoice, Piper
from tts.corpora.preview import first_rows
from tts.errors import UserError


def test_what_it_recognises_keeps_what_is_given(tmp_path: Path) -> None:
    sounds(tmp_path, "wav/1.wav", "wav/2.wav", seconds=0.25)
    text(tmp_path / "metadata.csv", "wav/1.wav|mia|A first one of two.\nwav/2.wav|tom|A second one of two.")
    found = Auto(str(tmp_path), name="mine", licence="CC0-1.0", channel=1).recognised()
    assert isinstance(found, Piper) and (found.name, found.licence, found.channel) == ("mine", "CC0-1.0", 1)
    head, *lines = shown(found)
    assert head.split() == ["id", "speaker", "text", "file", "seconds"]
    assert [line.split()[:4] for line in lines] == [["1", "mia", "A", "first"], ["2", "tom", "A", "second"]]
    assert all(line.endswith("0.25") and "wav" in line for line in lines)
    sounds(tmp_path / "cv/clips", "x.mp3")
    text(tmp_path / "cv/validated.tsv", "client_id\tpath\tsentence\tlocale\nabc\tx.mp3\tYes.\ten\n")
    found = Auto(str(tmp_path / "cv")).recognised()
    assert isinstance(found, CommonVoice) and found.licence == "CC0-1.0"


def test_the_seconds_shown_are_those_that_can_be_read_and_of_how_many(tmp_path: Path) -> None:
    for name, kept in (("whole", 1.0), ("cut", 0.5)):
        soundfile.write(tmp_path / f"{name}.flac", np.random.default_rng(0).uniform(-0.5, 0.5, 32_000), 16_000)
        content = (tmp_path / f"{name}.flac").read_bytes()
        (tmp_path / f"{name}.flac").write_bytes(content[: round(kept * len(content))])
    (tmp_path / "none.flac").touch()
    text(tmp_path / "metadata.csv", "whole|One.\ncut|Two.\nnone|Three.")
    _, *lines = shown(Auto(str(tmp_path)).recognised())
    assert lines[1].endswith(", cut off from 2.00")
    whole, cut, none = (line.removesuffix(", cut off from 2.00").split()[-1] for line in lines)
    assert whole == "2.00" and 0.5 < float(cut) <= 1 and none == "unreadable"
    (one,) = (r for r in read("auto", tmp_path) if r.id == "cut")
    assert f"{len(one.load().wav) / 16_000:.2f}" == cut


def test_what_is_taken_of_several_channels_is_shown(tmp_path: Path) -> None:
    sounds(tmp_path, "a.wav", seconds=0.25)
    tone = np.sin(np.arange(4000) / 10)
    soundfile.write(tmp_path / "b.wav", np.stack([tone, 0 * tone], 1), 16_000)
    text(tmp_path / "metadata.csv", "a|One.\nb|Two.")
    head, *lines = shown(Auto(str(tmp_path)).recognised())
    assert head.split()[-2:] == ["seconds", "channel"]
    assert [line.split("0.25")[-1].strip() for line in lines] == ["", "1 of 2"]


def test_two_readings_are_refused_by_both_names(tmp_path: Path) -> None:
    sounds(tmp_path, "a.wav", "b.wav")
    text(tmp_path / "mia.txt", "a.wav|One.")
    text(tmp_path / "tom.txt", "b.wav|Two.")
    with pytest.raises(UserError, match=r"two readings .*corpus\.root=\S*/mia\.txt .*corpus\.root=\S*/tom\.txt "):
        read("auto", tmp_path)
    assert rows(read("auto", tmp_path / "tom.txt")) == [("b", "auto", "Two.")]
    (tmp_path / "tom.txt").unlink()
    text(tmp_path / "a.txt", "Something else.")
    with pytest.raises(UserError, match=r"corpus=txt_beside_audio .*'a' is 'Something else\.' by auto"):
        read("auto", tmp_path)
    text(tmp_path / "a.txt", "One.")
    text(tmp_path / "b.txt", "Two.")  # which says the same, and more
    assert rows(read("auto", tmp_path)) == [("a", "auto", "One."), ("b", "auto", "Two.")]


def test_libritts_and_vctk_are_recognised(tmp_path: Path) -> None:
    sounds(tmp_path / "l", "dev/84/12/84_12_0.wav")
    text(tmp_path / "l/dev/84/12/84_12_0.normalized.txt", "Hello there.")
    text(tmp_path / "l/dev/84/12/84_12_0.original.txt", "Hello there!")
    assert rows(read("auto", tmp_path / "l")) == [("84_12_0", "84", "Hello there.")]
    sounds(tmp_path / "v", "wav48/p225/p225_001.wav")
    text(tmp_path / "v/txt/p225/p225_001.txt", "Please call Stella.")
    assert rows(read("auto", tmp_path / "v")) == [("p225_001", "p225", "Please call Stella.")]
    (tmp_path / "v/wav48").rename(tmp_path / "v/wav16")
    assert rows(read("auto", tmp_path / "v")) == [("p225_001", "p225", "Please call Stella.")]


@pytest.mark.parametrize(
    ("given", "key"),
    [({"speaker": "mia"}, "speaker"), ({"channel": 2}, "channel"), ({"separator": "tab"}, "separator"),
     ({"speaker_folder": 1}, "speaker_folder")],
)  # fmt: skip
def test_a_key_that_the_layout_lacks_is_refused(tmp_path: Path, given: dict[str, object], key: str) -> None:
    sounds(tmp_path, "wav48/p225/p225_001.wav")
    text(tmp_path / "txt/p225/p225_001.txt", "Please call Stella.")
    with pytest.raises(UserError, match=rf"read as corpus=vctk, which has no corpus\.{key}; leave it out"):
        read("auto", tmp_path, **given)


def test_the_language_is_the_layout_s_where_none_is_given(tmp_path: Path) -> None:
    sounds(tmp_path / "v", "wav48/p225/p225_001.wav")
    text(tmp_path / "v/txt/p225/p225_001.txt", "Please call Stella.")
    text(sounds(tmp_path / "l", "a.wav") / "metadata.csv", "a|One.")
    languages = [
        Auto(str(tmp_path / name), **given).recognised().language
        for given in ({}, {"language": "en-us"}, {"language": "de"})
        for name in ("v", "l")
    ]
    assert languages == ["en-gb", "en-us", "en-us", "en-us", "de", "de"]


def test_what_cannot_be_read_is_told_of_the_layout_that_is_there(tmp_path: Path) -> None:
    sounds(tmp_path, "a.wav")
    text(tmp_path / "metadata.csv", b"a|Caf\xe9")
    text(tmp_path / "README.txt", "Recordings of mine.")
    with pytest.raises(UserError, match=r"metadata\.csv:1: not UTF-8"):
        read("auto", tmp_path)
    with pytest.raises(UserError, match=r"no such folder"):
        read("auto", tmp_path / "gone")


def test_the_first_rows_of_damaged_or_oddly_named_files(tmp_path: Path) -> None:
    sounds(tmp_path, "a.wav", "b.wav")
    text(tmp_path / "a.txt", "One.")
    odd = os.fsdecode(b"caf\xe9")
    (tmp_path / "b.wav").rename(tmp_path / f"{odd}.wav")
    text(tmp_path / f"{odd}.txt", "Two.")
    lines = [line.encode().decode() for line in shown(Auto(str(tmp_path)).recognised())]
    assert [line.split()[0] for line in lines] == ["id", "a", "caf\\udce9"]


def test_an_error_of_any_kind_does_not_stop_the_preview() -> None:
    recordings = [
        Recording("a", "mia", "One.", load=lambda: 1 / 0),
        Recording("b", "mia", "Two.", load=lambda: 1 / 0, problem="twice"),
    ]
    head, *lines = first_rows(recordings, Path()).splitlines()
    assert [line.split()[-1] for line in (head, *lines)] == ["seconds", "unreadable", "unclear"]
    assert "Two." in lines[1] and "twice" not in lines[1]


def test_a_text_of_several_lines_is_one_row_of_the_preview() -> None:
    _, *lines = first_rows([Recording("a", "mia", "One.\n\nTwo.", load=lambda: 1 / 0)], Path()).splitlines()
    assert [line.split() for line in lines] == [["a", "mia", "One.", "Two.", "unreadable"]]


def test_a_reading_that_understands_more_and_nothing_else_is_taken(tmp_path: Path) -> None:
    sounds(tmp_path, "a.wav", "b.wav", "c.wav")
    text(tmp_path / "metadata.csv", "a|One.\nb|Two | more\nc|Three.")
    for name, said in (("a", "One."), ("b", "Two, more."), ("c", "Three.")):
        text(tmp_path / f"{name}.txt", said)
    assert [said for *_, said in rows(read("auto", tmp_path))] == ["One.", "Two, more.", "Three."]


def test_a_problem_of_a_line_is_not_shown_as_its_text(tmp_path: Path) -> None:
    sounds(tmp_path, "a.wav", "b.wav", "c.wav")
    text(tmp_path / "metadata.csv", "a|One.\nb|Two | more\nc|Three.")
    for name, said in (("a", "One."), ("b", "Two, more.")):
        text(tmp_path / f"{name}.txt", said)
    with pytest.raises(UserError, match=r"'b' is unclear, metadata\.csv:2: 3 columns instead of 2; .* and corpus="):
        read("auto", tmp_path)


def test_a_folder_of_which_most_is_unclear_is_not_what_is_meant(tmp_path: Path) -> None:
    sounds(tmp_path, "mine/a.wav", "other/b.wav", "other/c.wav")
    text(tmp_path / "mine/a.txt", "One.")
    message = r"as corpus=txt_beside_audio, 2 of 3 recordings are unclear, such as other-b \(no b\.txt .*corpus\.root"
    with pytest.raises(UserError, match=message):
        read("auto", tmp_path)
    assert len(read("txt_beside_audio", tmp_path)) == 3
    assert rows(read("auto", tmp_path / "mine")) == [("a", "auto", "One.")]
    text(tmp_path / "other/b.txt", "Two.")
    assert len(read("auto", tmp_path)) == 3


def test_what_is_neither_a_folder_nor_a_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "list")
    for root in (tmp_path / "list", Path(os.devnull)):
        with pytest.raises(UserError, match="neither a folder nor a file on a disk; save the list as a file"):
            read("auto", root)
