"""What went wrong in speech of a known text, heard from its sound alone.

A forced alignment has a place for every phone, spoken or not. Here the path through the phones may also jump, at a
price, from the end of any phone to the start of any other, or leave the text for sounds that belong to none of it.
Where jumping explains the sound so much better that it pays, phones were skipped or repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from tts.alignment import Aligner
from tts.alignment.states import StatePath
from tts.text.tokens import Tokens

JUMP = 45.0
"""Price of a jump, in nats: dearer, fewer faults are found; cheaper, good speech has some (docs/LOG.md)."""
FOREIGN = 8.0
"""How much worse per frame than the best sound of all the text's sounds must be, for a sound to be foreign to it."""
FEWEST_PHONES = 2
"""A phone left out by itself is more often one that was slurred."""
BABBLE_SECONDS, SILENCE_SECONDS = 0.3, 1.5
"""Foreign sound, and silence within or after the text, that is a fault."""

Kind = Literal["skipped", "repeated", "cut short", "babble", "run on", "silence"]


@dataclass(frozen=True)
class Fault:
    kind: Kind
    seconds: float
    """When."""
    what: str
    """The phones concerned."""


def listen(aligner: Aligner, wav: Tensor, sample_rate: int, tokens: Tokens) -> list[Fault]:
    """Faults of a recording `[samples]` of a text, by the sounds that an aligner knows.

    Raises
    ------
    UserError: a phone that the aligner does not know.
    """
    with torch.inference_mode():
        scores = aligner.densities(wav, sample_rate).numpy()
    path = aligner.table.path(tokens, "the text")
    return find_faults(scores, path, aligner.table.silence, tokens, aligner.config.frame_seconds)


def find_faults(scores: np.ndarray, path: StatePath, silence: int, tokens: Tokens, hop_seconds: float) -> list[Fault]:
    """Faults of a recording, in order of time.

    Parameters
    ----------
    scores: `[T, S]`, log-likelihood of each state of an acoustic model in each frame.
    path: the states of the text.
    silence: the state of silence.
    """
    where = best_walk(scores, path, silence)
    owner = np.array(path.tokens)
    spoken = np.array([state != silence for state in path.states])
    phones = _numbers(path, silence)
    faults: list[Fault] = []
    last = -1
    """Number of the last phone heard."""
    runs = _runs(where)
    for place, start, end in runs:
        seconds = start * hop_seconds
        length = (end - start) * hop_seconds
        if place < 0:
            if length >= BABBLE_SECONDS:
                faults.append(Fault("run on" if last == phones.max() else "babble", seconds, f"{length:.1f} s"))
        elif not spoken[place]:
            if length >= SILENCE_SECONDS:
                faults.append(Fault("run on" if last == phones.max() else "silence", seconds, f"{length:.1f} s"))
        elif phones[place] != last:
            missed = phones[place] - last - 1
            if missed >= FEWEST_PHONES:
                faults.append(Fault("skipped", seconds, _names(tokens, owner, phones, last + 1, phones[place])))
            elif missed < 0:
                faults.append(Fault("repeated", seconds, _names(tokens, owner, phones, phones[place], last + 1)))
            last = phones[place]
    missed = phones.max() - last
    if missed >= FEWEST_PHONES:
        rest = _names(tokens, owner, phones, last + 1, phones.max() + 1)
        faults.append(Fault("cut short", len(where) * hop_seconds, rest))
    return faults


def best_walk(scores: np.ndarray, path: StatePath, silence: int) -> np.ndarray:
    """The place on the path in every frame, −1 for foreign sound, of the likeliest walk that may jump: int `[T]`."""
    states = np.array(path.states)
    count = len(states)
    observed = scores[:, states]
    foreign = scores.max(1) - FOREIGN
    phones = _numbers(path, silence)
    is_phone = states != silence
    first = is_phone & (np.diff(phones, prepend=-1) > 0)
    final = np.append(first[1:] | ~is_phone[1:], True)
    """Where a walk may leave by a jump: ends of phones, and silences."""
    skippable = np.array(path.skippable)
    over = np.zeros(count, bool)
    over[2:] = skippable[1:-1]
    best = np.full(count, -np.inf)
    best[0] = observed[0, 0]
    outside = foreign[0] - JUMP
    came = np.empty((len(scores), count + 1), np.int32)
    came[0] = -1
    here = np.arange(count)
    for t in range(1, len(scores)):
        options = np.stack([best, np.append(-np.inf, best[:-1]), np.append([-np.inf, -np.inf], best[:-2])])
        options[2, ~over] = -np.inf
        choice = options.argmax(0)
        value = options[choice, here]
        source = here - choice
        leave = int(np.where(final, best, -np.inf).argmax())
        away = best[leave] - JUMP
        back = outside
        jumped, origin = (away, leave) if away >= back else (back, count)
        jumps = first & (jumped > value)
        jumps[-1] |= jumped > value[-1]  # the silence at the end
        value = np.where(jumps, jumped, value)
        came[t, :count] = np.where(jumps, origin, source)
        came[t, count], outside = (leave, away) if away > outside else (count, outside)
        best, outside = value + observed[t], outside + foreign[t]
    place = count - 1 if best[-1] >= outside - JUMP else count
    where = np.empty(len(scores), np.int64)
    for t in range(len(scores) - 1, -1, -1):
        where[t] = -1 if place == count else place
        place = int(came[t, place])
    return where


def _numbers(path: StatePath, silence: int) -> np.ndarray:
    """Which phone each place is of, counted from 0; a silence has the number of the phone before it."""
    numbers, number, owner = [], -1, None
    for state, token in zip(path.states, path.tokens, strict=True):
        if state != silence and token != owner:
            number += 1
            owner = token
        numbers.append(number)
    return np.array(numbers)


def _runs(where: np.ndarray) -> list[tuple[int, int, int]]:
    """Place, first frame and end of every stretch of equal places."""
    edges = [0, *(np.flatnonzero(np.diff(where)) + 1).tolist(), len(where)]
    return [(int(where[a]), a, b) for a, b in pairwise(edges)]


def _names(tokens: Tokens, owner: np.ndarray, phones: np.ndarray, first: int, end: int) -> str:
    places = [int(np.flatnonzero(phones == number)[0]) for number in range(first, end)]
    return " ".join(tokens.symbols[owner[place]] for place in places)
