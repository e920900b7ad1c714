"""A voice with a card for huggingface.co, and voices from there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import platformdirs
import pytest
import soundfile
import yaml

from tts.errors import UserError
from tts.export import hub
from tts.serving.voices import Library
from tts.storage.published import FILES
from tts.synthesis.voice import Voice


@pytest.fixture
def published(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """huggingface.co has `ann/voice`; what is asked of it."""
    huggingface_hub = pytest.importorskip("huggingface_hub")
    asked: list[Any] = []

    def snapshot_download(repository: str, local_dir: Path, allow_patterns: list[str]) -> None:
        asked.append((repository, sorted(allow_patterns)))
        if repository != "ann/voice":
            raise OSError("404 Client Error")
        shutil.copytree(source / "voice", local_dir, dirs_exist_ok=True)

    class Hub:
        def model_info(self, repository: str, files_metadata: bool) -> Any:
            size = 3 * 10**9 if repository == "ann/huge" else 1000
            return SimpleNamespace(siblings=[SimpleNamespace(rfilename="model.safetensors", size=size)])

    monkeypatch.setattr(huggingface_hub, "HfApi", Hub)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    return asked


def test_the_folder_is_a_voice_with_a_card_and_a_sample(
    voice: Voice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "measure", lambda voice, sentences: f"{sentences} sentences")
    files = hub.export_hub(voice, 3, tmp_path)
    assert [path.name for path in files] == [
        "README.md", "config.yaml", "model.safetensors", "sample.wav", "symbols.json", "voice.json",
    ]  # fmt: skip
    assert Voice.load(tmp_path).info.speakers == voice.info.speakers
    wav, rate = soundfile.read(tmp_path / "sample.wav")
    assert rate == 24000 and len(wav) > 1000
    _, header, body = (tmp_path / "README.md").read_text("utf-8").split("---\n", 2)
    said = yaml.safe_load(header)
    assert said["pipeline_tag"] == "text-to-speech" and said["language"] == ["en"]
    for part in (*voice.info.speakers, voice.info.licence, "3 sentences", 'Voice.load("hf:USER/NAME")'):
        assert part in body


def test_licences_that_huggingface_names_are_named_so(voice: Voice) -> None:
    speech = voice.synthesize("Go home.")
    for written, expected in (
        ("CC-BY-SA 3.0", {"license": "cc-by-sa-3.0"}),
        ("Apache-2.0", {"license": "apache-2.0"}),
        ("mine: all\nrights", {"license": "other", "license_name": "mine: all\nrights"}),
    ):
        text = hub.card(replace(voice.info, licence=written), speech, None)
        header = yaml.safe_load(text.split("---\n")[1])
        assert {key: header[key] for key in header if key.startswith("license")} == expected
        assert "Not measured." in text


def test_a_published_voice_is_loaded_by_its_name(voice: Voice, published: list[Any]) -> None:
    assert Voice.load("hf:ann/voice").info.speakers == voice.info.speakers
    assert published == [("ann/voice", sorted(FILES))]


def test_a_published_voice_is_checked_like_any_other(
    published: list[Any], source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Voice.load("hf:ann/voice")
    folder = tmp_path / "cache/published/ann--voice"
    (folder / "symbols.json").write_text("[]", "utf-8")
    monkeypatch.setattr("huggingface_hub.snapshot_download", lambda *_, **__: None)
    with pytest.raises(UserError, match=r"symbols\.json: changed since training"):
        Voice.load("hf:ann/voice")


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("hf:ann/nothing", "hf:ann/nothing: cannot be fetched from huggingface.co: 404"),
        ("hf:ann/huge", r"3\.0 GB, more than a voice may have"),
        ("hf:ann", "write hf:USER/NAME"),
        ("hf:../../etc", "write hf:USER/NAME"),
        ("hf:ann/../voice", "write hf:USER/NAME"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(published: list[Any], name: str, complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        Voice.load(name)


OFFLINE = """
import sys
from tts.errors import UserError
from tts.runtime import Voice
try:
    print(len(Voice.load("hf:ann/voice").synthesize("Go home.").wav))
except UserError as error:
    print(error)
"""


def test_without_a_network_it_is_what_was_fetched_before(onnx_folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub")

    def said() -> str:
        environment = os.environ | {"HF_ENDPOINT": "http://127.0.0.1:9", "XDG_CACHE_HOME": str(tmp_path)}
        done = subprocess.run([sys.executable, "-c", OFFLINE], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert said().startswith("hf:ann/voice: cannot be fetched from huggingface.co: ")
    shutil.copytree(onnx_folder, tmp_path / "smma-tts/published/ann--voice", dirs_exist_ok=True)
    assert int(said()) > 1000


def test_a_published_voice_is_served_by_its_name(published: list[Any]) -> None:
    assert [served.name for served in Library("hf:ann/voice")] == ["ann--voice"]


def test_without_huggingface_hub_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "huggingface_hub", None)
    with pytest.raises(UserError, match="pip install huggingface_hub"):
        Voice.load("hf:ann/voice")


def test_the_command_writes_it(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tts.commands.export import export

    export({"voice": str(source / "voice"), "vocoder": {"kind": "istft", "path": str(source / "vocoder")},
            "format": "hub", "sentences": 0, "out": str(tmp_path / "out")})  # fmt: skip
    assert "README.md" in capsys.readouterr().out
    assert "Not measured." in (tmp_path / "out/README.md").read_text("utf-8")
