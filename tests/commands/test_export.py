"""`tts-export`: what it refuses, in one line each; the files that it writes are tried in tests/export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tts.commands.export import main


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["format=coreml"], "format: 'coreml' is not one of onnx, piper, sherpa"),
        (["quantise=int4"], "quantise: 'int4' is not one of float32, float16, int8"),
        (["format=piper", "language=de"], "language=de: this voice speaks en-us"),
        (["format=hub", "quantise=int8"], "format=hub keeps the voice as it is: leave quantise and language out"),
        (["language=en-us"], "language: a voice exported with format=onnx keeps all of its languages"),
        (["vocoder=griffin_lim"], "only those trained with this project are exported, and this is GriffinLim"),
    ],
)
def test_what_cannot_be_exported_is_said_in_one_line(
    call: Callable[..., Any], tiny_run: Path, tmp_path: Path, arguments: list[str], complaint: str
) -> None:
    result = call(main, f"voice={tiny_run}", *arguments, f"out={tmp_path}/out")
    assert result.status == 1
    assert len(result.errors) == 1 and complaint in result.errors[0]
    assert not (tmp_path / "out").exists()


def test_a_folder_of_somebody_else_is_left_alone(call: Callable[..., Any], tiny_run: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", "utf-8")
    result = call(main, f"voice={tiny_run}", f"out={tmp_path}")
    assert result.status == 1 and "thesis.txt" in result.errors[0]
