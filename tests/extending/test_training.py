"""A gate, a decoder, a loss term and a picture from packages outside the repository, in one run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import soundfile
import yaml
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tests.conftest import ONE_THREAD, TINY
from tts.training.checkpoint import load_checkpoint

PACKAGES = "sharp_gate,gru_decoder,delta_loss,error_picture,broken"
CHOSEN = ("model.attention.gate=sharp", "model/decoder=gru", "loss.terms.delta=0.5")


@pytest.fixture(scope="module")
def trained(run_in: Callable[..., Any], prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extended")
    where = ("corpus=espeak", f"corpus.out={prepared}", f"run_dir={folder}/run")
    done = run_in(folder, "train", PACKAGES, "debug=fast", *where, *CHOSEN, *TINY, *ONE_THREAD)
    assert done.returncode == 0, done.stderr
    (folder / "run/said.txt").write_text(done.stderr, "utf-8")
    return folder / "run"


def test_a_gate_is_trained_and_kept_with_the_voice(trained: Path) -> None:
    settings = yaml.safe_load((trained / "voice/config.yaml").read_text("utf-8"))
    assert settings["model"]["attention"]["gate"] == "sharp"
    weights = load_checkpoint(trained / "checkpoints/last.pt")["model"]
    [sharpness] = [value for name, value in weights.items() if name.endswith("log_sharpness")]
    assert sharpness.abs().max() > 0, "it learns from the switch on"


def test_a_mechanism_is_trained_and_kept_with_the_voice(
    run_warm: Callable[..., Any], prepared: Path, tmp_path: Path
) -> None:
    where = ("corpus=espeak", f"corpus.out={prepared}", f"run_dir={tmp_path}/run", "model.attention.gate=tempered")
    status, output = run_warm("train", "tempered", "debug=fast", *where, *TINY, *ONE_THREAD)
    assert status == 0, output
    weights = load_checkpoint(tmp_path / "run/checkpoints/last.pt")["model"]
    assert weights["attention.gate.log_temperature"].abs().max() > 0


def test_a_decoder_speaks_where_its_package_is_named(
    run: Callable[..., Any], run_warm: Callable[..., Any], trained: Path, tmp_path: Path
) -> None:
    given = (f"voice={trained}", "text=Go home.", f"out={tmp_path}/out")
    done = run("synthesize", "sharp_gate,gru_decoder", *given)
    assert done.returncode == 0, done.stderr
    assert len(soundfile.read(tmp_path / "out/0001.wav")[0]) > 0
    status, output = run_warm("synthesize", "audacity", *given)
    assert status == 1 and "plugins=[PACKAGE]" in output


def test_a_loss_term_and_a_picture_are_in_tensorboard(trained: Path) -> None:
    board = EventAccumulator(str(trained / "tensorboard"), size_guidance={"images": 0})
    board.Reload()
    assert {"loss/delta", "weight/delta"} <= set(board.Tags()["scalars"])
    assert {"valid_1/mel_error", "valid_1/alignment"} <= set(board.Tags()["images"])


def test_a_picture_that_fails_is_left_out_and_named_once(trained: Path) -> None:
    said = (trained / "said.txt").read_text("utf-8")
    [warning] = [line for line in said.splitlines() if line.startswith("picture ")]
    assert re.fullmatch(
        r"picture broken\.broken_picture fails and is left out from here on: plugin broken \(.*broken\.py:15\): "
        "IndexError: no such head",
        warning,
    )


def test_an_error_in_a_package_names_it_ahead_of_the_traceback(
    run_warm: Callable[..., Any], prepared: Path, tmp_path: Path
) -> None:
    where = ("corpus=espeak", f"corpus.out={prepared}", f"run_dir={tmp_path}/run")
    status, output = run_warm("train", "broken", "debug=fast", *where, *TINY, *ONE_THREAD, "+loss.terms.broken=1")
    assert status == 1
    [error] = re.finditer(r"^error: plugin broken \(.*broken\.py:20\): RuntimeError: .*$", output, re.MULTILINE)
    assert output.index("Traceback") > error.end()
