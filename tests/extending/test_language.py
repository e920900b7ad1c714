"""A language's reading of numbers from a package outside the repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tts.data.manifest import read_manifest


def test_texts_are_read_by_it(run_warm: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "sentences.txt").write_text("Tåget går kl. 5.\nDet är -3 grader.\n", "utf-8")
    corpus = ("corpus=espeak", "corpus.language=sv", "corpus.voices=[sv]", f"corpus.out={tmp_path}/out")
    sentences = f"corpus.sentences={tmp_path}/sentences.txt"
    status, output = run_warm("prepare_data", "swedish", *corpus, sentences, "workers=1")
    assert status == 0, output
    words = [word for utterance in read_manifest(tmp_path / "out").utterances for word in utterance.words]
    assert {"klockan", "fem", "minus", "tre"} <= set(words)
