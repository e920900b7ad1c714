"""Transcripts kept as one small text file per recording."""

from __future__ import annotations

from pathlib import Path

from tts.corpora.lists.rows import UTF16
from tts.corpora.trial import content_of


def read_transcript(path: Path) -> str:
    """The text of the file on one line, as `read_content` has it; U+FFFD stands for bytes of zero, too."""
    return " ".join(read_content(path).replace("\0", "\ufffd").split())


def read_content(path: Path) -> str:
    """What is in the file: UTF-8, or UTF-16 where it begins as such.

    Bytes that are neither become U+FFFD, which no front end can pronounce: preparation then rejects this one
    utterance by name instead of stopping the whole corpus.
    """
    content = content_of(path)
    return content.decode("utf-16" if content.startswith(UTF16) else "utf-8-sig", "replace")
