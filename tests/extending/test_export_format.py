"""An export format from a package outside the repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tts.alignment.formats import FORMATS, timing_format


def test_times_are_written_in_it(run_warm: Callable[..., Any], prepared: Path, tmp_path: Path) -> None:
    corpus = ("corpus=espeak", f"corpus.out={prepared}", f"out={tmp_path}/out")
    small = ("model.mixtures=1", "model.iterations=1")
    status, output = run_warm("align", "audacity", *corpus, "formats=[ctm,audacity]", *small)
    assert status == 0, output
    assert "NAME.TextGrid, NAME.json, phones.ctm, words.ctm, NAME.txt" in output
    labels = sorted((tmp_path / "out").glob("*.txt"))
    assert len(labels) == 12 and (tmp_path / "out/words.ctm").is_file()
    start, end, word = labels[0].read_text("utf-8").splitlines()[0].split("\t")
    assert 0 <= float(start) < float(end) and word


def test_one_that_is_not_there_is_named(run_warm: Callable[..., Any], prepared: Path, tmp_path: Path) -> None:
    corpus = ("corpus=espeak", f"corpus.out={prepared}", f"out={tmp_path}/out")
    status, output = run_warm("align", "audacity", *corpus, "formats=[lrc]")
    assert status == 1 and "formats: 'lrc' is not one of ctm, srt, vtt, eaf, audacity" in output


def writer_of(package: str) -> Any:
    """A writer that a package defined."""

    def writer(out: Path, aligned: Any) -> list[Path]:
        return []

    writer.__module__ = package
    return writer


def test_a_name_of_ours_may_be_taken_that_of_another_package_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions up to 0.5 had no `srt`, and packages may have offered one."""
    monkeypatch.setattr("tts.alignment.formats.FORMATS", dict(FORMATS))
    timing_format("srt")(writer_of("one"))
    with pytest.raises(ValueError, match="format srt: offered by one already"):
        timing_format("srt")(writer_of("another"))
