"""What is heard in a file: where somebody speaks, and the words; kept, so that nothing is listened to twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tqdm import tqdm

from tts.audio import waveform
from tts.importing.activity import RATE, Activity, listen, read_activity, windows, write_activity
from tts.importing.folder import HEARD
from tts.importing.identity import first_stamp
from tts.importing.kept import Kept
from tts.importing.recognition import Recogniser, Word, read_words
from tts.importing.sources import Source
from tts.importing.stretches import stretches
from tts.preparation.pauses import Span
from tts.storage.files import fingerprint

LONGEST_WINDOW, APART, WINDOW_MARGIN = 28.0, 2.0, 0.2
"""Seconds: of what Whisper hears at once, which is at most 30; of silence, noise or music between two such; about the
speech."""


@dataclass(frozen=True)
class Hearing:
    """Of one file."""

    stamp: str
    """The file's first, by which what is heard in it is kept."""
    activity: Activity
    words: list[Word]


def hear(source: Source, out: Path, recogniser: Recogniser) -> Hearing:
    """What an earlier run heard in a file, or this one.

    Raises
    ------
    UserError: it cannot be read.
    """
    stamp = first_stamp(source, out)
    activity = _activity(stamp, source, out)
    return Hearing(stamp, activity, _words(stamp, source, out, activity, recogniser))


def sounds(source: Source, spans: Sequence[Span], rate: int | None = RATE) -> Iterator[torch.Tensor]:
    """Stretches of a file, `[samples]` at a rate of so many Hz, or its own for None."""
    opened = waveform.open_source(source.path)
    blocks = opened.blocks if rate is None else waveform.resampled(opened.blocks, opened.sample_rate, rate)
    yield from stretches(blocks, rate or opened.sample_rate, spans)


def _activity(stamp: str, source: Source, out: Path) -> Activity:
    path = out / HEARD / f"{source.name}.npz"
    found = read_activity(path, stamp)
    if found is None:
        found = listen(source.path)
        write_activity(path, found, stamp)
    return found


def _words(stamp: str, source: Source, out: Path, activity: Activity, recogniser: Recogniser) -> list[Word]:
    spans = windows(activity.spans(), activity.pauses(0.1), LONGEST_WINDOW, APART, WINDOW_MARGIN)
    keys = [fingerprint(stamp, recogniser.identity, *span) for span in spans]
    found: list[Word] = []
    with Kept(out / HEARD / f"{source.name}.jsonl") as kept:
        known = [read_words(kept.get(key)) for key in keys]
        missing = sounds(source, [span for span, words in zip(spans, known, strict=True) if words is None])
        bar = tqdm(total=round(sum(s.seconds for s in spans)), unit="s", desc=f"{source.name}: words", disable=None)
        for span, key, words in zip(spans, keys, known, strict=True):
            if words is None:
                words = recogniser.words(next(missing))
                kept.add(key, words)
            found += [Word(w.text, w.start + span.start, w.end + span.start, w.probability) for w in words]
            bar.update(round(span.seconds))
        bar.close()
    return found
