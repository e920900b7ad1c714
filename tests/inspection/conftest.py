from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def prepared_copy(prepared: Path, tmp_path: Path) -> Path:
    """The small prepared corpus, to be changed."""
    return Path(shutil.copytree(prepared, tmp_path / "copy"))
