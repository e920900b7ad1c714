"""Lists that hold a part of a corpus each."""

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
