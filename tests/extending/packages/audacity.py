"""An export format: the words of every file as Audacity's labels, a line each."""

from __future__ import annotations

from pathlib import Path

from tts.alignment.formats import Alignments, timing_format
from tts.storage.files import write_text


@timing_format("audacity")
def write_labels(out: Path, aligned: Alignments) -> list[Path]:
    written = []
    for file in aligned.files:
        lines = [f"{word.start:.6f}\t{word.end:.6f}\t{word.label}\n" for word, confidence in file.words]
        written.append(out / f"{file.name}.txt")
        write_text(written[-1], "".join(lines))
    return written
