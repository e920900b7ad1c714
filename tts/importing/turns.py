"""Where in a recording somebody else goes on: what is said before a pause and after it sounds like two people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import torch

from tts.importing.activity import RATE
from tts.importing.kept import Kept
from tts.importing.speakers import Heard, distance
from tts.importing.spoken_text import Part
from tts.preparation.pauses import Span
from tts.storage.files import fingerprint

SHORTEST, LONGEST = 1.0, 3.0
"""Seconds of speech on either side of a pause by which is told whether somebody else goes on."""
PAUSE = 0.15
"""Seconds of silence between two who speak in turn, at the least."""
TURN = 0.25
"""Cosine distance between both sides beyond which they are two people. Of two seconds each, 1 % of pairs by one person
and 95 % of pairs by two are farther apart (21 speakers, `docs/LOG.md`). A cut too many does no harm: it is in a
pause."""


class Sides(NamedTuple):
    """Of a pause between two parts."""

    before: Span
    after: Span

    @property
    def whole(self) -> Span:
        return Span(self.before.start, self.after.end)


def at_turns(
    parts: Sequence[Part],
    sounds: Callable[[Sequence[Span]], Iterator[torch.Tensor]],
    recognise: Callable[[np.ndarray], Heard],
    kept: Kept,
    file: str,
) -> list[Part]:
    """The parts, those `apart` before which somebody else spoke, so that no piece goes over the turn.

    Parameters
    ----------
    sounds: of stretches of the recording, at 16 kHz, in their order.
    kept: what an earlier run found, and what this one adds.
    file: stamp of the recording.
    """
    found = list(parts)
    asked = [(i, sides) for i, pair in enumerate(pairwise(parts), 1) if (sides := _sides(*pair)) is not None]
    heard = sounds([sides.whole for _, sides in asked])
    for (i, sides), wav in zip(asked, heard, strict=True):
        key = fingerprint(file, "turn", *sides.before, *sides.after)
        apart: Any = kept.get(key)
        if not isinstance(apart, float):
            apart = _distance(wav.numpy(), sides, recognise)
            kept.add(key, apart)
        if apart > TURN:
            found[i] = replace(found[i], apart=True)
    return found


def _sides(a: Part, b: Part) -> Sides | None:
    """What of two neighbours is compared; None where they are one, or too short to tell."""
    before = Span(max(a.start, a.end - LONGEST), a.end)
    after = Span(b.start, min(b.end, b.start + LONGEST))
    told = not (a.problem or b.problem) and not b.apart and after.start - before.end >= PAUSE
    return Sides(before, after) if told and min(before.seconds, after.seconds) >= SHORTEST else None


def _distance(wav: np.ndarray, sides: Sides, recognise: Callable[[np.ndarray], Heard]) -> float:
    one, other = (
        recognise(wav[round((span.start - sides.whole.start) * RATE) : round((span.end - sides.whole.start) * RATE)])
        for span in sides
    )
    return distance(one.embedding, other.embedding)
