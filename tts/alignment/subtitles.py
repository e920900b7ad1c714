"""Subtitles of every file that was aligned."""

from __future__ import annotations

from pathlib import Path

from tts.alignment.files import Alignments, TimedFile
from tts.alignment.own_files import write_own
from tts.subtitles import Cue, cues, srt, vtt


def write_srt(out: Path, aligned: Alignments) -> list[Path]:
    """NAME.srt of every file."""
    return write_own(out, ((f"{file.name}.srt", srt(cues_of(file))) for file in aligned.files))


def write_vtt(out: Path, aligned: Alignments) -> list[Path]:
    """NAME.vtt of every file."""
    return write_own(out, ((f"{file.name}.vtt", vtt(cues_of(file))) for file in aligned.files))


def cues_of(file: TimedFile) -> list[Cue]:
    """All cues of a file, in order of time; each within one utterance."""
    found = (cue for utterance, alignment in file.parts for cue in cues(utterance.text, alignment.words))
    return sorted(found, key=lambda cue: cue.start)
