"""An export format: the words of a corpus as SubRip subtitles, one file per utterance."""

from __future__ import annotations

from pathlib import Path

from tts.alignment.formats import Alignments, timing_format
from tts.storage.files import write_text


@timing_format("srt")
def write_subtitles(out: Path, aligned: Alignments) -> list[Path]:
    written = []
    for utterance, alignment in aligned:
        cues = [
            f"{number}\n{clock(word.start)} --> {clock(word.end)}\n{word.label}\n"
            for number, word in enumerate(alignment.words, 1)
        ]
        written.append(out / f"{utterance.id}.srt")
        write_text(written[-1], "\n".join(cues))
    return written


def clock(seconds: float) -> str:
    milliseconds = round(1000 * seconds)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d},{rest % 1000:03d}"
