"""An import that is killed anywhere comes to what it would have come to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.importing import killed

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_an_import_that_is_killed_in_any_stage_goes_on(prepared: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    program = [sys.executable, "-m", "tests.importing.killed", str(prepared), str(tmp_path)]
    ended = subprocess.run(program, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["pieces"] > 4
    assert found["stages"] == {stage: {"ended": [-signal.SIGKILL, 0], "differing": []} for stage in killed.STAGES}
