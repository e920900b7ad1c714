"""Several processes train one model: alike, going on after whatever stopped them, and speaking with one voice."""

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from tests.training.test_resume import assert_same, last
from tts.synthesis.voice import Voice
from tts.training.checkpoint import load_checkpoint
from tts.vocoder.folder import load_vocoder

pytestmark = pytest.mark.skipif(not torch.distributed.is_available(), reason="this torch has no distributed training")

SCRIPT = """
import hashlib, json, sys
from pathlib import Path
from tts.commands.cli import load_config
from tts.commands.train import read_config
from tts.training.hardware.fabric import launch
from tts.training.acoustic.trainer import AcousticTrainer
from tts.training.trainer import NonFiniteLoss
from tts.training.vocoder.trainer import VocoderTrainer

folder, name, poison, overrides = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "poison", sys.argv[4:]
kind = {"voice": AcousticTrainer, "vocoder": VocoderTrainer}[name]
config = read_config(load_config("train", [*overrides, f"run_dir={folder / 'run'}"]))
fabric = launch(config.trainer)
trainer = kind(config, fabric)
step, seen = trainer.train_step, []

def watched(batch, progress):
    if poison and fabric.global_rank == 1 and trainer.step == 1:
        batch.mel[0, 0, 0] = float("nan")
    seen.append([trainer.step, batch.ids, name == "voice" and bool(trainer.model.attention.smma_tunable)])
    return step(batch, progress)

trainer.train_step = watched
error = ""
try:
    trainer.fit()
except NonFiniteLoss as caught:
    error = str(caught)
trained = [trainer.model] if name == "voice" else [trainer.model, trainer.discriminators]
weights = b"".join(value.detach().numpy().tobytes() for model in trained for value in model.state_dict().values())
report = {"seen": seen, "switched_at": trainer.phase.switched_at if name == "voice" else None, "error": error,
          "steps": trainer.step, "weights": hashlib.sha256(weights).hexdigest()}
(folder / f"rank_{fabric.global_rank}.json").write_text(json.dumps(report))
"""


def launch(
    folder: Path, overrides: list[str], poison: bool = False, task: str = "voice", machines: int = 1
) -> list[dict]:
    """What both processes saw, started by one command, or by one command on each of two `machines`."""
    script = folder / "train_both.py"
    script.write_text(SCRIPT)
    root = Path(__file__).resolve().parents[3]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MASTER_", "LOCAL_", "NODE_", "WORLD_"))}
    environment |= {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(script), str(folder), task, "poison" if poison else "clean", *overrides]
    numbers: list[dict[str, str]] = [{}]
    if machines > 1:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free.getsockname()[1])}
        numbers = [meeting | {"NODE_RANK": str(rank)} for rank in range(machines)]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder,
                         env=environment | number)
        for number in numbers
    ]  # fmt: skip
    output = [process.communicate(timeout=240)[0] for process in running]
    reports = [folder / f"rank_{rank}.json" for rank in range(2)]
    assert all(path.is_file() for path in reports), "\n".join(text[-3000:] for text in output)
    return [json.loads(path.read_text()) for path in reports]


def test_two_processes_train_one_voice_and_switch_together(tiny: Callable[..., list[str]], tmp_path: Path) -> None:
    overrides = tiny(
        "debug=fast", "trainer.frames_per_batch=800", "trainer.validation_utterances=1", "smma.switch_on=focus_rate",
        "smma.focus_rate=0.01", "smma.hold=2", "smma.predicted_prosody_share=0.5", last=["trainer.devices=2"],
    )  # fmt: skip
    first, second = launch(tmp_path, overrides)
    assert first["steps"] == second["steps"] == 6
    assert first["switched_at"] == second["switched_at"] == 2
    assert [s[2] for s in first["seen"]] == [s[2] for s in second["seen"]] == [False] * 2 + [True] * 4
    assert first["weights"] == second["weights"]
    assert [s[1] for s in first["seen"]] != [s[1] for s in second["seen"]], "each has its own share of the data"
    assert Voice.load(tmp_path / "run").synthesize("The lamp fell.").wav.isfinite().all()
    state = load_checkpoint(tmp_path / "run" / "checkpoints" / "last.pt")
    assert len(state["rng"]) == 2
    assert not torch.equal(*state["rng"])


def test_two_machines_train_one_voice(tiny: Callable[..., list[str]], tmp_path: Path) -> None:
    overrides = tiny("debug=fast", "trainer.frames_per_batch=800", "trainer.validation_utterances=1",
                     last=["trainer.devices=1", "trainer.nodes=2"])  # fmt: skip
    first, second = launch(tmp_path, overrides, machines=2)
    assert first["steps"] == second["steps"] == 6
    assert first["weights"] == second["weights"]
    assert [s[1] for s in first["seen"]] != [s[1] for s in second["seen"]], "each has its own share of the data"
    assert Voice.load(tmp_path / "run").synthesize("The lamp fell.").wav.isfinite().all()


def test_two_processes_train_one_vocoder_and_its_discriminators(
    tiny_vocoder_overrides: Callable[..., list[str]], tmp_path: Path
) -> None:
    overrides = tiny_vocoder_overrides("debug=vocoder_fast", last=["trainer.devices=2"])
    first, second = launch(tmp_path, overrides, task="vocoder")
    assert first["steps"] == second["steps"] == 6
    assert first["weights"] == second["weights"]
    assert [s[1] for s in first["seen"]] != [s[1] for s in second["seen"]], "each has its own share of the data"
    assert load_vocoder(tmp_path / "run")[0](torch.zeros(5, 80)).isfinite().all()


def test_a_loss_that_is_not_finite_in_one_process_stops_both(tiny: Callable[..., list[str]], tmp_path: Path) -> None:
    overrides = tiny(
        "debug=fast", "trainer.frames_per_batch=800", "trainer.validation_utterances=1", last=["trainer.devices=2"]
    )
    first, second = launch(tmp_path, overrides, poison=True)
    assert first["error"] == second["error"]
    assert second["seen"][1][1][0] in first["error"]
    assert not (tmp_path / "run" / "voice").exists()


ROOT = Path(__file__).resolve().parents[3]
MANY_STEPS = ("trainer.max_steps=40", "trainer.checkpoint_every=3", "trainer.validate_every=100",
              "trainer.alignment_every=100", "trainer.validation_utterances=1")  # fmt: skip
FAILING = """
from tts.commands import train
from tts.training.acoustic.trainer import AcousticTrainer

step = AcousticTrainer.train_step

def failing(self, batch, progress):
    if self.fabric.global_rank == 1 and self.step == 1:
        raise RuntimeError("a crystal ball is broken")
    return step(self, batch, progress)

AcousticTrainer.train_step = failing
train.main()
"""


def start(*command: str, folder: Path) -> subprocess.Popen[str]:
    """The training command, at the head of a group of processes, as in a shell."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MASTER_", "LOCAL_", "NODE_", "WORLD_"))}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder, start_new_session=True,
        env=environment | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )  # fmt: skip


def train(*overrides: str, folder: Path) -> subprocess.Popen[str]:
    return start(sys.executable, "-m", "tts.commands.train", *overrides, folder=folder)


def finished(process: subprocess.Popen[str], status: int = 0) -> str:
    """The output of the process, once it has ended with `status`."""
    output = process.communicate(timeout=400)[0]
    assert process.returncode == status, output[-3000:]
    return output


def wait_for_a_checkpoint(process: subprocess.Popen[str], run_dir: Path) -> None:
    """The next one."""
    path = run_dir / "checkpoints" / "last.pt"
    before = path.stat().st_mtime_ns if path.exists() else 0
    while not (path.exists() and path.stat().st_mtime_ns > before):
        assert process.poll() is None, process.communicate()[0][-3000:]
        time.sleep(0.01)


def test_two_processes_that_were_killed_end_as_if_they_never_were(
    tiny: Callable[..., list[str]], tmp_path: Path
) -> None:
    overrides = tiny("debug=fast", *MANY_STEPS, "trainer.frames_per_batch=800", last=["trainer.devices=2"])
    finished(train(*overrides, "run_dir=whole", "name=run", folder=tmp_path))
    killed = train(*overrides, "run_dir=parts", "name=run", folder=tmp_path)
    wait_for_a_checkpoint(killed, tmp_path / "parts")
    killed.kill()
    finished(killed, -signal.SIGKILL)
    assert last(tmp_path / "parts")["step"] < 40
    output = finished(train(*overrides, "run_dir=parts", "name=run", "resume=auto", folder=tmp_path))
    assert output.count("resumed at step") == 1
    assert_same(last(tmp_path / "whole"), last(tmp_path / "parts"))


def test_two_processes_stopped_by_ctrl_c_end_as_if_they_never_were(
    tiny_vocoder_overrides: Callable[..., list[str]], tmp_path: Path
) -> None:
    overrides = tiny_vocoder_overrides("experiment=vocoder_universal", "debug=vocoder_fast", "trainer.max_steps=12",
                                       "trainer.validate_every=100", last=["trainer.devices=2"])  # fmt: skip
    finished(train(*overrides, "run_dir=whole", "name=run", folder=tmp_path))
    stopped = train(*overrides, "run_dir=parts", "name=run", folder=tmp_path)
    wait_for_a_checkpoint(stopped, tmp_path / "parts")
    os.killpg(stopped.pid, signal.SIGINT)
    output = finished(stopped, 128 + signal.SIGINT)
    assert output.count("stopped at step") == output.count("Ctrl-C again ends at once") == 1
    assert "Traceback" not in output
    assert last(tmp_path / "parts")["step"] < 12
    finished(start(*shlex.split(output.splitlines()[-1]), folder=tmp_path))
    assert_same(last(tmp_path / "whole"), last(tmp_path / "parts"))


def test_three_processes_go_on_with_the_run_of_one(
    tiny: Callable[..., list[str]], tiny_run: Path, tmp_path: Path
) -> None:
    shutil.copytree(tiny_run, tmp_path / "run")
    overrides = tiny("debug=fast", "trainer.max_steps=8", last=["trainer.devices=3", "run_dir=run", "resume=auto"])
    output = finished(train(*overrides, folder=tmp_path))
    assert output.count("resumed at step 6 with 3 processes instead of 1") == 1
    state = last(tmp_path / "run")
    assert state["step"] == 8
    assert len(state["rng"]) == 3


def test_a_mistake_in_two_processes_is_one_line(tiny: Callable[..., list[str]], tmp_path: Path) -> None:
    overrides = tiny("debug=fast", last=["trainer.devices=2", "run_dir=run", "init_from=nowhere"])
    output = finished(train(*overrides, folder=tmp_path), 1)
    assert output == "error: nowhere: no voice here; give the folder that training wrote as RUN_DIR/voice\n"


def test_what_fails_in_another_process_ends_the_run_in_one_line(tiny: Callable[..., list[str]], tmp_path: Path) -> None:
    (tmp_path / "failing.py").write_text(FAILING, "utf-8")
    overrides = tiny("debug=fast", "trainer.frames_per_batch=800", last=["trainer.devices=2", "run_dir=run"])
    output = finished(start(sys.executable, "failing.py", *overrides, folder=tmp_path), 1)
    errors = [line for line in output.splitlines() if "error" in line.lower()]
    assert len(errors) == 1, output
    assert errors[0].startswith("error: process 2 of 2: RuntimeError: a crystal ball is broken; its whole output: ")
    assert "Traceback" not in output
    told = Path(errors[0].rpartition(": ")[2])
    assert "in failing" in told.read_text("utf-8"), "where it happened"
    shutil.rmtree(told.parent)
