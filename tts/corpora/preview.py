"""How a corpus is understood, shown before it is prepared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from tts.corpora.corpus import Corpus, Recording
from tts.corpora.notation import notations
from tts.corpora.remarks import remarks

SHOWN = 3
"""Recordings."""
LOOKED_AT = 1000
"""Recordings whose texts are."""
LONG = 600
"""Seconds of a recording that is not read for it."""


def preview(corpus: Corpus, root: str) -> Iterator[str]:
    """Yields the first recordings, then what is to be said of all; `root` is the corpus's file or folder. What a
    corpus raises UserError for further on comes after the first recordings are shown."""
    recordings, place = iter(corpus), Path(root).expanduser()
    first = list(islice(recordings, SHOWN))
    yield first_rows(first, place.parent if place.is_file() else place)
    first += islice(recordings, LOOKED_AT - SHOWN)
    for line in chain(remarks(corpus, chain(first, recordings)), notations([recording.text for recording in first])):
        yield f"  {line}"


def first_rows(first: Sequence[Recording], folder: Path) -> str:
    """A table of recordings as they are understood, with how many seconds of each can be read, of how many if its
    file was cut off, and what is taken of several channels or tracks; names of files are those within `folder`."""
    sounds = [_seconds_and_channel(recording) for recording in first]
    further = [key for key in ("language", "style") if any(getattr(recording, key) for recording in first)]
    last = ("seconds", "channel") if any(channel for _, channel in sounds) else ("seconds",)
    rows: list[tuple[str, ...]] = [("id", "speaker", *further, "text", "file", *last)]
    for recording, sound in zip(first, sounds, strict=True):
        said = [" ".join(getattr(recording, key).split()) for key in ("id", "speaker", *further, "text")]
        row = (*said, recording.file.removeprefix(f"{folder}/"), *sound[: len(last)])
        rows.append(tuple(cell if len(cell) <= 48 else f"{cell[:23]}…{cell[-24:]}" for cell in row))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join(lines).encode("utf-8", "backslashreplace").decode()  # a file name may hold what no text can


def _seconds_and_channel(recording: Recording) -> tuple[str, str]:
    if recording.problem:
        return "unclear", ""
    try:
        sound = recording.load()
        seconds = sound.seconds  # as its head says, which a file that was cut off has kept
        if seconds is None or seconds < LONG:
            seconds = sum(map(len, sound.blocks)) / sound.sample_rate
        whole = sound.cut_from(sound.start + seconds)
    except Exception:  # whatever it is, preparation rejects the recording with the reason
        return "unreadable", ""
    cut_off = "" if whole is None else f", cut off from {whole - sound.start:.2f}"
    return f"{seconds:.2f}{cut_off}", sound.channel
