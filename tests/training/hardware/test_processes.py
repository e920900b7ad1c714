"""Several processes train one model: alike, going on after whatever stopped them, and speaking with one voice."""

import hashlib
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
from typing import Any

import pytest
import torch

from tests import warm
from tests.training.runs import assert_same, last
from tts.commands.cli import load_config
from tts.commands.train import read_config
from tts.synthesis.voice import Voice
from tts.training.acoustic.trainer import AcousticTrainer
from tts.training.checkpoint import load_checkpoint
from tts.training.hardware.fabric import launch as fabric_of
from tts.training.trainer import NonFiniteLoss
from tts.training.vocoder.trainer import VocoderTrainer
from tts.vocoder.folder import load_vocoder

pytestmark = pytest.mark.skipif(not torch.distributed.is_available(), reason="this torch has no distributed training")

KINDS = {"voice": AcousticTrainer, "vocoder": VocoderTrainer}


def train_in_one(folder: Path, task: str, poison: bool, overrides: list[str]) -> None:
    """What each process does; a file says what it was given, and what came of it."""
    config = read_config(load_config("train", [*overrides, f"run_dir={folder / 'run'}"]))
    fabric = fabric_of(config.trainer)
    trainer: Any = KINDS[task](config, fabric)
    step, seen, error = trainer.train_step, [], ""

    def watched(batch: Any, progress: float) -> Any:
        if poison and fabric.global_rank == 1 and trainer.step == 1:
            batch.mel[0, 0, 0] = float("nan")
        seen.append([trainer.step, batch.ids, task == "voice" and bool(trainer.model.attention.smma_tunable)])
        return step(batch, progress)

    trainer.train_step = watched
    try:
        trainer.fit()
    except NonFiniteLoss as caught:
        error = str(caught)
    trained = [trainer.model] if task == "voice" else [trainer.model, trainer.discriminators]
    weights = b"".join(value.detach().numpy().tobytes() for model in trained for value in model.state_dict().values())
    report = {
        "seen": seen, "switched_at": trainer.phase.switched_at if task == "voice" else None, "error": error,
        "steps": trainer.step, "weights": hashlib.sha256(weights).hexdigest(),
    }  # fmt: skip
    (folder / f"rank_{fabric.global_rank}.json").write_text(json.dumps(report))


def launch(
    folder: Path,
    overrides: list[str],
    poison: bool = False,
    task: str = "voice",
    machines: int = 1,
    processes: int = 2,
) -> list[dict[str, Any]]:
    """What each process reports, all started from outside as by torchrun, or one on each of two `machines`."""
    folder.mkdir(exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free.getsockname()[1])}
    numbers = [
        {"NODE_RANK": str(i)}
        if machines > 1
        else {"NODE_RANK": "0", "LOCAL_RANK": str(i), "WORLD_SIZE": str(processes)}
        for i in range(processes)
    ]
    running = [
        warm.start(train_in_one, folder, task, poison, overrides, folder=folder, environment=meeting | number)
        for number in numbers
    ]
    output = [process.wait(240) for process in running]
    reports = [folder / f"rank_{rank}.json" for rank in range(processes)]
    assert all(path.is_file() for path in reports), "\n".join(text[-3000:] for text in output)
    return [json.loads(path.read_text()) | {"output": text} for path, text in zip(reports, output, strict=True)]


@pytest.fixture(scope="module")
def whole(tiny: Callable[..., list[str]], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict]]:
    """A run of two processes that nothing stopped: its folder, and what both report. Read only."""
    folder = tmp_path_factory.mktemp("whole")
    return folder / "run", launch(folder, long_run(tiny))


def long_run(tiny: Callable[..., list[str]]) -> list[str]:
    """Long enough to be stopped twice between two of its checkpoints."""
    return tiny(
        "debug=fast", "trainer.frames_per_batch=800", "trainer.validation_utterances=1", "trainer.max_steps=60",
        "trainer.checkpoint_every=3", "trainer.validate_every=100", "trainer.alignment_every=100",
        "smma.switch_on=focus_rate", "smma.focus_rate=0.01", "smma.hold=2", "smma.predicted_prosody_share=0.5",
        "name=run", last=["trainer.devices=2"],
    )  # fmt: skip


def test_two_processes_train_one_voice_and_switch_together(whole: tuple[Path, list[dict[str, Any]]]) -> None:
    run_dir, (first, second) = whole
    assert first["steps"] == second["steps"] == 60
    assert first["switched_at"] == second["switched_at"] == 2
    assert [s[2] for s in first["seen"]] == [s[2] for s in second["seen"]] == [False] * 2 + [True] * 58
    assert first["weights"] == second["weights"]
    assert [s[1] for s in first["seen"]] != [s[1] for s in second["seen"]], "each has its own share of the data"
    assert Voice.load(run_dir).synthesize("The lamp fell.").wav.isfinite().all()
    state = load_checkpoint(run_dir / "checkpoints" / "last.pt")
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
    overrides = tiny_vocoder_overrides(
        "debug=vocoder_fast", "trainer.keep_every=3", "name=run", last=["trainer.devices=2"]
    )
    first, second = launch(tmp_path / "whole", overrides, task="vocoder")
    assert first["steps"] == second["steps"] == 6
    assert first["weights"] == second["weights"]
    assert [s[1] for s in first["seen"]] != [s[1] for s in second["seen"]], "each has its own share of the data"
    run_dir = tmp_path / "whole" / "run"
    assert load_vocoder(run_dir)[0](torch.zeros(5, 90)).isfinite().all()
    half = f"resume={run_dir}/checkpoints/step_0000003.pt"
    first, second = launch(tmp_path / "parts", [*overrides, half], task="vocoder")
    assert [s[0] for s in first["seen"]] == [s[0] for s in second["seen"]] == [3, 4, 5]
    assert_same(last(run_dir), last(tmp_path / "parts" / "run"))


def test_a_loss_that_is_not_finite_in_one_process_stops_both(tiny: Callable[..., list[str]], tmp_path: Path) -> None:
    overrides = tiny(
        "debug=fast", "trainer.frames_per_batch=800", "trainer.validation_utterances=1", last=["trainer.devices=2"]
    )
    first, second = launch(tmp_path, overrides, poison=True)
    assert first["error"] == second["error"]
    assert second["seen"][1][1][0] in first["error"]
    assert not (tmp_path / "run" / "voice").exists()


ROOT = Path(__file__).resolve().parents[3]
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
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # which a shell's `&` leaves ignored
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


def test_two_processes_that_were_killed_and_then_stopped_by_ctrl_c_end_as_if_they_never_were(
    whole: tuple[Path, list[dict[str, Any]]], tiny: Callable[..., list[str]], tmp_path: Path
) -> None:
    overrides = [*long_run(tiny), "run_dir=parts"]
    killed = train(*overrides, folder=tmp_path)
    wait_for_a_checkpoint(killed, tmp_path / "parts")
    killed.kill()
    finished(killed, -signal.SIGKILL)
    assert last(tmp_path / "parts")["step"] < 60
    stopped = train(*overrides, "resume=auto", folder=tmp_path)
    wait_for_a_checkpoint(stopped, tmp_path / "parts")
    os.killpg(stopped.pid, signal.SIGINT)
    output = finished(stopped, 128 + signal.SIGINT)
    assert (
        output.count("resumed at step")
        == output.count("stopped at step")
        == output.count("Ctrl-C again ends at once")
        == 1
    )
    assert "Traceback" not in output
    assert last(tmp_path / "parts")["step"] < 60
    finished(start(*shlex.split(output.splitlines()[-1]), folder=tmp_path))
    assert_same(last(whole[0]), last(tmp_path / "parts"))


def test_a_run_goes_on_from_every_number_of_processes_with_every_other(
    tiny: Callable[..., list[str]], tmp_path: Path
) -> None:
    before = None
    for step, processes in enumerate((1, 2, 3, 1, 3, 2, 1), 1):
        asked = [f"trainer.max_steps={step}", "trainer.frames_per_batch=800", "trainer.validation_utterances=1"]
        overrides = tiny("debug=fast", *asked, last=[f"trainer.devices={processes}", "resume=auto"])
        reports = launch(tmp_path, overrides, processes=processes)
        for number in range(processes):  # for the next number's to be its own
            (tmp_path / f"rank_{number}.json").unlink()
        said = "".join(report["output"] for report in reports)
        if before is not None:
            count = "1 process" if processes == 1 else f"{processes} processes"
            assert said.count(f"resumed at step {step - 1} with {count} instead of {before}") == 1, said
        assert [report["steps"] for report in reports] == [step] * processes
        assert len({report["weights"] for report in reports}) == 1
        state = last(tmp_path / "run")
        assert state["step"] == step and len(state["rng"]) == processes
        before = processes


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
