"""From frames per token to times in seconds. Needs no torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from tts.errors import UserError
from tts.intervals import Interval
from tts.text.tokens import END, START, Tokens

PAUSE = 0.1
"""Seconds of silence between sentences, beside the silence each carries at its ends."""
SLOWEST, FASTEST = 0.25, 4.0
"""Speeds; 2 is twice as fast."""
LONGEST = 5.0
"""Seconds that a phone may be given."""


def check_speed(speed: float) -> None:
    """Raises UserError if nothing is spoken at that speed."""
    if not SLOWEST <= speed <= FASTEST:
        raise UserError(f"speed={speed}: choose between {SLOWEST} and {FASTEST}")


def timings(
    tokens: Tokens, durations: list[float], frame_seconds: float, start: float, end: float
) -> tuple[list[Interval], list[Interval]]:
    """Word and phone intervals of one sentence that is spoken from `start` to `end`, in seconds.

    `durations` are frames per token, `[N]`; fractions come from a soft alignment.

    Frames are centred on multiples of the hop, so the boundary between frames t−1 and t lies at (t − ½) hops; the first
    token starts at `start` and the last ends at `end`, to the last bit: what follows may begin right there.
    """
    edges = [start]
    passed = 0.0
    for frames in durations[:-1]:
        passed += frames
        edges.append(min(end, max(edges[-1], start + (passed - 0.5) * frame_seconds)))
    edges.append(end)
    phones = [
        Interval("sil" if symbol in (START, END) else symbol, a, b)
        for symbol, a, b in zip(tokens.symbols, edges, edges[1:], strict=False)
    ]
    words: list[Interval] = []
    for index, label in enumerate(tokens.words):
        own = [phone for phone, word in zip(phones, tokens.word, strict=True) if word == index]
        if own:
            words.append(Interval(label, own[0].start, own[-1].end))
    return words, phones


def frames_of(seconds: Sequence[float], tokens: Tokens, frame_seconds: float) -> list[int]:
    """Frames per token, `[N]`, of one sentence whose phones are to have these lengths: what `timings` is given.

    Raises
    ------
    UserError: there is not one for each token, or one is none from 0 to `LONGEST`.
    """
    if len(seconds) != len(tokens):
        raise UserError(f"{len(seconds)} durations for {len(tokens)} phones; give one for each, silence included")
    if not all(0 <= one <= LONGEST for one in seconds):  # nor NaN
        raise UserError(f"durations must be numbers of seconds between 0 and {LONGEST:g}")
    *inner, end = accumulate(seconds)
    passed = [0, *(math.floor(edge / frame_seconds + 1) for edge in inner), math.floor(end / frame_seconds + 1.5)]
    return [b - a for a, b in pairwise(passed)]


@dataclass
class Timeline:
    """Words and phones of sentences spoken one after another.

    Each boundary is divided once, and its neighbours share the very same number.
    """

    sample_rate: int
    words: list[Interval] = field(default_factory=list)
    """Seconds."""
    phones: list[Interval] = field(default_factory=list)
    """Seconds; together they cover the sound."""
    samples: int = 0
    end: float = 0.0
    """Seconds."""

    def silence(self, samples: int) -> None:
        """Nothing is said."""
        start = self._pass(samples)
        self.phones.append(Interval("sil", start, self.end))

    def speech(self, words: Sequence[Interval], phones: Sequence[Interval], samples: int) -> None:
        """What is timed from 0 on is said, one sentence or several."""
        start = self._pass(samples)
        self.words += [self._moved(word, start) for word in words]
        self.phones += [self._moved(phone, start) for phone in phones[:-1]]
        self.phones.append(Interval(phones[-1].label, min(phones[-1].start + start, self.end), self.end))

    def _moved(self, interval: Interval, start: float) -> Interval:
        label, begins, ends = interval
        return Interval(label, min(begins + start, self.end), min(ends + start, self.end))

    def _pass(self, samples: int) -> float:
        """When what lasts so many samples starts."""
        start = self.end
        self.samples += samples
        self.end = self.samples / self.sample_rate
        return start
