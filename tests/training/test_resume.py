"""A run that was stopped and goes on is the run that was never stopped."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from tests.training.runs import SETTINGS, PowerCut, assert_same, last, watch
from tts.settings.schema import parse
from tts.synthesis.voice import Voice
from tts.training.acoustic.config import TrainConfig
from tts.training.changes import check_changes
from tts.training.checkpoint import load_checkpoint


@pytest.mark.parametrize("switch", ["smma.switch_on=step", "smma.switch_on=focus_rate"])
def test_stopped_and_resumed_equals_never_stopped(
    switch: str, make_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    settings = (*SETTINGS, switch, "smma.focus_rate=0.01", "smma.hold=4")
    whole = make_trainer(tmp_path / "whole", *settings)
    seen_whole = watch(whole)
    whole.fit()

    first = make_trainer(tmp_path / "parts", *settings)
    seen_parts = watch(first, stop_before=3)
    with pytest.raises(PowerCut):
        first.fit()
    torch.manual_seed(12345)  # whatever happened on the machine since
    second = make_trainer(tmp_path / "parts", *settings, "resume=auto")
    assert second.step == 3
    seen_rest = watch(second)
    second.fit()

    assert seen_parts + seen_rest == seen_whole
    assert [s["phase"] for s in seen_whole] == [False] * 4 + [True] * 2
    assert_same(last(tmp_path / "whole"), last(tmp_path / "parts"))


def test_resume_auto_starts_a_run_that_is_not_there(make_trainer: Callable[..., Any], tmp_path: Path) -> None:
    assert make_trainer(tmp_path, *SETTINGS, "resume=auto").step == 0


def test_resume_from_a_checkpoint_by_name(
    make_trainer: Callable[..., Any], tiny_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trainer = make_trainer(tmp_path, "debug=fast", "trainer.max_steps=7", f"resume={tiny_run}/checkpoints/last.pt")
    assert trainer.step == 6
    assert trainer.phase.switched_at == 3
    assert trainer.model.attention.smma_tunable
    assert "resumed at step 6" in capsys.readouterr().err
    trainer.fit()
    assert load_checkpoint(tmp_path / "checkpoints" / "last.pt")["step"] == 7


def test_a_finished_run_resumed_does_nothing(make_trainer: Callable[..., Any], tmp_path: Path) -> None:
    make_trainer(tmp_path, *SETTINGS).fit()
    before = (tmp_path / "checkpoints" / "last.pt").read_bytes()
    trainer = make_trainer(tmp_path, *SETTINGS, "resume=auto")
    trainer.fit()
    assert trainer.step == 6
    assert (tmp_path / "checkpoints" / "last.pt").read_bytes() == before


def test_a_run_that_ended_before_its_voice_was_written_writes_it_when_it_goes_on(
    make_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    trainer = make_trainer(tmp_path, *SETTINGS)
    export = trainer.export

    def killed() -> None:
        if trainer.step == 6:
            raise PowerCut
        export()

    trainer.export = killed
    with pytest.raises(PowerCut):
        trainer.fit()
    make_trainer(tmp_path, *SETTINGS, "resume=auto").fit()
    assert Voice.load(tmp_path).info.training["step"] == 6


def test_the_language_that_earlier_versions_wrote_down_does_not_count(tiny_run: Path) -> None:
    path = tiny_run / "checkpoints" / "last.pt"
    state = load_checkpoint(path)
    now = state["config"] | {"text": state["config"]["text"] | {"language": "de"}}
    assert check_changes(path, state, parse(TrainConfig, now)) == ""


def test_other_settings_are_named(
    make_trainer: Callable[..., Any], tiny_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = shutil.copytree(tiny_run, tmp_path / "run")
    changed = ["trainer.max_steps=7", "optimizer.lr=1e-4", "model.decoder.dropout=0.2", "name=tiny"]
    make_trainer(run, "debug=fast", "resume=auto", last=changed)
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("resume")]
    assert said[0] == "resumed at step 6"
    assert said[1].startswith("resume: goes on with other settings: ")
    for change in ("trainer.max_steps=7 (was 6)", "optimizer.lr=0.0001 (was 0.002)", "model.decoder.dropout=0.2 (was"):
        assert change in said[1]
    assert said[1].count("(was") == 3
    assert yaml.safe_load((run / "config.yaml").read_text())["trainer"]["max_steps"] == 7
    make_trainer(run, "debug=fast", "resume=auto", last=["trainer.max_steps=7", *changed])
    assert "was trained with" not in capsys.readouterr().err
