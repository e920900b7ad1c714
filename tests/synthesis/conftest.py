from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def copy(tiny_run: Path, tmp_path: Path) -> Path:
    """A voice's folder, to change."""
    return shutil.copytree(tiny_run / "voice", tmp_path / "voice")
