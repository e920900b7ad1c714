"""`outside(name)`: one of `packages/` on its own, as a user's package beside no checkout; `run` a command with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PACKAGES = Path(__file__).parent / "packages"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`run(command, package, *overrides)`: `python -m tts.commands.COMMAND` in an empty folder, with the package named
    by `plugins=[…]` and found in a folder of PYTHONPATH that holds nothing else."""

    def with_plugin(command: str, package: str, *overrides: object) -> subprocess.CompletedProcess[str]:
        folder = tmp_path / "site"
        folder.mkdir(exist_ok=True)
        shutil.copy(PACKAGES / f"{package}.py", folder)
        (tmp_path / "cwd").mkdir(exist_ok=True)
        return subprocess.run(
            [sys.executable, "-m", f"tts.commands.{command}", f"plugins=[{package}]", *map(str, overrides)],
            capture_output=True, text=True, cwd=tmp_path / "cwd", timeout=300,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]), "OMP_NUM_THREADS": "1"},
        )  # fmt: skip

    return with_plugin
