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


def lacks_its_index(source: Path | BytesIO) -> bool:
    """Whether an MP4 or M4A ends before its boxes do, and the one that says where the sound is would be behind. Raises
    `OSError` likewise."""
    with content_of(source) as content:
        at = 0
        while content[4:8] == b"ftyp" and at < len(content):
            size = int.from_bytes(content[at : at + 4])
            if size == 1:  # of more than 32 bits, which follow
                size = int.from_bytes(content[at + 8 : at + 16])
            if size < 8 or content[at + 4 : at + 8] == b"moov":  # 0: to the end
                return False
            at += size
        return at > len(content)
