"""Parquet and Arrow, as `datasets` writes them; the files are made by pyarrow alone."""

import json
from pathlib import Path

import pytest

from tests.corpora.folders import read, rows, sounds
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
