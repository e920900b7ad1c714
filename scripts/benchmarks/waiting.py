"""What waiting threads cost: `python scripts/benchmark.py benchmark=waiting [alone=5] [beside=2]`.

The same work alone and beside twice as many busy processes as there are cores, with threads that spin while they wait,
as OpenMP has it by default, that sleep at once, and that sleep after a short spin, as `tts.environment` sets it. CPU
seconds of all processes and wall seconds, medians of so many rounds; starting and importing are counted too.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tts.errors import UserError

SCRIPTS = Path(__file__).resolve().parents[1]
CORPUS = ("corpus=espeak", "corpus.out=corpus")
PREPARE = ("corpus.hours=0.1", "corpus.voices=[en-us+f3,en-us+m3]")
TRAIN = ("train.py", *CORPUS, "trainer.max_steps=12", "smma.switch_step=6", "trainer.accelerator=cpu")
WORK = {
    "train, two processes": (*TRAIN, "trainer.devices=2", "run_dir=run"),
    "train, one process, two threads": (*TRAIN, "trainer.devices=1", "trainer.threads=2", "run_dir=run"),
    "align": ("align.py", *CORPUS, "out=timings"),
    "speak": ("synthesize.py", "voice=voice", "text_file=lines.txt", "out=spoken"),
}
SPIN = {
    "spinning": {"OMP_WAIT_POLICY": "ACTIVE", "GOMP_SPINCOUNT": "300000"},
    "sleeping": {"OMP_WAIT_POLICY": "PASSIVE"},
    "short": {},
}
"""How GNU's OpenMP waits; it spins so many times if nothing is set."""
LINES = 8 * ["The old man kept the sea in view until the lamp went out."]


def main(arguments: list[str], _: Path | None) -> None:
    """Run everything in turns and print a table."""
    given = dict(argument.partition("=")[::2] for argument in arguments)
    rounds = {"alone": 5, "beside": 2} | {key: int(value) for key, value in given.items() if value.isdecimal()}
    if rounds.keys() != {"alone", "beside"} or len(given) > 2 or not all(map(str.isdecimal, given.values())):
        raise UserError(f"benchmark=waiting takes alone=NUMBER and beside=NUMBER of rounds, not {' '.join(arguments)}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "lines.txt").write_text("\n".join(LINES), "utf-8")
        _run(folder, {}, "prepare_data.py", *CORPUS, *PREPARE)
        _run(folder, {}, *TRAIN, "run_dir=voice")
        spent: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
        for where, count in rounds.items():
            with _busy(2 * (os.cpu_count() or 1) if where == "beside" else 0):
                for _round in range(count):
                    for work, command in WORK.items():
                        for how, environment in SPIN.items():
                            spent.setdefault((work, where, how), []).append(_run(folder, environment, *command))
    print(f"{'':50} {'CPU s':>8} {'wall s':>9}")
    for (work, where, how), figures in spent.items():
        cpu, wall = (statistics.median(values) for values in zip(*figures, strict=True))
        print(f"{work:32} {where:7} {how:9} {cpu:8.1f} {wall:9.1f}")


def _run(folder: Path, environment: dict[str, str], script: str, *arguments: str) -> tuple[float, float]:
    """CPU and wall seconds of a command, with its processes; what it made is moved out of the next one's way."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("OMP_", "GOMP_"))}
    started, before = time.perf_counter(), os.times()
    subprocess.run(
        [sys.executable, str(SCRIPTS / script), *arguments], cwd=folder, env=kept | environment, check=True,
        capture_output=True,
    )  # fmt: skip
    after = os.times()
    for made in ("run", "timings", "spoken"):
        if (folder / made).exists():
            (folder / made).rename(folder / f"{made}_{time.monotonic_ns()}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return cpu, time.perf_counter() - started


@contextmanager
def _busy(count: int) -> Iterator[None]:
    """So many processes that compute without end."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()
