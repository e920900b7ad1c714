"""Viterbi decoding of a recording against its text, with jumps in the text and a filler for other sounds.

Each jump and each entry of the filler costs a penalty, as in keyword spotting and long-audio alignment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from tts.alignment.hmm.states import StatePath
from tts.text.tokens import Tokens

SKIP_PENALTY, REPEAT_PENALTY, FILLER_PENALTY = 50.0, 80.0, 45.0
"""Nats: of a jump forwards in the text, of one backwards, and of entering the filler. Lower penalties find more faults,
in good speech too (docs/LOG.md)."""
FILLER_MARGIN = 12.0
"""Nats by which a frame of the filler is less likely than under the best of all states."""
FILLER = -1
"""In a decoded path, a frame of sound that is none of the text's."""


@dataclass(frozen=True)
class TextStates:
    """The states of a text for decoding, `[N]` each."""

    states: np.ndarray
    """Rows of the acoustic model."""
    phones: np.ndarray
    """Which phone each state is of, counted from 0; a silence has the number of the phone before it, and so has a phone
    that is the same as the one before, since the boundary between the two cannot be found."""
    is_phone: np.ndarray
    """All but silences."""
    skippable_before: np.ndarray
    """Where the state before may be skipped."""

    @classmethod
    def of(cls, path: StatePath, silence: int, tokens: Tokens) -> TextStates:
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
        skippable_before = np.zeros(len(states), bool)
        skippable_before[2:] = np.array(path.skippable)[1:-1]
        return cls(states, np.array(numbers), states != silence, skippable_before)


def decode(scores: np.ndarray, text: TextStates) -> np.ndarray:
    """The best path: the index of the text's state in every frame, `FILLER` for the filler, int64 `[T]`.

    A jump leaves from the end of any phone or silence, and lands at the start of any other phone or at the silence that
    ends the text.

    Parameters
    ----------
    scores: `[T, S]`, log-likelihood of each state of an acoustic model in each frame.
    """
    first = text.is_phone & (np.diff(text.phones, prepend=-1) > 0)
    may_leave = np.append(first[1:] | ~text.is_phone[1:], True)
    may_land = first.copy()
    may_land[-1] = True
    filler_scores = scores.max(1) - FILLER_MARGIN
    return _viterbi(
        scores[:, text.states],
        filler_scores,
        text.skippable_before,
        may_leave,
        may_land,
        SKIP_PENALTY,
        REPEAT_PENALTY,
        FILLER_PENALTY,
    )


@njit(cache=True, nogil=True)
def _viterbi(
    observed: np.ndarray,
    filler_scores: np.ndarray,
    skippable_before: np.ndarray,
    may_leave: np.ndarray,
    may_land: np.ndarray,
    skip_penalty: float,
    repeat_penalty: float,
    filler_penalty: float,
) -> np.ndarray:
    frames, count = observed.shape
    best = np.full(count, -np.inf)
    best[0] = observed[0, 0]
    filler = filler_scores[0] - filler_penalty
    backpointers = np.zeros((frames, count + 1), np.int32)
    moved = np.empty(count)
    later = np.empty(count + 1)  # the best state to leave from, here or later in the text, and its score
    later_state = np.zeros(count + 1, np.int32)
    later[count] = -np.inf
    for t in range(1, frames):
        for n in range(count - 1, -1, -1):
            here = may_leave[n] and best[n] >= later[n + 1]
            later[n] = best[n] if here else later[n + 1]
            later_state[n] = n if here else later_state[n + 1]
        earlier, earlier_state = -np.inf, 0
        for n in range(count):
            value, source = best[n], n
            if n > 0 and best[n - 1] > value:
                value, source = best[n - 1], n - 1
            if skippable_before[n] and best[n - 2] > value:
                value, source = best[n - 2], n - 2
            if may_land[n]:
                if earlier - skip_penalty > value:
                    value, source = earlier - skip_penalty, earlier_state
                if later[n] - repeat_penalty > value:
                    value, source = later[n] - repeat_penalty, later_state[n]
                if filler > value:
                    value, source = filler, count
            moved[n], backpointers[t, n] = value + observed[t, n], source
            if may_leave[n] and best[n] > earlier:
                earlier, earlier_state = best[n], n
        backpointers[t, count] = count
        if later[0] - filler_penalty > filler:
            filler, backpointers[t, count] = later[0] - filler_penalty, later_state[0]
        filler += filler_scores[t]
        best, moved = moved, best
    state = count - 1 if best[count - 1] >= filler - filler_penalty else count
    path = np.empty(frames, np.int64)
    for t in range(frames - 1, -1, -1):
        path[t] = FILLER if state == count else state
        state = backpointers[t, state]
    return path
