"""What a run prints."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.training.runs import SETTINGS
from tts.reporting import progress


def test_a_log_without_a_terminal_says_how_far_the_run_is(
    make_trainer: Callable[..., Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(progress, "SILENCE", 0.0)
    make_trainer(tmp_path, *SETTINGS).fit()
    said = capsys.readouterr().err
    assert "2 speakers" in said
    assert "1 process on cpu" in said
    for step in range(2, 7):
        assert re.search(
            rf"step {step} of 6 mel \d\.\d+ focus .* min, \d+\.\d min left at this pace$", said, re.MULTILINE
        )
