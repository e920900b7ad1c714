"""A vocoder from a package outside the repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import soundfile


def test_a_voice_speaks_through_it(run_warm: Callable[..., Any], tiny_run: Path, tmp_path: Path) -> None:
    common = (f"voice={tiny_run}", "text=Go home.", f"out={tmp_path}/out")
    status, output = run_warm("synthesize", "whisper_vocoder", *common, "vocoder=whisper", "vocoder.level=0.5")
    assert status == 0, output
    samples, _ = soundfile.read(tmp_path / "out/0001.wav")
    assert abs(samples).max() > 0


def test_help_explains_it(run_warm: Callable[..., Any]) -> None:
    status, output = run_warm("synthesize", "whisper_vocoder", "vocoder=whisper", "--help")
    assert status == 0 and "whisper " in output and "Whispers what a voice says." in output
    assert "vocoder.level=1.0" in output and "How loud." in output
