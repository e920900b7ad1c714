"""A corpus layout from a package outside the repository."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tts.data.manifest import Utterance, read_manifest


@pytest.fixture
def recordings(prepared: Path, tmp_path: Path) -> list[Utterance]:
    """Three, in the folder `mine` with its list."""
    corpus = read_manifest(prepared)
    chosen = sorted(corpus.utterances[:3], key=lambda u: u.id)
    (tmp_path / "mine/sounds").mkdir(parents=True)
    for utterance in chosen:
        shutil.copy(corpus.audio_path(utterance), tmp_path / "mine/sounds")
    lines = [f"sounds/{utterance.id}.flac\tanna\t{utterance.text}\n" for utterance in chosen]
    (tmp_path / "mine/list.tsv").write_text("".join(lines), "utf-8")
    return chosen


def test_a_folder_in_it_is_prepared(run: Callable[..., Any], recordings: list[Utterance], tmp_path: Path) -> None:
    given = (f"corpus.root={tmp_path}/mine", f"corpus.out={tmp_path}/out", "workers=1")
    done = run("prepare_data", "listed", "corpus=listed", *given)
    assert done.returncode == 0, done.stderr
    assert [(u.text, u.speaker) for u in read_manifest(tmp_path / "out").utterances] == [
        (u.text, "anna") for u in recordings
    ]


def test_what_is_missing_or_wrong_is_one_line(
    run_warm: Callable[..., Any], recordings: list[Utterance], tmp_path: Path
) -> None:
    given = ("corpus=listed", f"corpus.out={tmp_path}/out")
    status, output = run_warm("prepare_data", "listed", *given)
    assert status == 1 and "corpus.root" in output
    table = tmp_path / "mine/list.tsv"
    table.write_text(table.read_text("utf-8") + "sounds/four.flac\tanna, four\n", "utf-8")
    status, output = run_warm("prepare_data", "listed", *given, f"corpus.root={tmp_path}/mine")
    *shown, error = output.splitlines()  # the first recordings, as of any folder
    assert len(shown) == 4 and shown[0].split() == ["id", "speaker", "text", "file", "seconds"]
    assert status == 1 and error.startswith(f"error: {table}:4: 2 columns instead of 3; write FILE, SPEAKER and TEXT")
