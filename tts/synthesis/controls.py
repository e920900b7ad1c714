"""What controls ask of each token of a sentence. Needs no torch."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from typing import TypeVar

from tts.errors import UserError
from tts.synthesis.speakers import Speaker
from tts.synthesis.timings import PAUSE, check_speed
from tts.text.controls import Controls, Marked
from tts.text.tokens import Tokens, is_silence

T = TypeVar("T")
LENGTHS_VARY, MELODY_VARIES = 0.15, 2.0
"""Standard deviation over words of the logarithm of their lengths, and of their semitones, where `variation` is 1."""


@dataclass(frozen=True)
class Asked:
    """Of every token, `[N]` each."""

    lengthening: list[float]
    """Factor of its predicted frames."""
    frames: list[float]
    """How many it takes instead; 0 for as many as predicted."""
    group: list[int]
    """Tokens of the same number above 0 together take `frames`; it is 0 where each has its own."""
    pitch: list[float]
    """Semitones above the predicted melody."""
    pitch_range: list[float]
    """Factor of the melody's distance from its mean."""
    energy: list[float]
    """Decibels above the predicted loudness."""


@dataclass(frozen=True)
class Manner:
    """How a text is spoken."""

    who: Speaker
    language: str
    controls: Controls
    markup: Marked


def asked_of(
    tokens: Tokens, controls: Controls, markup: Marked, frame_seconds: float, first: bool = True, last: bool = True
) -> Asked | None:
    """What the controls of a text and its markup ask of the tokens of a sentence; None if nothing.

    Parameters
    ----------
    first, last: whether the sentence begins or ends the text: the silence there is none between sentences.

    Raises
    ------
    UserError: controls of text and markup together are beyond their limits.
    """
    if not controls.changed and not tokens.mark:
        return None
    marks = tokens.mark or (0,) * len(tokens)
    together = {number: controls.beside(markup.stretches[number].controls) for number in set(marks)}
    each = [together[number] for number in marks]
    seconds = [markup.stretches[number].seconds for number in marks]
    pauses = [
        is_silence(symbol) and (i > 0 or not first) and (i + 1 < len(tokens) or not last)
        for i, symbol in enumerate(tokens.symbols)
    ]
    # A pause that begins a sentence is in part the one that is between all sentences.
    passed = [PAUSE * controls.pauses if i == 0 and not first else 0.0 for i in range(len(tokens))]
    lasting = [
        0.0 if wanted is None else max(1.0, (wanted - before) / frame_seconds)
        for wanted, before in zip(seconds, passed, strict=True)
    ]
    longer, higher = varied(tokens, controls.variation, controls.seed)
    return Asked(
        lengthening=[(c.pauses if pause else by) / c.speed for c, pause, by in zip(each, pauses, longer, strict=True)],
        frames=lasting,
        group=[number if frames else 0 for number, frames in zip(marks, lasting, strict=True)],
        pitch=[c.pitch + by for c, by in zip(each, higher, strict=True)],
        pitch_range=[c.pitch_range for c in each],
        energy=[c.energy for c in each],
    )


def varied(tokens: Tokens, variation: float, seed: int) -> tuple[list[float], list[float]]:
    """A factor of the frames, and semitones, for each token of a reading: those of a word are the same, and what is not
    of a word is as predicted."""
    if not variation:
        return [1.0] * len(tokens), [0.0] * len(tokens)
    words = []
    for place, word in enumerate(tokens.words):  # each by itself, so that it is the same before the next is known
        draw = random.Random(f"{seed} {place} {word}")
        words.append((math.exp(LENGTHS_VARY * variation * draw.gauss()), MELODY_VARIES * variation * draw.gauss()))
    each = [words[word] if word >= 0 else (1.0, 0.0) for word in tokens.word]
    return [longer for longer, _ in each], [higher for _, higher in each]


def nothing_asked(count: int) -> Asked:
    """Of so many tokens."""
    zero, one = [0.0] * count, [1.0] * count
    return Asked(one, zero, [0] * count, zero, one, zero)


def with_pitches(asked: Asked, semitones: Sequence[float]) -> Asked:
    """With so many more for each token.

    Raises
    ------
    UserError: there is not one for each, or one is beyond the limits of `Controls.pitch`.
    """
    least, most = Controls.LIMITS["pitch"]
    if len(semitones) != len(asked.pitch):
        raise UserError(f"{len(semitones)} pitches for {len(asked.pitch)} phones; give one for each, silence included")
    if not all(least <= one <= most for one in semitones):  # nor NaN
        raise UserError(f"pitches must be numbers of semitones between {least:g} and {most:g}")
    return replace(asked, pitch=[a + b for a, b in zip(asked.pitch, semitones, strict=True)])


def check_possible(controls: Controls, tokens: Tokens, possible: Set[str], why: str) -> None:
    """Raises UserError where more is asked for than the `possible` controls of the whole text."""
    beyond = [name for name in controls.changed if name not in possible]
    if beyond or tokens.mark:
        raise UserError(f"{', '.join(beyond) or 'what is marked up in the text'} cannot be changed: {why}")


def combined(controls: Controls, speed: float, pitch: float, energy: float) -> Controls:
    """The controls, and what is given beside them.

    Raises
    ------
    UserError: one of them, or both together, are beyond the limits.
    """
    check_speed(speed)
    return controls.beside(Controls(speed=speed, pitch=pitch, energy=energy))


def check_chunk(seconds: float) -> None:
    """Raises UserError if no sound is that long."""
    if not 0 < seconds < math.inf:  # nor NaN
        raise UserError(f"chunk_seconds={seconds}: give seconds above 0")


def with_last(items: Iterable[T]) -> Iterator[tuple[T, bool]]:
    """Each item, and whether it is the last."""
    waiting: list[T] = []
    for item in items:
        for one in waiting:
            yield one, False
        waiting = [item]
    for one in waiting:
        yield one, True
