"""`make demo`, interrupted: the current stage ends by itself, and the demo says how to go on."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

STAGE = """
import os, signal, sys, time
def stop(number, _):
    print("the stage keeps what it has", flush=True)
    time.sleep(0.5)
    sys.exit(128 + number)
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, stop)
os.write(1, b"ready\\n")  # not print: the handler prints, and may come before print has returned
time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_demo_says_that_it_goes_on(number: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "prepare_data.py").write_text(STAGE, "utf-8")
    code = f"import demo; from pathlib import Path; demo.SCRIPTS = Path({str(tmp_path)!r}); demo.main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True, env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1] / "scripts")},
    )  # fmt: skip
    assert process.stdout is not None
    while process.stdout.readline() != "ready\n":
        assert process.poll() is None
    if number == signal.SIGINT:  # Ctrl-C in a terminal
        os.killpg(process.pid, number)
    else:
        os.kill(process.pid, number)
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 128 + number
    assert said.splitlines() == [
        "the stage keeps what it has",
        "The demo was stopped; make demo, with the same settings, goes on from here and speaks.",
    ]


def test_a_misspelt_key_is_named_before_anything_is_prepared(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parents[1] / "scripts/demo.py"), "trainer.max_minute=1"],
        capture_output=True, text=True, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
    )  # fmt: skip
    assert done.returncode == 1 and "did you mean 'trainer.max_minutes'?" in done.stderr
    assert done.stdout == "" and list(tmp_path.iterdir()) == []
