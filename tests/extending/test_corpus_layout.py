"""A corpus layout from a package outside the repository."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tts.data.manifest import read_manifest


def test_a_folder_in_it_is_prepared(
    run: Callable[..., Any], run_warm: Callable[..., Any], prepared: Path, tmp_path: Path
) -> None:
    corpus = read_manifest(prepared)
    (tmp_path / "mine").mkdir()
    for utterance in corpus.utterances[:3]:
        shutil.copy(corpus.audio_path(utterance), tmp_path / "mine")
        (tmp_path / f"mine/{utterance.id}.txt").write_text(utterance.text, "utf-8")
    given = ("corpus=texts_beside", f"corpus.out={tmp_path}/out", "corpus.speaker=anna", "workers=1")
    done = run("prepare_data", "texts_beside", *given, f"corpus.root={tmp_path}/mine")
    assert done.returncode == 0, done.stderr
    assert [(u.text, u.speaker) for u in read_manifest(tmp_path / "out").utterances] == [
        (u.text, "anna") for u in sorted(corpus.utterances[:3], key=lambda u: u.id)
    ]
    status, output = run_warm("prepare_data", "texts_beside", *given)
    assert status == 1 and "corpus.root" in output
