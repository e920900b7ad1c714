"""The benchmarks start, and refuse what they do not know."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def benchmark(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts/benchmark.py"), *arguments]
    # Without the folders of commands: peers that happen to be installed are left out.
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PATH": ""}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_the_contest_of_aligners_gives_a_table(prepared: Path, tmp_path: Path) -> None:
    done = benchmark("benchmark=alignment", f"corpus={prepared}", "parts=speech", f"out={tmp_path}")
    assert done.returncode == 0, done.stderr
    assert "left out: viter" in done.stdout
    figures = json.loads((tmp_path / "results.json").read_text("utf-8"))["speech"]
    assert list(figures) == ["ours, 1 min", "ours, 5 min", "ours, 30 min"]
    # So small a corpus may have taught no utterance that is held out all its phones.
    assert all((row["count"] or row["unscored"]) and row["cpu_seconds"] > 0 for row in figures.values())
    assert "within" not in done.stdout and "≤ 20 ms %" in done.stdout


def test_unknown_keys_and_parts_are_refused(prepared: Path) -> None:
    done = benchmark("benchmark=alignment", f"corpus={prepared}", "parts=peers,all")
    assert done.returncode == 1 and "parts=peers,all" in done.stderr
