import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tts.errors import UserError
from tts.storage.locks import exclusive, wait_exclusive

HOLD = """
import sys, time
from pathlib import Path
from tts.storage.locks import exclusive
with exclusive(Path(sys.argv[1]), "run_dir"):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def hold(folder: Path, seconds: float) -> subprocess.Popen[str]:
    """A process that holds `folder`, once it does."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), str(seconds)], stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    return process


def test_a_folder_in_use_is_refused_with_its_holder_and_free_once_that_is_killed(tmp_path: Path) -> None:
    other = hold(tmp_path, 60)
    try:
        with (
            pytest.raises(UserError, match=rf"in use by process {other.pid} on .*run_dir=PATH"),
            exclusive(tmp_path, "run_dir"),
        ):
            pass
    finally:
        other.kill()
        other.wait()
    with exclusive(tmp_path, "run_dir"):
        pass


def test_whoever_waits_says_for_whom(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = hold(tmp_path, 1.0)
    started = time.monotonic()
    with wait_exclusive(tmp_path, "compiling"):
        assert time.monotonic() - started > 0.3
    assert f"compiling: waiting for process {other.pid} on" in capsys.readouterr().err
    other.wait()
