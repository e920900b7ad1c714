"""Transcripts kept as one small text file per recording."""

from __future__ import annotations

from pathlib import Path


def read_transcript(path: Path) -> str:
    """The text of the file on one line.

    Bytes that are not UTF-8 become U+FFFD, which no front end can pronounce: preparation then rejects this one
    utterance by name instead of stopping the whole corpus.
    """
    return " ".join(path.read_text(encoding="utf-8-sig", errors="replace").split())
