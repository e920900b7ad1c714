"""An experiment from a folder outside the repository."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.conftest import ONE_THREAD, TINY
from tts.commands.composition.compose import composed
from tts.commands.train import main
from tts.synthesis.voice import Voice

MINE = Path(__file__).parent / "my_configs"


def test_it_is_trained(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    few = ("debug=fast", "trainer.max_steps=2", "trainer.validation_utterances=1", *TINY, *ONE_THREAD)
    monkeypatch.setattr(
        "sys.argv", ["train.py", "--config-dir", str(MINE), "experiment=mine", f"corpus.out={prepared}", *few]
    )
    main()
    settings = yaml.safe_load((tmp_path / "runs/mine/config.yaml").read_text("utf-8"))
    assert settings["loss"]["guided"] == [[0, 1.0], [2000, 0.0]]
    assert Voice.load("runs/mine/voice").info.training["step"] == 2


def test_its_keys_win_over_those_it_begins_with_and_the_command_line_over_both() -> None:
    mine, _ = composed("train", ["experiment=mine", "name=second"], str(MINE))
    assert mine["corpus"]["layout"] == "ljspeech" and mine["corpus"]["out"] == "data/mine"
    assert mine["trainer"]["max_steps"] == 50_000 and mine["run_dir"] == "runs/second"
