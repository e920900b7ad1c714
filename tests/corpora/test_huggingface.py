"""Parquet and Arrow, as `datasets` writes them; the files are made by pyarrow alone."""

import json
from pathlib import Path

import pytest

from tests.corpora.folders import read, remarked, rows, shown, sounds
from tts.corpora.huggingface import HuggingFace
from tts.errors import UserError

pyarrow = pytest.importorskip("pyarrow", reason="pip install '.[huggingface]'")
parquet = pytest.importorskip("pyarrow.parquet")


def table(folder: Path, count: int = 5):
    sounds(folder, *(f"{n}.wav" for n in range(count)), seconds=0.2)
    audio = [{"bytes": (folder / f"{n}.wav").read_bytes(), "path": f"{n}.wav"} for n in range(count)]
    return pyarrow.table(
        {
            "id": list(range(count)),
            "audio": pyarrow.array(audio, pyarrow.struct({"bytes": pyarrow.binary(), "path": pyarrow.string()})),
            "transcription": [f"Text {n}." for n in range(count)],
            "speaker_id": [n % 2 for n in range(count)],
        }
    )


@pytest.mark.parametrize("layout", ["huggingface", "auto"])
@pytest.mark.parametrize("kind", ["parquet", "stream", "file"])
def test_tables_with_the_sound_in_them(tmp_path: Path, kind: str, layout: str) -> None:
    content, folder = table(tmp_path / "made"), tmp_path / "set/data"
    folder.mkdir(parents=True)
    if kind == "parquet":
        parquet.write_table(content, folder / "train-00000-of-00001.parquet", row_group_size=2)
    else:
        new = pyarrow.ipc.new_stream if kind == "stream" else pyarrow.ipc.new_file
        with new(folder / "data-00000-of-00001.arrow", content.schema) as writer:
            writer.write_table(content, max_chunksize=2)
        (folder / "state.json").write_text(json.dumps({"_data_files": []}))
    recordings = read(layout, tmp_path / "set")
    assert rows(recordings) == [(str(n), str(n % 2), f"Text {n}.") for n in range(5)]
    assert [len(recordings[n].load().wav) for n in (4, 0, 3)] == [1600] * 3


def test_a_channel_of_the_sound_in_a_table(tmp_path: Path) -> None:
    sounds(tmp_path / "made", "0.wav", channels=2)
    audio = [{"bytes": (tmp_path / "made/0.wav").read_bytes(), "path": None}]
    parquet.write_table(pyarrow.table({"audio": audio, "text": ["Hello."]}), tmp_path / "a.parquet")
    (recording,) = read("huggingface", tmp_path / "a.parquet", channel=2)
    assert recording.id == "a-000000" and recording.load().channel == "2 of 2"
    assert rows(read("auto", tmp_path / "a.parquet", speaker="me")) == [("a-000000", "me", "Hello.")]


def test_what_a_table_lacks_is_named(tmp_path: Path) -> None:
    parquet.write_table(pyarrow.table({"sound": ["x"], "text": ["Hello."]}), tmp_path / "a.parquet")
    with pytest.raises(UserError, match=r"a\.parquet: no column of sound .* among its columns sound, text"):
        read("auto", tmp_path)
    parquet.write_table(table(tmp_path / "made").drop(["transcription"]), tmp_path / "a.parquet")
    with pytest.raises(UserError, match=r"no text among its columns id, audio, speaker_id; it may be called"):
        read("huggingface", tmp_path)
    (tmp_path / "a.parquet").write_bytes(b"PAR1 or not")
    with pytest.raises(UserError, match=r"a\.parquet: not readable"):
        read("huggingface", tmp_path)


SOUND = pyarrow.struct({"bytes": pyarrow.binary(), "path": pyarrow.string()})


def one_column_of_sound(folder: Path, audio: list[object], **columns: object) -> Path:
    folder.mkdir(exist_ok=True)
    texts = columns.pop("text", [f"Text {n}." for n in range(len(audio))])
    kind = columns.pop("kind", SOUND)
    parquet.write_table(
        pyarrow.table({"audio": pyarrow.array(audio, kind), "text": texts, **columns}), folder / "a.parquet"
    )
    return folder


def test_rows_without_sound_and_paths_that_say_nothing(tmp_path: Path) -> None:
    sounds(tmp_path / "made", "0.wav")
    data = (tmp_path / "made/0.wav").read_bytes()
    audio = [None, {"bytes": None, "path": None}, {"bytes": data, "path": "x.wav"}, {"bytes": data, "path": "x.wav"}]
    found = read("huggingface", one_column_of_sound(tmp_path / "a", [*audio, {"bytes": data, "path": "."}]))
    assert [r.id for r in found] == [f"a-{n:06d}" for n in range(5)]
    for recording in found[:2]:
        with pytest.raises(UserError, match=r"a\.parquet: row \d: no sound in it"):
            recording.load()
    assert [line.split()[-1] for line in shown(HuggingFace(str(tmp_path / "a")))[1:3]] == [
        "unreadable", "unreadable",
    ]  # fmt: skip


def test_a_row_whose_text_stands_for_none_is_left_out(tmp_path: Path) -> None:
    sound = {"bytes": (sounds(tmp_path / "made", "0.wav") / "0.wav").read_bytes(), "path": None}
    folder = one_column_of_sound(tmp_path / "a", [sound] * 3, text=["It rained.", "nan", None])
    found = read("huggingface", folder)
    assert [(r.text, r.problem.partition(";")[0]) for r in found] == [
        ("It rained.", ""), ("nan", "its text is 'nan', which stands for none"), ("", ""),
    ]  # fmt: skip


def test_sound_outside_the_folder_of_a_table_is_not_opened(tmp_path: Path) -> None:
    sounds(tmp_path, "out.wav", "a/in.wav")
    names = [str(tmp_path / "out.wav"), "../out.wav", "b\\..\\..\\out.wav", "in.wav"]
    *outside, inside = read("huggingface", one_column_of_sound(tmp_path / "a", [{"path": name} for name in names]))
    assert len(inside.load().wav) == 800
    for recording in outside:
        with pytest.raises(UserError, match=r"row \d: its sound is '.*out\.wav', which is not in the table's folder"):
            recording.load()


def test_columns_that_hold_something_else_are_refused(tmp_path: Path) -> None:
    sounds(tmp_path / "made", "0.wav")
    audio: list[object] = [{"bytes": (tmp_path / "made/0.wav").read_bytes(), "path": "0.wav"}]
    for said in ([["One.", "Uno."]], [{"en": "One."}]):
        with pytest.raises(UserError, match=r"a\.parquet: the text in its column text is no text but (list|struct)"):
            read("auto", one_column_of_sound(tmp_path / "a", audio, text=said))
    numbers = pyarrow.struct({"bytes": pyarrow.binary(), "path": pyarrow.int64()})
    with pytest.raises(UserError, match="no column of sound"):
        read("auto", one_column_of_sound(tmp_path / "a", [{"path": 7}], kind=numbers))
    broken = pyarrow.Array.from_buffers(
        pyarrow.string(), 1, [None, pyarrow.py_buffer(b"\0\0\0\0\3\0\0\0"), pyarrow.py_buffer(b"\xff\xfe\xfd")]
    )
    with pytest.raises(UserError, match=r"a\.parquet: not readable"):
        read("auto", one_column_of_sound(tmp_path / "a", audio, text=broken))


def in_folders(root: Path, columns: dict[str, dict[str, list[str]]]) -> Path:
    """A table with one recording in each of the folders."""
    for place, further in columns.items():
        name = further.pop("name", [f"{place.replace('/', '-')}.wav"])
        sounds(root / "made", *name)
        audio = [{"bytes": (root / "made" / name[0]).read_bytes(), "path": name[0]}]
        (root / "set" / place).mkdir(parents=True, exist_ok=True)
        parquet.write_table(
            pyarrow.table({"audio": audio, "text": ["Hello."], **further}), root / "set" / place / "x-0.parquet"
        )
    return root / "set"


@pytest.mark.parametrize("layout", ["huggingface", "auto"])
def test_tables_of_two_datasets_are_refused(tmp_path: Path, layout: str) -> None:
    root = in_folders(tmp_path / "same", {"clean": {"name": ["0.wav"]}, "full/train": {"name": ["0.wav"]}})
    message = r"tables in clean/ and in full/train/, .* both hold '0\.wav': give corpus\.root=\S*/clean or"
    with pytest.raises(UserError, match=message):
        read(layout, root)
    assert len(rows(read(layout, root / "clean"))) == 1
    assert [r.speaker for r in read(layout, root, speaker_folder=1)] == ["clean", "full"]
    root = in_folders(tmp_path / "deep", {"1/clean": {"name": ["0.wav"]}, "2/full": {"name": ["0.wav"]}})
    with pytest.raises(UserError, match=r"corpus\.speaker_folder=2 if these are two speakers"):
        read(layout, root)
    root = in_folders(tmp_path / "languages", {"english": {}, "german": {}, "misc": {}})
    with pytest.raises(UserError, match=r"english/ and in german/, .* no column says in which language .*_folder=1 if"):
        read(layout, root)


def test_tables_of_one_dataset_are_read_together(tmp_path: Path) -> None:
    shards = in_folders(tmp_path / "shards", {"train/part0": {}, "train/part1": {}, "test-other/part0": {}})
    assert len(rows(read("auto", shards))) == 3
    named = in_folders(tmp_path / "named", {"en": {"language": ["en"]}, "de": {"language": ["de"]}})
    assert [r.language for r in read("auto", named)] == ["de", ""]
    for one, other in (("chunk_a", "chunk_b"), ("welsh_female", "scottish_male"), ("en_us", "en_gb"), ("mia", "tom")):
        root = in_folders(tmp_path / one, {one: {}, other: {}})
        assert [r.speaker for r in read("auto", root, name="me")] == ["me", "me"]
        assert [r.speaker for r in read("auto", root, speaker_folder=1)] == sorted([one, other])


def test_speakers_in_a_column_are_read_from_all_folders(tmp_path: Path) -> None:
    splits = ("clean/train.100", "clean/train.360", "other/train.500")
    root = in_folders(tmp_path / "libri", {split: {"speaker_id": [split[-3:]]} for split in splits})
    assert [r.speaker for r in read("auto", root)] == ["100", "360", "500"]
    with pytest.raises(UserError, match=r"the column speaker_id says who speaks: leave out corpus\.speaker_folder"):
        read("auto", root, speaker_folder=1)
    prompts = {who: {"name": ["0.wav"], "speaker": [who]} for who in ("mia", "tom")}
    assert [r.speaker for r in read("auto", in_folders(tmp_path / "prompts", prompts))] == ["mia", "tom"]
    twice = {place: {"name": ["0.wav"], "speaker": ["mia"]} for place in ("clean", "full")}
    with pytest.raises(UserError, match=r"both hold '0\.wav': give corpus\.root=\S*/clean or corpus\.root=\S*/full$"):
        read("auto", in_folders(tmp_path / "twice", twice))


def test_columns_of_a_table_that_are_not_used_are_named(tmp_path: Path) -> None:
    root = in_folders(tmp_path, {"data": {"user_id": ["mia"], "chapter": ["7"]}})
    assert [r.speaker for r in read("auto", root)] == ["mia"]
    assert remarked(HuggingFace(str(root))) == ["columns that are not used: chapter"]


def sound(folder: Path) -> object:
    return {"bytes": (sounds(folder, "0.wav") / "0.wav").read_bytes(), "path": None}


def test_a_flag_in_a_table_that_is_called_as_texts_are_is_no_text(tmp_path: Path) -> None:
    flags = [True, False, True]
    folder = one_column_of_sound(tmp_path / "a", [sound(tmp_path / "made")] * 3, normalized=flags, transcript=["x"] * 3)
    assert [r.text for r in read("auto", folder)] == ["Text 0.", "Text 1.", "Text 2."]
    assert remarked(HuggingFace(str(folder))) == ["columns that are not used: normalized, transcript"]


def test_rows_of_a_table_that_name_no_speaker_are_unclear(tmp_path: Path) -> None:
    audio = [sound(tmp_path / "made")] * 4
    found = read("auto", one_column_of_sound(tmp_path / "a", audio, speaker=["mia", "tom", None, "tom"]))
    assert [r.problem for r in found] == ["", "", "it names no speaker", ""]
    folder = one_column_of_sound(tmp_path / "a", audio, speaker=pyarrow.nulls(4), start=[0.1] * 4, duration=[0.1] * 4)
    assert {(r.speaker, r.problem) for r in read("auto", folder)} == {("auto", "")}
    assert remarked(HuggingFace(str(folder))) == ["columns that are not used: start"]
