"""`run`: a command with packages of `packages/` on their own, as a user's packages beside no checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import warm

PACKAGES = Path(__file__).parent / "packages"
ROOT = Path(__file__).parents[2]


def site(folder: Path, packages: str) -> Path:
    """A folder with `packages` and nothing else."""
    (folder / "site").mkdir(exist_ok=True)
    for package in packages.split(","):
        shutil.copy(PACKAGES / f"{package}.py", folder / "site")
    (folder / "cwd").mkdir(exist_ok=True)
    return folder / "site"


@pytest.fixture(scope="session")
def run_in() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`run_in(folder, command, packages, *overrides)`: `python -m tts.commands.COMMAND` in an empty folder, with the
    packages named by `plugins=[…]` and found in a folder of PYTHONPATH that holds nothing else."""

    def with_plugins(folder: Path, command: str, packages: str, *overrides: object) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(site(folder, packages)), str(ROOT)])
        return subprocess.run(
            [sys.executable, "-m", f"tts.commands.{command}", f"plugins=[{packages}]", *map(str, overrides)],
            capture_output=True, text=True, cwd=folder / "cwd", timeout=300,
            env=os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        )  # fmt: skip

    return with_plugins


@pytest.fixture
def run(
    run_in: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`run(command, packages, *overrides)`, in a folder of this test."""
    return lambda *given: run_in(tmp_path, *given)


@pytest.fixture
def run_warm(tmp_path: Path) -> Callable[..., tuple[int | None, str]]:
    """`run_warm(command, packages, *overrides)`: the same by a process that has imported ours, though not theirs: its
    exit status and its output."""

    def with_plugins(command: str, packages: str, *overrides: object) -> tuple[int | None, str]:
        given = [f"plugins=[{packages}]", *map(str, overrides)]
        process = warm.start(warm.command, command, given, site(tmp_path, packages), folder=tmp_path / "cwd")
        output = process.wait(300)
        return process.returncode, output

    return with_plugins
