"""How much of its sound a file lacks that was cut off, as by a copy that was stopped."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from tts.audio.joined import content_of

STREAMED = 2**31 - 2**16
"""Bytes; a WAV whose head says as much or more was written before its length was known."""
FIRST_CHUNK = 12
"""Bytes before it."""


def times_as_long(source: Path | BytesIO) -> float:
    """How many times as much sound as there is in a WAV its head announces, 1 where all is there. What the head says of
    the sound and of the whole file must agree.

    Raises `OSError` where it cannot be read.
    """
    with content_of(source) as content:
        end, at = 8 + int.from_bytes(content[4:8], "little"), FIRST_CHUNK
        if content[:4] != b"RIFF" or not len(content) < end < STREAMED:
            return 1.0
        while at + 8 < len(content):
            size, begins = int.from_bytes(content[at + 4 : at + 8], "little"), at + 8
            if content[at : at + 4] == b"data":
                there = len(content) - begins
                return size / there if there < size <= end - begins else 1.0
            at = begins + size + size % 2
    return 1.0
