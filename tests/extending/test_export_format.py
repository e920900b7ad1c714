"""An export format from a package outside the repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tts.alignment.formats import timing_format


def test_times_are_written_in_it(run_warm: Callable[..., Any], prepared: Path, tmp_path: Path) -> None:
    corpus = ("corpus=espeak", f"corpus.out={prepared}", f"out={tmp_path}/out")
    small = ("model.mixtures=1", "model.iterations=1")
    status, output = run_warm("align", "subtitles", *corpus, "formats=[ctm,srt]", *small)
    assert status == 0, output
    subtitles = sorted((tmp_path / "out").glob("*.srt"))
    assert len(subtitles) == 12 and (tmp_path / "out/words.ctm").is_file()
    first = subtitles[0].read_text("utf-8").splitlines()
    assert first[0] == "1" and " --> " in first[1] and first[1].startswith("00:00:0")


def test_one_that_is_not_there_is_named(run_warm: Callable[..., Any], prepared: Path, tmp_path: Path) -> None:
    corpus = ("corpus=espeak", f"corpus.out={prepared}", f"out={tmp_path}/out")
    status, output = run_warm("align", "subtitles", *corpus, "formats=[vtt]")
    assert status == 1 and "formats: 'vtt' is not one of ctm, srt" in output


def test_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(ValueError, match=r"format ctm: offered by tts\.alignment\.formats already"):
        timing_format("ctm")(lambda out, aligned: [])
