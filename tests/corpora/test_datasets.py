"""Datasets that Hugging Face's library wrote, and such on a hub."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.corpora.folders import read, rows, sounds, text
from tests.corpora.hub import hub
from tts.errors import UserError
from tts.storage.published import fetched_dataset

pytest.importorskip("pyarrow", reason="pip install '.[huggingface]'")
CSV = 'file_name,transcription,speaker_id\na.wav,It rained.,mia\nmore/b.wav,"So, be it.",tom\n'
TEXTS = [("a", "mia", "It rained."), ("more-b", "tom", "So, be it.")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sounds(tmp_path / "folder", "a.wav", seconds=0.2)
    sounds(tmp_path / "folder", "more/b.wav", seconds=0.3)
    text(tmp_path / "folder/metadata.csv", CSV)
    return tmp_path / "folder"


@pytest.mark.parametrize("kind", ["arrow", "parquet"])
def test_what_datasets_wrote(folder: Path, tmp_path: Path, kind: str) -> None:
    datasets = pytest.importorskip("datasets", reason="pip install '.[dev]'")
    sound = [{"bytes": (folder / name).read_bytes(), "path": Path(name).name} for name in ("a.wav", "more/b.wav")]
    columns = {
        "audio": sound, "speaker_id": ["mia", "tom"], "transcription": ["It rained.", "So, be it."],
    }  # fmt: skip
    written = datasets.Dataset.from_dict(columns).cast_column("audio", datasets.Audio(decode=False))
    if kind == "arrow":
        written.save_to_disk(str(tmp_path / "saved"))
    else:
        (tmp_path / "saved").mkdir()
        written.to_parquet(str(tmp_path / "saved/train-00000-of-00001.parquet"))
    found = read("auto", tmp_path / "saved")
    assert rows(found) == [("a", "mia", "It rained."), ("b", "tom", "So, be it.")]
    assert [len(recording.load().wav) for recording in found] == [1600, 2400]


READ = """
import json, sys
from tts.corpora.registry import open_corpus
from tts.errors import UserError
try:
    found = [(r.id, r.speaker, r.text, len(r.load().wav)) for r in open_corpus({"layout": "auto", "root": sys.argv[1]})]
    print(json.dumps(found))
except UserError as error:
    print(json.dumps(str(error)))
"""


def read_from(endpoint: str, cache: Path, root: str) -> Any:
    """In a process of its own, as huggingface_hub reads its settings when it is imported."""
    settings = {"HF_ENDPOINT": endpoint, "HF_HOME": str(cache), "HF_HUB_DISABLE_XET": "1"}
    done = subprocess.run(
        [sys.executable, "-c", READ, root], env=os.environ | settings, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_dataset_on_the_hub(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub", reason="pip install '.[hub]'")
    text(folder / "load.py", "raise SystemExit('a script was run')")
    text(folder / "de/metadata.csv", "file_name,text\nc.wav,Es regnet.\n")
    sounds(folder / "de", "c.wav")
    whole = [[*TEXTS[0], 1600], [*TEXTS[1], 2400]]
    with hub(folder, "ann/speech") as (endpoint, fetched):
        assert read_from(endpoint, tmp_path / "cache", "hf:ann/speech/de") == [["c", "auto", "Es regnet.", 800]]
        assert sorted(fetched) == ["de/c.wav", "de/metadata.csv"]
        assert "no folder fr" in read_from(endpoint, tmp_path / "cache", "hf:ann/speech/fr")
        (folder / "de/metadata.csv").unlink()
    (folder / "de/c.wav").unlink()
    with hub(folder, "ann/speech") as (endpoint, fetched):
        assert read_from(endpoint, tmp_path / "new", "hf:ann/speech") == whole
        assert sorted(fetched) == ["a.wav", "metadata.csv", "more/b.wav"]
        assert "cannot be fetched" in read_from(endpoint, tmp_path / "new", "hf:ann/other")
    # Without the hub it is what was fetched.
    assert read_from(endpoint, tmp_path / "new", "hf:ann/speech") == whole
    assert "cannot be fetched" in read_from(endpoint, tmp_path / "none", "hf:ann/speech")


@pytest.mark.parametrize("name", ["hf:ann", "hf:ann/../x", "hf:ann/speech/../../etc", "hf:ann/speech/*", "hf:/etc"])
def test_a_name_is_that_of_a_dataset(name: str) -> None:
    with pytest.raises(UserError, match="write hf:USER/NAME"):
        fetched_dataset(name)
