"""A model inherits licence and credits of what it starts from, and says what that was."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tts.storage.files import sha256
from tts.synthesis.voice import Voice
from tts.training.origin import joined
from tts.vocoder.folder import load_vocoder

SHORT = ("debug=fast", "trainer.max_steps=1", "trainer.validation_utterances=1", "trainer.frames_per_batch=400")
GPL = "GPL-3.0-or-later (espeak-ng's voices)"


def change(card: Path, **values: Any) -> None:
    card.write_text(json.dumps(json.loads(card.read_text("utf-8")) | values), "utf-8")


@pytest.fixture
def parent(tiny_run: Path, tmp_path: Path) -> Path:
    """A run whose voice others made."""
    run = tmp_path / "somebody"
    shutil.copytree(tiny_run / "voice", run / "voice")
    change(run / "voice" / "voice.json", licence=f"CC-BY-SA-3.0; {GPL}", credits="Somebody (voice)")
    return run


def told(run: Path, of: Path) -> dict[str, str]:
    """How a voice.json names the voice at `of`."""
    name = json.loads((of / "voice.json").read_text("utf-8"))["training"]["name"]
    return {"name": name, "folder": run.name, "sha256": sha256(of / "model.safetensors")}


def test_a_voice_keeps_the_licence_of_the_voice_it_started_from(
    make_trainer: Callable[..., Any], parent: Path, prepared: Path, tmp_path: Path
) -> None:
    first = tmp_path / "first"
    make_trainer(first, *SHORT, f"init_from={parent}/voice").fit()
    info = Voice.load(first).info
    assert info.licence == f"{GPL}; CC-BY-SA-3.0", "the corpus's first, none of them twice"
    assert info.credits.endswith("; Somebody (voice)")
    assert info.training["init_from"] == told(parent, parent / "voice")
    assert str(tmp_path) not in (first / "voice" / "voice.json").read_text("utf-8")

    make_trainer(first, *SHORT, "resume=auto", last=["trainer.max_steps=2"]).fit()
    again = Voice.load(first).info
    assert again.training["step"] == 2
    assert (again.licence, again.credits, again.training["init_from"]) == (
        info.licence, info.credits, info.training["init_from"],
    )  # fmt: skip

    other = make_trainer(tmp_path / "second", *SHORT, f"init_from={first}")
    other.export()
    info = Voice.load(tmp_path / "second").info
    assert info.licence == f"{GPL}; CC-BY-SA-3.0"
    assert info.credits == again.credits
    assert info.training["init_from"] == told(first, first / "voice")


@pytest.mark.parametrize("there", [True, False])
def test_a_checkpoint_of_before_goes_on_with_what_its_config_says(
    there: bool, make_trainer: Callable[..., Any], parent: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    make_trainer(run, *SHORT, f"init_from={parent}").fit()
    last = run / "checkpoints" / "last.pt"
    state = torch.load(last, weights_only=True)
    del state["origins"]
    torch.save(state, last)
    if not there:
        shutil.rmtree(parent)
    make_trainer(run, *SHORT, "resume=auto").export()
    info = Voice.load(run).info
    assert ("CC-BY-SA-3.0" in info.licence) == ("init_from" in info.training) == there
    lines = [line for line in capsys.readouterr().err.splitlines() if "licence and credits cannot be read" in line]
    assert bool(lines) != there


def test_weights_of_a_checkpoint_are_not_those_of_another_voice(
    make_trainer: Callable[..., Any], parent: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    make_trainer(run, *SHORT).fit()
    make_trainer(run, *SHORT, "resume=auto", f"init_from={parent}").export()
    info = Voice.load(run).info
    assert "init_from" not in info.training
    assert info.licence == GPL


def test_a_voice_that_says_little_of_itself_is_started_from(
    make_trainer: Callable[..., Any], parent: Path, tmp_path: Path
) -> None:
    change(parent / "voice" / "voice.json", training={}, licence="", credits="not stated")
    make_trainer(tmp_path / "run", *SHORT, f"init_from={parent}").export()
    info = Voice.load(tmp_path / "run").info
    assert info.training["init_from"]["name"] == parent.name
    assert info.licence == GPL


def test_a_vocoder_keeps_those_of_the_vocoder_and_of_the_voice_it_heard(
    make_vocoder_trainer: Callable[..., Any], tiny_vocoder: Path, parent: Path, tmp_path: Path
) -> None:
    first = tmp_path / "first"
    shutil.copytree(tiny_vocoder, first)
    change(first / "vocoder" / "vocoder.json", licence="CC-BY-4.0", credits="A. Vocoder")
    asked = ("experiment=vocoder_voice", "debug=vocoder_fast", f"mels.voice={parent}", f"init_from={first}/vocoder")
    make_vocoder_trainer(tmp_path / "second", *asked, "trainer.max_steps=1").fit()
    _, info = load_vocoder(tmp_path / "second")
    assert set(info.licence.split("; ")) == {GPL, "CC-BY-SA-3.0", "CC-BY-4.0"}
    assert {"Somebody (voice)", "A. Vocoder"} < set(info.credits.split("; "))
    assert info.training["mels.voice"] == told(parent, parent / "voice")
    assert info.training["init_from"]["sha256"] == sha256(first / "vocoder" / "model.safetensors")
    assert str(tmp_path) not in (tmp_path / "second" / "vocoder" / "vocoder.json").read_text("utf-8")
    make_vocoder_trainer(tmp_path / "second", *asked[:3], "trainer.max_steps=2", "resume=auto").export()
    assert load_vocoder(tmp_path / "second")[1].training["init_from"] == info.training["init_from"]


def test_notices_are_joined_once_each() -> None:
    assert joined(["a; b", "", "b", "c; a"]) == "a; b; c"
    assert joined([]) == ""
