"""The folder of voices: what is found there, and what happens when it changes."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import tts
import tts.runtime
from tests.serving.conftest import client_of
from tts.errors import UserError
from tts.serving.config import ServeConfig
from tts.serving.errors import Refused
from tts.serving.service import Service
from tts.serving.voices import Library


def names(library: Library) -> list[str]:
    return [served.name for served in library]


def test_voices_of_both_kinds_are_found_by_the_names_of_their_folders(voices: Path) -> None:
    library = Library(str(voices), default="tiny_onnx")
    assert names(library) == ["tiny", "tiny_onnx"]
    assert isinstance(library.find("tiny").voice, tts.Voice)
    assert isinstance(library.find("tiny_onnx").voice, tts.runtime.Voice)
    assert library.find("tts-1").name == "tiny_onnx"


def test_one_voice_is_served_too_and_a_run(voices: Path, tiny_run: Path) -> None:
    assert names(Library(str(voices / "tiny"))) == ["tiny"]
    assert names(Library(str(tiny_run))) == [tiny_run.name]
    assert names(Library(str(tiny_run / "voice"))) == [tiny_run.name]


def test_the_base_is_known_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert names(Library("base")) == ["base"]


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda folder: folder.mkdir(), "no voice here"),
        (lambda folder: None, "no voice here"),
        (lambda folder: folder.write_text("x"), "no voice here"),
        (lambda folder: (folder.mkdir(), (folder / "voice.json").write_text("{")), "model.safetensors: missing"),
    ],
)
def test_without_a_voice_it_does_not_start(tmp_path: Path, make: Callable[[Path], object], complaint: str) -> None:
    make(tmp_path / "voices")
    with pytest.raises(UserError, match=complaint):
        Library(str(tmp_path / "voices"))


def test_a_default_that_is_none_of_them_is_refused(voices: Path) -> None:
    with pytest.raises(UserError, match="did you mean 'tiny'"):
        Library(str(voices), default="tinny")


def test_changes_of_the_folder_are_followed(voices: Path, tmp_path: Path) -> None:
    place = tmp_path / "voices"
    shutil.copytree(voices / "tiny_onnx", place / "a")
    library = Library(str(place))
    first = library.find("a")
    assert library.refresh() == {} and library.find("a") is first, "what has not changed is not read again"
    shutil.copytree(voices / "tiny_onnx", place / "b")
    library.refresh()
    assert names(library) == ["a", "b"]
    card = json.loads((place / "a/voice.json").read_text("utf-8"))
    (place / "a/voice.json").write_text(json.dumps(card | {"credits": "Ann."}), "utf-8")
    library.refresh()
    assert library.find("a").voice.info.credits == "Ann." and library.find("a") is not first
    (place / "a/vocoder.onnx").write_bytes(b"half of it")
    assert "changed since it was exported" in library.refresh()["a"]
    assert library.find("a").voice.info.credits == "Ann.", "the one that was read before goes on"
    shutil.copy(voices / "tiny_onnx/vocoder.onnx", place / "a/vocoder.onnx")
    assert library.refresh() == {}
    (place / "a").rename(tmp_path / "a")
    library.refresh()
    (tmp_path / "a").rename(place / "a")
    library.refresh()
    assert names(library) == ["a", "b"], "it was away for a moment, as one is that training replaces"
    shutil.rmtree(place / "a")
    for _ in range(2):
        library.refresh()
    assert names(library) == ["b"]
    shutil.rmtree(place)
    for _ in range(2):
        library.refresh()
    with pytest.raises(Refused) as refused:
        library.find("default")
    assert refused.value.status == 503 and len(library) == 0


def test_a_request_is_spoken_to_its_end_while_its_voice_is_replaced(voices: Path, tmp_path: Path) -> None:
    place = tmp_path / "voices"
    shutil.copytree(voices / "tiny_onnx", place / "a")
    config = ServeConfig(voices=str(place), reload=0.01, concurrency=1)
    service = Service(config, Library(str(place)))

    async def run() -> list[int]:
        async with client_of(service) as client:
            watching = asyncio.create_task(service.watch())
            asked = {"input": "We keep the sea in view. " * 10, "response_format": "pcm"}
            answers = [asyncio.create_task(client.post("/v1/audio/speech", json=asked)) for _ in range(4)]
            await asyncio.sleep(0.1)
            shutil.rmtree(place / "a")
            shutil.copytree(voices / "tiny_onnx", place / "c")
            while names(service.library) != ["c"]:
                await asyncio.sleep(0.01)
            lengths = [len((await answer).content) for answer in answers]
            lengths.append(len((await client.post("/v1/audio/speech", json=asked)).content))
            watching.cancel()
            return lengths

    lengths = asyncio.run(run())
    assert len(set(lengths)) == 1 and lengths[0] > 100_000


WITHOUT_TORCH = """
import sys
from collections.abc import Callable
sys.modules["torch"] = None
import tts.serving.server
from tts.serving.voices import Library
print([served.name for served in Library(sys.argv[1])])
"""


def test_exported_voices_are_served_without_torch(voices: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, str(voices / "tiny_onnx")], capture_output=True, text=True, check=False
    )
    assert done.stdout == "['tiny_onnx']\n", done.stderr
