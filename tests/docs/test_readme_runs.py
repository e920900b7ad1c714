"""README's way from recordings to a voice runs as it stands there, but for the number of steps."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ONE_THREAD
from tts.data.manifest import read_manifest

README = Path(__file__).parents[2] / "README.md"
SMALLER = {
    "prepare_data": ("workers=1", "limits.valid_percent=20"),
    "train": ("trainer.max_steps=2", "trainer.frames_per_batch=600", "trainer.validation_utterances=1", *ONE_THREAD),
    "synthesize": (),
}


@pytest.fixture
def recordings(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`my_recordings/`, as README describes it, in the folder that commands are called from."""
    corpus, folder = read_manifest(prepared), tmp_path / "my_recordings"
    (folder / "wavs").mkdir(parents=True)
    lines = [f"{utterance.id}|{utterance.text}" for utterance in corpus.utterances]
    (folder / "metadata.csv").write_text("\n".join(lines), "utf-8")
    for utterance in corpus.utterances:
        shutil.copy(corpus.audio_path(utterance), folder / "wavs")
    monkeypatch.chdir(tmp_path)
    return folder


def test_recordings_become_a_voice(recordings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    section = README.read_text("utf-8").partition("## A voice from your recordings")[2].partition("\n## ")[0]
    fence = re.search(r"```\n(.*?)```", section, re.DOTALL)
    assert fence is not None
    commands = [shlex.split(line) for line in fence[1].splitlines() if line.startswith("python scripts/")]
    ran = []
    for _, script, *arguments in commands:
        name = Path(script).stem
        main: Callable[[], Any] = import_module(f"tts.commands.{name}").main
        monkeypatch.setattr("sys.argv", [script, *arguments, *SMALLER[name]])
        main()
        ran.append(name)
    assert ran == ["prepare_data", *SMALLER]
    assert (recordings.parent / "spoken/0001.wav").is_file() and (recordings.parent / "runs/mine/voice").is_dir()
