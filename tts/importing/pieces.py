"""A long recording cut into pieces: between sentences, or else clauses, where there is a pause."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tts.importing.config import PieceConfig
from tts.importing.rivals import Rival
from tts.importing.spoken_text import Part
from tts.preparation.pauses import Span

SLACK = 0.3
"""Seconds by which a recogniser's times may be wrong."""
NEAR = 1.5
"""Seconds from the text before which, or after which, there must be a pause."""
CLAUSE_CUT, LEFT_OUT = 2.0, 10.0
"""Costs: of a cut within a sentence; of a second of speech that is in no piece. A piece of twice the preferred length
costs 1."""


@dataclass(frozen=True)
class Piece:
    """A part of a recording and what is said in it."""

    text: str
    start: float
    """Seconds in the recording, with some of the pause before."""
    end: float
    agreement: float
    """Share of its words that the recogniser heard, of a given text."""
    rivals: tuple[Rival, ...] = ()
    """Where other words were heard."""

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(frozen=True)
class LeftOut:
    """What became no piece, and why."""

    text: str
    start: float
    end: float
    reason: str


def cut(parts: Sequence[Part], pauses: Sequence[Span], config: PieceConfig) -> tuple[list[Piece], list[LeftOut]]:
    """Pieces of a recording, and what is in none of them.

    Dynamic programming over the pauses between parts: pieces are near the preferred length and end with sentences.

    Parameters
    ----------
    parts: of the text, in order.
    pauses: of at least `config.shortest_pause`, in order.
    """
    pieces: list[Piece] = []
    left_out: list[LeftOut] = []
    for run in _runs(parts, config.longest_pause):
        if run[0].problem:
            left_out += [LeftOut(part.text, part.start, part.end, part.problem) for part in run]
            continue
        places = _places(run, pauses)
        for first, stop in _best(run, places, config):
            own, before, after = run[first:stop], places[first], places[stop]
            text = " ".join(part.text for part in own)
            if before is None or after is None:
                reason = "no pause to cut at"
            else:
                seconds = _seconds(before, after)
                reason = "" if config.shortest <= seconds <= config.longest else _too(seconds, config)
            if reason or before is None or after is None:
                left_out.append(LeftOut(text, own[0].start, own[-1].end, reason))
                continue
            start = before.end - min(config.margin, before.seconds / 2)
            end = after.start + min(config.margin, after.seconds / 2)
            sizes = [len(part.text) for part in own]
            agreement = sum(n * part.agreement for n, part in zip(sizes, own, strict=True)) / sum(sizes)
            pieces.append(Piece(text, max(0.0, start), end, agreement))
    return pieces, left_out


def _runs(parts: Sequence[Part], longest_pause: float) -> list[list[Part]]:
    """Parts that follow each other without anything else between them; or such that cannot be used."""
    runs: list[list[Part]] = []
    for part in parts:
        last = runs[-1][-1] if runs else None
        together = last is not None and bool(last.problem) == bool(part.problem) and not part.apart
        if last is not None and together and (part.problem or part.start - last.end <= longest_pause):
            runs[-1].append(part)
        else:
            runs.append([part])
    return runs


def _places(run: Sequence[Part], pauses: Sequence[Span]) -> list[Span | None]:
    """The pause before each part and after the last; None where there is none.

    Other words that were heard before the first, or after the last, are not between it and its pause.
    """
    first, last = run[0].start, run[-1].end
    before = [p for p in _about(first - NEAR, first, pauses) if run[0].before < _middle(p)]
    after = [p for p in _about(last, last + NEAR, pauses) if _middle(p) < run[-1].after]
    places = [_longest(_about(first, first, before)) or next(iter(before[::-1]), None)]
    places += [_longest(_about(a.end, b.start, pauses)) for a, b in pairwise(run)]
    places.append(_longest(_about(last, last, after)) or next(iter(after), None))
    return places


def _middle(pause: Span) -> float:
    """A recogniser's words may last into a pause, but not beyond the middle of their own time and it."""
    return (pause.start + pause.end) / 2


def _about(start: float, end: float, pauses: Sequence[Span]) -> Sequence[Span]:
    """The pauses that are there, or as near to it as a recogniser's times can be wrong."""
    start, end = min(start, end) - SLACK, max(start, end) + SLACK
    first = bisect.bisect_left(pauses, start, key=lambda pause: pause.end)
    return pauses[first : bisect.bisect_left(pauses, end, lo=first, key=lambda pause: pause.start)]


def _longest(pauses: Sequence[Span]) -> Span | None:
    return max(pauses, key=lambda pause: pause.seconds, default=None)


def _best(run: Sequence[Part], places: Sequence[Span | None], config: PieceConfig) -> list[tuple[int, int]]:
    """First part of each piece and the first after it, at the least cost."""
    points = [k for k, place in enumerate(places) if place is not None or k in (0, len(run))]
    best: dict[int, tuple[float, int]] = {0: (0.0, 0)}
    for n, stop in enumerate(points[1:], 1):
        options = list[tuple[float, int]]()
        for first in reversed(points[:n]):
            if run[stop - 1].end - run[first].start > 2 * config.longest and len(options) > 0:
                break
            options.append((best[first][0] + _cost(run[first:stop], places[first], places[stop], config), first))
        best[stop] = min(options)
    found, stop = [], len(run)
    while stop:
        found.append((best[stop][1], stop))
        stop = best[stop][1]
    return found[::-1]


def _cost(own: Sequence[Part], before: Span | None, after: Span | None, config: PieceConfig) -> float:
    cost = 0.0 if own[-1].ends_sentence else CLAUSE_CUT
    seconds = own[-1].end - own[0].start if before is None or after is None else _seconds(before, after)
    if before is None or after is None or not config.shortest <= seconds <= config.longest:
        return cost + LEFT_OUT * max(seconds, 0.1)
    return cost + ((seconds - config.preferred) / config.preferred) ** 2


def _seconds(before: Span, after: Span) -> float:
    """Of the speech between two pauses; none where they are one."""
    return max(0.0, after.start - before.end)


def _too(seconds: float, config: PieceConfig) -> str:
    if seconds < config.shortest:
        return f"too short: {seconds:.1f} s"
    return f"too long: {seconds:.1f} s without a pause at the end of a sentence or clause"
