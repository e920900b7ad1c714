"""Lists that hold a part of a corpus each."""

import json
from pathlib import Path

import pytest

from tests.corpora.folders import read, rows, sounds, text
from tts.errors import UserError

ONE, TWO, THREE = "The rain has stopped.", "A door stood open.", "Nobody was at home."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sounds(tmp_path, "wavs/a.wav", "wavs/b.wav", "wavs/c.wav")


@pytest.mark.parametrize("layout", ["auto", "coqui"])
@pytest.mark.parametrize(
    ("train", "other"),
    [("train.txt", "val.txt"), ("said_train_filelist.txt", "said_test_filelist.txt"),
     ("metadata_train.csv", "metadata_eval.csv")],
)  # fmt: skip
def test_lists_of_splits_are_read_together(folder: Path, layout: str, train: str, other: str) -> None:
    text(folder / train, f"wavs/a.wav|{ONE}\nwavs/b.wav|{TWO}")
    text(folder / other, f"wavs/c.wav|{THREE}")
    assert sorted(rows(read(layout, folder, name="me"))) == [("a", "me", ONE), ("b", "me", TWO), ("c", "me", THREE)]
    assert rows(read(layout, folder / other, name="me")) == [("c", "me", THREE)]


def test_folders_of_splits_are_no_speakers(tmp_path: Path) -> None:
    for split, said in {"train": ONE, "test": TWO}.items():
        sounds(tmp_path, f"{split}/{split}1.wav")
        text(tmp_path / split / "metadata.csv", f"file_name,transcription\n{split}1.wav,{said}\n")
    assert rows(read("auto", tmp_path)) == [("test-test1", "auto", TWO), ("train-train1", "auto", ONE)]


def test_a_file_in_two_lists_is_refused(folder: Path) -> None:
    text(folder / "train.txt", f"a|{ONE}\nb|{TWO}")
    text(folder / "val.txt", f"b|{THREE}")
    with pytest.raises(
        UserError, match=r"'b' is in train\.txt and in val\.txt; give one .*corpus\.root=\S*/train\.txt"
    ):
        read("coqui", folder)
    with pytest.raises(UserError, match=r"'b' is in train\.txt and in val\.txt"):
        read("auto", folder)


def test_a_list_that_begins_with_a_missing_file_is_read(folder: Path) -> None:
    text(folder / "metadata.csv", f"intro|Welcome\na|{ONE}\nb|{TWO}")
    assert [r.text for r in read("auto", folder) if not r.problem] == [ONE, TWO]


def test_half_of_a_corpus_is_not_taken_for_it(folder: Path) -> None:
    text(folder / "train.txt", f"a|{ONE}\nb|{TWO}")
    text(folder / "val.txt", 'c|"Go on|home\n')
    with pytest.raises(UserError, match=r"val\.txt"):
        read("auto", folder)


def test_a_list_of_all_is_taken_alone(folder: Path) -> None:
    text(folder / "train.txt", f"a|{ONE}\nb|{TWO}")
    text(folder / "val.txt", f"c|{THREE}")
    for name in ("metadata.csv", "all.txt"):
        text(folder / name, f"a|{ONE}\nb|{TWO}\nc|{THREE}")
        assert [id for id, _, _ in rows(read("auto", folder))] == ["a", "b", "c"]
        (folder / name).unlink()


def test_parts_of_one_file_may_be_in_two_lists(tmp_path: Path) -> None:
    sounds(tmp_path, "talk.wav", seconds=6.0)
    for name, start, said in (("train.csv", 0, ONE), ("val.csv", 3, TWO)):
        text(tmp_path / name, f"file|start|end|text\ntalk|{start}|{start + 2}|{said}")
    assert rows(read("auto", tmp_path, name="me")) == [("talk-0", "me", ONE), ("talk-3", "me", TWO)]


def test_lists_of_speakers_are_read_together_whatever_their_endings(tmp_path: Path) -> None:
    for name, ending in {"mia": "csv", "tom": "txt", "ann": "tsv"}.items():
        text(sounds(tmp_path / name, "wavs/0.wav") / f"metadata.{ending}", f"0|{name} says so.\n")
    for layout in ("auto", "ljspeech_multispeaker"):
        assert [(id, speaker) for id, speaker, _ in rows(read(layout, tmp_path))] == [
            ("ann-0", "ann"), ("mia-0", "mia"), ("tom-0", "tom"),
        ]  # fmt: skip


def test_lists_at_different_depths_are_read_together(tmp_path: Path) -> None:
    for place, said in {"train": ONE, "extra/a": TWO}.items():
        text(tmp_path / place / "metadata.csv", f"file_name,text\n0.wav,{said}\n")
        sounds(tmp_path / place, "0.wav")
    for layout in ("auto", "huggingface"):
        assert rows(read(layout, tmp_path, name="me")) == [("extra-a-0", "me", TWO), ("train-0", "me", ONE)]


def test_a_file_in_lists_at_different_depths_is_refused(tmp_path: Path) -> None:
    text(sounds(tmp_path, "train/a/0.wav") / "train/metadata.csv", f"file_name,text\na/0.wav,{ONE}\n")
    text(tmp_path / "train/a/metadata.csv", f"file_name,text\n0.wav,{ONE}\n")
    with pytest.raises(UserError, match=r"is in train/a/metadata\.csv and in train/metadata\.csv; give one"):
        read("huggingface", tmp_path)


def test_a_list_below_another_is_not_left_out(tmp_path: Path) -> None:
    text(sounds(tmp_path, "wavs/0.wav") / "metadata.csv", f"0|{ONE}\n")
    text(sounds(tmp_path / "mia", "wavs/a.wav") / "metadata.csv", f"a|{TWO}\n")
    with pytest.raises(
        UserError, match=r"metadata\.csv is read, but not mia/metadata\.csv, beside 1 .* such as a\.wav"
    ):
        read("auto", tmp_path)
    assert rows(read("auto", tmp_path / "mia", name="mia")) == [("a", "mia", TWO)]
    text(tmp_path / "metadata.csv", f"0|{ONE}\nmia/wavs/a.wav|{TWO}\n")
    assert len(rows(read("auto", tmp_path))) == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [("metadata.json", '{"version": 1}'), ("metadata.txt", "Recorded in a quiet room, with a microphone.\n"),
     ("metadata.txt", "room\n"), ("metadata.csv", "key,value\nrate,48000\n")],
)  # fmt: skip
def test_what_is_no_list_of_recordings_is_left_out(tmp_path: Path, name: str, content: str) -> None:
    text(sounds(tmp_path, "wavs/0.wav", "noise/room.wav") / "metadata.csv", f"0|{ONE}\n")
    text(tmp_path / "noise" / name, content)
    assert rows(read("auto", tmp_path, name="me")) == [("0", "me", ONE)]


@pytest.mark.parametrize("layout", ["auto", "common_voice"])
@pytest.mark.parametrize("content", ["client_id\tpath\tsentence\n", ""])
def test_an_empty_split_of_common_voice_is_left_out(tmp_path: Path, layout: str, content: str) -> None:
    text(tmp_path / "train.tsv", f"client_id\tpath\tsentence\n{'a' * 128}\t0.mp3\t{ONE}\n")
    text(sounds(tmp_path, "clips/0.mp3") / "test.tsv", content)
    assert rows(read(layout, tmp_path)) == [("0", "a" * 12, ONE)]


@pytest.mark.parametrize("layout", ["auto", "common_voice"])
def test_splits_of_common_voice_are_read_together(tmp_path: Path, layout: str) -> None:
    for n, split in enumerate(("train", "dev", "test")):
        text(tmp_path / f"{split}.tsv", f"client_id\tpath\tsentence\tlocale\n{'ab'[n % 2] * 64}\t{n}.mp3\t{ONE}\ten\n")
        sounds(tmp_path / "clips", f"{n}.mp3")
    assert [id for id, _, _ in rows(read(layout, tmp_path))] == ["0", "1", "2"]
    text(tmp_path / "validated.tsv", f"client_id\tpath\tsentence\tlocale\n{'c' * 64}\t0.mp3\t{ONE}\ten\n")
    assert [id for id, _, _ in rows(read(layout, tmp_path))] == ["0"]


@pytest.mark.parametrize("names", [("mia", "tom"), ("en_manifest", "de_manifest"), ("good_train", "rejected_train")])
def test_lists_in_json_that_are_named_by_more_than_splits_are_refused(folder: Path, names: tuple[str, str]) -> None:
    first, second = sorted(names)
    for name, id in zip((first, second), "ab", strict=True):
        text(folder / f"{name}.json", json.dumps({"audio": id, "text": ONE}))
    with pytest.raises(
        UserError, match=rf"as {first}\.json and {second}\.json may be two corpora: .*=\S+{first}\.json,"
    ):
        read("auto", folder)
    assert [r.id for r in read("nemo", folder)] == ["a", "b"]
    assert [r.id for r in read("auto", folder / f"{second}.json")] == ["b"]


def test_lists_in_json_whose_objects_name_their_speakers_are_read_together(folder: Path) -> None:
    for name, id in (("mia", "a"), ("tom", "b")):
        text(folder / f"{name}.jsonl", json.dumps({"audio": id, "text": ONE, "speaker": name}))
    assert [r.speaker for r in read("auto", folder)] == ["mia", "tom"]


@pytest.mark.parametrize("names", [("train_manifest", "val_manifest"), ("mineTrain", "mineDev"), ("part-0", "part-1")])
def test_lists_in_json_that_are_named_by_splits_are_read_together(folder: Path, names: tuple[str, str]) -> None:
    for name, id in zip(names, "ab", strict=True):
        text(folder / f"{name}.jsonl", json.dumps({"audio": id, "text": ONE}))
    assert len(read("auto", folder)) == 2
