"""`run`: a command with packages of `packages/` on their own, as a user's packages beside no checkout."""

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


@pytest.fixture(scope="session")
def run_in() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`run_in(folder, command, packages, *overrides)`: `python -m tts.commands.COMMAND` in an empty folder, with the
    packages named by `plugins=[…]` and found in a folder of PYTHONPATH that holds nothing else."""

    def with_plugins(folder: Path, command: str, packages: str, *overrides: object) -> subprocess.CompletedProcess[str]:
        for name in ("site", "cwd"):
            (folder / name).mkdir(exist_ok=True)
        for package in packages.split(","):
            shutil.copy(PACKAGES / f"{package}.py", folder / "site")
        return subprocess.run(
            [sys.executable, "-m", f"tts.commands.{command}", f"plugins=[{packages}]", *map(str, overrides)],
            capture_output=True, text=True, cwd=folder / "cwd", timeout=300,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([f"{folder}/site", str(ROOT)]), "OMP_NUM_THREADS": "1"},
        )  # fmt: skip

    return with_plugins


@pytest.fixture
def run(
    run_in: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`run(command, packages, *overrides)`, in a folder of this test."""
    return lambda *given: run_in(tmp_path, *given)
