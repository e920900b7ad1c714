"""The likeliest walk of a recording through the states of its text, where jumps and foreign sounds cost something."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from tts.alignment.hmm.states import StatePath
from tts.text.tokens import Tokens

FORWARDS, BACKWARDS, OUTWARDS = 50.0, 80.0, 45.0
"""Prices of a jump to what comes later in the text and to what came before, and of a foreign sound, in nats. Cheaper,
more faults are found, also in good speech (docs/LOG.md)."""
FOREIGN = 12.0
"""How much less likely than under the best of all states a frame of foreign sound is, in nats."""
OUTSIDE = -1
"""Place of a foreign sound."""


@dataclass(frozen=True)
class Places:
    """The states of a text as a walk sees them, `[N]` each."""

    states: np.ndarray
    """Rows of the acoustic model."""
    phones: np.ndarray
    """Which phone each place is of, counted from 0; a silence has the number of the phone before it, and so has a phone
    that is the same as the one before, for nobody hears where it begins."""
    spoken: np.ndarray
    """All but silences."""
    over: np.ndarray
    """Where the place before may be stepped over."""

    @classmethod
    def of(cls, path: StatePath, silence: int, tokens: Tokens) -> Places:
        """Parameters
        ----------
        path: the states of the tokens.
        silence: the state of silence.
        """
        numbers, number, before = [], -1, None
        for state, token in zip(path.states, path.tokens, strict=True):
            if state != silence and tokens.symbols[token] != before:
                number += 1
                before = tokens.symbols[token]
            numbers.append(number)
        states = np.array(path.states)
        over = np.zeros(len(states), bool)
        over[2:] = np.array(path.skippable)[1:-1]
        return cls(states, np.array(numbers), states != silence, over)


def best_walk(scores: np.ndarray, places: Places) -> np.ndarray:
    """The place in every frame, `OUTSIDE` for foreign sound, of the likeliest walk: int64 `[T]`.

    A jump leaves from the end of any phone or silence, and lands at the start of any other phone or at the silence that
    ends the text.

    Parameters
    ----------
    scores: `[T, S]`, log-likelihood of each state of an acoustic model in each frame.
    """
    first = places.spoken & (np.diff(places.phones, prepend=-1) > 0)
    leave = np.append(first[1:] | ~places.spoken[1:], True)
    land = first.copy()
    land[-1] = True
    foreign = scores.max(1) - FOREIGN
    return _walk(scores[:, places.states], foreign, places.over, leave, land, FORWARDS, BACKWARDS, OUTWARDS)


@njit(cache=True, nogil=True)
def _walk(
    observed: np.ndarray,
    foreign: np.ndarray,
    over: np.ndarray,
    leave: np.ndarray,
    land: np.ndarray,
    forwards: float,
    backwards: float,
    outwards: float,
) -> np.ndarray:
    frames, count = observed.shape
    best = np.full(count, -np.inf)
    best[0] = observed[0, 0]
    outside = foreign[0] - outwards
    came = np.zeros((frames, count + 1), np.int32)
    moved = np.empty(count)
    later = np.empty(count + 1)  # the best place to leave from, here or later in the text, and its score
    later_place = np.zeros(count + 1, np.int32)
    later[count] = -np.inf
    for t in range(1, frames):
        for n in range(count - 1, -1, -1):
            here = leave[n] and best[n] >= later[n + 1]
            later[n] = best[n] if here else later[n + 1]
            later_place[n] = n if here else later_place[n + 1]
        earlier, earlier_place = -np.inf, 0
        for n in range(count):
            value, source = best[n], n
            if n > 0 and best[n - 1] > value:
                value, source = best[n - 1], n - 1
            if over[n] and best[n - 2] > value:
                value, source = best[n - 2], n - 2
            if land[n]:
                if earlier - forwards > value:
                    value, source = earlier - forwards, earlier_place
                if later[n] - backwards > value:
                    value, source = later[n] - backwards, later_place[n]
                if outside > value:
                    value, source = outside, count
            moved[n], came[t, n] = value + observed[t, n], source
            if leave[n] and best[n] > earlier:
                earlier, earlier_place = best[n], n
        came[t, count] = count
        if later[0] - outwards > outside:
            outside, came[t, count] = later[0] - outwards, later_place[0]
        outside += foreign[t]
        best, moved = moved, best
    place = count - 1 if best[count - 1] >= outside - outwards else count
    where = np.empty(frames, np.int64)
    for t in range(frames - 1, -1, -1):
        where[t] = OUTSIDE if place == count else place
        place = came[t, place]
    return where
