"""Lists whose first line, or whose objects, name their columns: several names of one role, and some that promise what
is not there."""

import json
from pathlib import Path

import pytest

from tests.corpora.folders import problems, read, remarked, rows, sounds, text
from tts.corpora.auto import Auto
from tts.errors import UserError

SAID = ("He came home at ten.", "She left at 5.", "Nobody knew it.")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sounds(tmp_path, "0.wav", "1.wav", "2.wav")


def listed(folder: Path, names: str, *columns: object) -> Path:
    """With a column of what is given for each name, and the texts for `text`."""
    text(folder / "metadata.csv", "\n".join([names, *(",".join(map(str, row)) for row in zip(*columns, strict=True))]))
    return folder


def said(root: Path) -> list[str]:
    return remarked(Auto(str(root)).recognised())


def unused(root: Path) -> str:
    return "".join(line.removeprefix("columns that are not used: ") for line in said(root))


@pytest.mark.parametrize("flags", [("True", "False", "True"), ("yes", "", "no"), (1, 0, 1), ("0.9", "0.8", "1")])
def test_a_flag_that_is_called_as_texts_are_is_no_text(folder: Path, flags: tuple[object, ...]) -> None:
    root = listed(folder, "file,text,normalized", range(3), SAID, flags)
    assert [r.text for r in read("auto", root)] == list(SAID)
    assert unused(root) == "normalized"


def test_a_text_as_it_is_read_may_be_numbers_and_short_words(folder: Path) -> None:
    root = listed(folder, "file,text,normalized", range(3), ("Yes.", "No.", "Yes."), ("yes", "no", "yes"))
    assert [r.text for r in read("auto", root)] == ["yes", "no", "yes"]
    assert said(root) == []


def test_where_the_text_as_it_is_read_is_empty_the_written_one_is_taken(folder: Path) -> None:
    root = listed(folder, "file,text,normalized_text", range(3), SAID, ("", "she left at five", ""))
    assert [r.text for r in read("auto", root)] == [SAID[0], "she left at five", SAID[2]]
    assert said(root) == []
    (folder / "metadata.csv").unlink()
    objects = [
        {"audio": "0", "text": "By 5.", "normalized_text": None},
        {"audio": "1", "text": "5", "normalized": "five"},
    ]
    text(folder / "all.jsonl", "\n".join(map(json.dumps, objects)))
    assert [r.text for r in read("auto", folder)] == ["By 5.", "five"]


@pytest.mark.parametrize(
    ("names", "other"),
    [("file,text,transcript", "transcript"), ("file,text,voice,actor", "actor"), ("path,audio,text", "audio"),
     ("file,text,reader,speaker_id", "reader"), ("file,text,clip", "clip")],
)  # fmt: skip
def test_of_two_columns_of_one_role_the_one_that_is_not_used_is_named(folder: Path, names: str, other: str) -> None:
    columns = [SAID if name == "text" else ("a", "b", "c") for name in names.split(",")]
    columns[0] = ("0.wav", "1.wav", "2.wav")
    assert unused(listed(folder, names, *columns)) == other


def test_other_names_of_the_same_files_are_not_named(folder: Path) -> None:
    root = listed(folder, "id,path,audio,text", range(3), (0, 1, 2), ("a/0.wav", "a/1.wav", "a/2.wav"), SAID)
    assert said(root) == []


def test_of_two_names_of_one_role_in_json_the_one_that_is_not_used_is_named(folder: Path) -> None:
    objects = [{"audio": n, "text": "x", "transcript": said} for n, said in zip("012", SAID, strict=True)]
    text(folder / "all.jsonl", "\n".join(map(json.dumps, objects)))
    assert unused(folder) == "transcript"
    text(folder / "all.jsonl", "\n".join(map(json.dumps, [objects[0], {"audio": "1", "transcript": SAID[1]}])))
    assert [r.text for r in read("auto", folder)] == ["x", SAID[1]]


def test_one_name_twice_in_other_letters_is_refused(folder: Path) -> None:
    for names in ("file,text,TEXT", "file,Text,TEXT"):
        with pytest.raises(UserError, match=rf":1: .* two columns '{names.split(',')[1]}' and 'TEXT'; rename"):
            read("auto", listed(folder, names, range(3), SAID, SAID))


def test_a_column_of_speakers_that_is_empty_in_every_line_says_nothing(folder: Path) -> None:
    assert rows(read("auto", listed(folder, "file,speaker,text", range(3), ("", "", ""), SAID)))[0][1] == "auto"
    found = read("auto", listed(folder, "file,speaker,text", range(3), ("", "mia", "mia"), SAID))
    assert problems(found) == {"0": "metadata.csv:2: it names no speaker"}


def test_an_empty_column_of_texts_gives_way_to_a_filled_one(folder: Path) -> None:
    assert [r.text for r in read("auto", listed(folder, "file,text,sentence", range(3), "   ", SAID))] == list(SAID)


@pytest.mark.parametrize("names", ["id,clip_name,text", "utt_id,recorded_as,text"])
def test_numbers_of_rows_are_not_taken_for_files_in_silence(folder: Path, names: str) -> None:
    one, other, _ = names.split(",")
    message = rf":2: two readings are possible, as '{one}' says '0' and '{other}' says '1\.wav': call the one"
    with pytest.raises(UserError, match=message):
        read("auto", listed(folder, names, range(3), ("1.wav", "2.wav", "0.wav"), SAID))
    (folder / "metadata.csv").unlink()
    objects = [{one: n, other: f"{n + 1}.wav", "text": said} for n, said in enumerate(SAID[:2])]
    text(folder / "all.jsonl", "\n".join(map(json.dumps, objects)))
    with pytest.raises(UserError, match=message.replace(":2:", ":1:")):
        read("auto", folder)


def test_ids_that_are_names_of_files_stay_so_beside_other_files(folder: Path) -> None:
    sounds(folder, "a.wav", "b.wav", "c.wav")
    root = listed(folder, "id,prompt_wav,text", "abc", ("0.wav", "1.wav", "2.wav"), SAID)
    assert [r.id for r in read("auto", root)] == ["a", "b", "c"]
    root = listed(folder, "id,clip_name,text", range(3), ("0.wav", "1.wav", "2.wav"), SAID)
    assert [r.id for r in read("auto", root)] == ["0", "1", "2"]
