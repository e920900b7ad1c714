"""Where files of sound begin that were joined end to end, of which libsndfile reads the first only."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from itertools import pairwise
from pathlib import Path

Bytes = bytes | mmap.mmap
Bounds = tuple[int, int]
"""From which byte to which."""

FIRST_PAGE = re.compile(rb"OggS\0[\x02\x06]")
"""Of a stream in an Ogg file: its mark, version and kind of page."""
XING = (re.compile(rb"Xing\0{3}"), re.compile(rb"Info\0{3}"))
"""In the first frame of an MP3, which is silent: the mark of what that says of the whole."""
BEFORE_XING = (13, 15, 21, 23, 36, 38)
"""Bytes of that frame before the mark: fewer at low rates and for one channel, more with a checksum."""
TAGS = 512
"""Bytes before and behind an MP3 that are no sound, beside a tag of ID3."""


def parts(source: Path | BytesIO) -> Sequence[Bounds]:
    """Of the Ogg files, WAVs or MP3s that one consists of; none where it is another kind of file.

    Raises `OSError` where it cannot be read.
    """
    with content_of(source) as content:
        head = content[:4]
        find = _links if head == b"OggS" else _riffs if head == b"RIFF" else _mp3s
        if find is _mp3s and not (head.startswith(b"ID3") or (head[:1] == b"\xff" and head[1:2] >= b"\xe2")):
            return []
        return list(pairwise([0, *find(content)[1:], len(content)]))


def missing_bytes(source: Path | BytesIO) -> int | None:
    """By how many bytes an MP3 is shorter than it says, where it also says how many samples it has: libsndfile takes
    the number from there, or else guesses it from the first frame, where all may differ in size. Tags may make it
    longer than it says, by `TAGS` at most. None where it says nothing. Raises `OSError` likewise."""
    with content_of(source) as content:
        for start in _infos(content)[:1]:
            mark = next(one.end() for mark in XING if (one := mark.search(content, start)))
            size = int.from_bytes(content[mark + 5 : mark + 9])
            if int.from_bytes(content[mark : mark + 1]) & 3 == 3:
                return size - (len(content) - start)
    return None


@contextmanager
def content_of(source: Path | BytesIO) -> Iterator[Bytes]:
    """Of a file no more is read than is looked at."""
    if isinstance(source, BytesIO):
        yield source.getvalue()
    elif not source.stat().st_size:
        yield b""
    else:
        with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            yield mapped


def _links(content: Bytes) -> list[int]:
    """Of chained Ogg files. Streams that go on beside each other begin on pages one after the other."""
    starts, end = list[int](), -1
    for page in FIRST_PAGE.finditer(content):
        if page.start() != end:
            starts.append(page.start())
        lengths = page.end() + 21
        segments = content[lengths - 1 : lengths]
        end = lengths + sum(segments) + sum(content[lengths : lengths + sum(segments)])
    return starts


def _mp3s(content: Bytes) -> list[int]:
    """Of which each but the first says in its first frame something of the whole."""
    begins, starts = 0, _infos(content)
    while content[begins : begins + 3] == b"ID3":
        begins += 10 + sum(byte << 7 * (3 - i) for i, byte in enumerate(content[begins + 6 : begins + 10]))
    return starts if starts and starts[0] <= begins + TAGS else [0, *starts]


def _infos(content: Bytes) -> list[int]:
    """The first frames of MP3s that say something of the whole."""
    marks = sorted(found.start() for mark in XING for found in mark.finditer(content))
    starts = [mark - before for mark in marks if not any(content[mark - 9 : mark]) for before in BEFORE_XING]
    return [start for start in starts if start >= 0 and content[start] == 0xFF and content[start + 1] >= 0xE2]


def _riffs(content: Bytes) -> list[int]:
    """Of WAVs, by the lengths that they give."""
    starts = [0]
    while True:
        end = starts[-1] + 8 + int.from_bytes(content[starts[-1] + 4 : starts[-1] + 8], "little")
        following = [
            at for at in (end, end + 1) if content[at : at + 4] == b"RIFF" and content[at + 8 : at + 12] == b"WAVE"
        ]
        if not following:
            return starts
        starts.append(following[0])
