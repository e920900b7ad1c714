"""What went wrong in speech of a known text, heard from its sound alone.

A forced alignment has a place for every phone, spoken or not. Here the walk through the phones may also jump, at a
price, or leave the text for sounds that belong to none of it (`tts.evaluation.walk`). Where jumping explains the sound
so much better that it pays, and the walk stays for a few phones where it landed, phones were skipped or repeated.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from tts.alignment import Aligner
from tts.alignment.hmm.states import StatePath, StateTable
from tts.evaluation.walk import OUTSIDE, Places, best_walk
from tts.text.tokens import Tokens

FEWEST_PHONES, FEWEST_OF_WORD = 2, 3
"""A single phone left out is more often one that was slurred; two that seem to be said again and are no whole word were
drawn out."""
FEWEST_VISITED = 4
"""Phones in a row that must be heard for the walk to have been there, rather than at a sound like one of them."""
QUIET = -2
"""Stands for no phone but silence."""
HURRIED = 0.02
"""Seconds; a phone that the walk passes in no more is not heard."""
AROUND = 0.5
"""Seconds before and after a fault of which it is told what was heard."""
SHORTEST_PHONE, LONGEST_PHONE, MOST_ODD = 0.03, 0.15, 4
"""Seconds that a phone takes that was spoken, but not as the aligner knows it, and how many in a row may be so."""
ODD_SECONDS, BABBLE_SECONDS, SILENCE_SECONDS = 0.5, 0.3, 1.5
"""Up to this long another place of the text may resemble the sound better, without a fault; more foreign sound, and
more silence within or after the text, are one."""

Kind = Literal["skipped", "repeated", "cut short", "babble", "run on", "silence"]


@dataclass(frozen=True)
class Fault:
    kind: Kind
    seconds: float
    """When."""
    what: str
    """The phones concerned."""
    heard: str = field(default="", compare=False)
    """The phones of the text that were heard around it, in order; `·` is silence, `?` a sound that is none of them."""


@dataclass
class Visit:
    """A stretch of the text that is heard in one go."""

    first: int
    last: int
    """Its phones."""
    start: int
    end: int
    """Its frames."""
    heard: frozenset[int] = frozenset()
    """Those of its phones that were not passed in a hurry."""

    @property
    def phones(self) -> int:
        return self.last - self.first + 1


def listen(aligner: Aligner, wav: Tensor, sample_rate: int, tokens: Tokens) -> list[Fault]:
    """Faults of a recording `[samples]` of a text, by the sounds that an aligner knows.

    Two listeners must agree that something is wrong: one that knows how a phone sounds before each other, and errs
    where the two rarely meet, and one that does not, to whom a phone may sound like its transition to the next. What is
    wrong is for the first to say: where one word is said many times, they need not place it alike.

    Raises
    ------
    UserError: a phone that the aligner does not know.
    """
    with torch.inference_mode():
        scores = aligner.densities(wav, sample_rate)
    found = []
    for heard, table in ((scores, aligner.table), without_context(scores, aligner.table)):
        path = table.path(tokens, "the text")
        found.append(find_faults(heard.numpy(), path, table.silence, tokens, aligner.config.frame_seconds))
    return found[0] if found[1] else []


def without_context(scores: Tensor, table: StateTable) -> tuple[Tensor, StateTable]:
    """Scores `[T, S]` of the phones' states, whatever follows them, and the table of these states."""
    plain = StateTable(table.phones, table.per_phone)
    found = scores.new_full((len(scores), plain.silence + 1), float("-inf"))
    rows = table.origin(plain).expand(len(scores), -1)
    return found.scatter_reduce(1, rows, scores, "amax"), plain


def find_faults(scores: np.ndarray, path: StatePath, silence: int, tokens: Tokens, hop_seconds: float) -> list[Fault]:
    """Faults of a recording, in order of time.

    Parameters
    ----------
    scores: `[T, S]`, log-likelihood of each state of an acoustic model in each frame.
    path: the states of the text.
    silence: the state of silence.
    """
    places = Places.of(path, silence, tokens)
    where = best_walk(scores, places)
    count = int(places.phones.max()) + 1
    quiet = (where != OUTSIDE) & ~places.spoken[where]
    owners = [path.tokens[int(np.flatnonzero(places.phones == n)[0])] for n in range(count)]
    names = [tokens.symbols[owner] for owner in owners]
    words = [tokens.word[owner] for owner in owners]
    visits = _visits(where, places, hop_seconds)
    faults = [
        Fault("run on" if start >= visits[-1].end else "silence", start * hop_seconds, f"{seconds:.1f} s")
        for start, end in _stretches(quiet)
        if visits and (seconds := (end - start) * hop_seconds) >= SILENCE_SECONDS
    ]
    heard = _heard(_long(visits, count), quiet, hop_seconds)
    last, end = -1, 0
    for visit in [*heard, Visit(count, count, len(where), len(where))]:
        missed = visit.first - last - 1
        between = float((~quiet[end : visit.start]).sum()) * hop_seconds
        concerned = range(min(visit.first, last + 1), max(visit.first, last + 1))
        again = len(visit.heard.intersection(concerned))
        if again >= FEWEST_PHONES and (again >= FEWEST_OF_WORD or _are_words(concerned, words)):
            faults.append(Fault("repeated", visit.start * hop_seconds, " ".join(names[n] for n in concerned)))
        elif missed >= FEWEST_PHONES and between < SHORTEST_PHONE * missed:
            kind: Kind = "cut short" if visit.first == count else "skipped"
            faults.append(Fault(kind, visit.start * hop_seconds, " ".join(names[n] for n in concerned)))
        if between - LONGEST_PHONE * min(max(missed, 0), MOST_ODD) >= BABBLE_SECONDS:
            kind = "run on" if last == count - 1 else "babble"
            faults.append(Fault(kind, end * hop_seconds, f"{between:.1f} s"))
        last, end = visit.last, visit.end
    heard_around = partial(_heard_around, _runs(where, places), names, hop_seconds)
    return [replace(fault, heard=heard_around(fault.seconds)) for fault in sorted(faults, key=lambda f: f.seconds)]


def _heard_around(runs: list[tuple[int, int, int]], names: list[str], hop_seconds: float, seconds: float) -> str:
    labels = []
    for phone, start, end in runs:
        near = start * hop_seconds < seconds + AROUND and end * hop_seconds > seconds - AROUND
        if near and (phone < 0 or (end - start) * hop_seconds > HURRIED):
            labels.append({QUIET: "·", OUTSIDE: "?"}.get(phone) or names[phone])
    return " ".join(labels)


def _runs(where: np.ndarray, places: Places) -> list[tuple[int, int, int]]:
    """Phone, `QUIET` or `OUTSIDE`, and first and last frame, in which the walk stayed there, in order of time."""
    phones = np.where(where == OUTSIDE, OUTSIDE, np.where(places.spoken[where], places.phones[where], QUIET))
    edges = [0, *(np.flatnonzero(np.diff(phones)) + 1).tolist(), len(phones)]
    return [(int(phones[start]), start, end) for start, end in pairwise(edges)]


def _visits(where: np.ndarray, places: Places, hop_seconds: float) -> list[Visit]:
    """Where the walk has been, in order of time; a single phone left out or said again does not end a visit."""
    visits: list[Visit] = []
    going_on = False
    for phone, start, end in _runs(where, places):
        if phone == OUTSIDE:
            going_on = False
        elif phone != QUIET and (end - start) * hop_seconds > HURRIED:
            if going_on and 1 - FEWEST_PHONES <= phone - visits[-1].last <= FEWEST_PHONES:
                visits[-1].first = min(visits[-1].first, phone)
                visits[-1].last, visits[-1].end = phone, end
                visits[-1].heard |= {phone}
            else:
                visits.append(Visit(phone, phone, start, end, frozenset({phone})))
                going_on = True
    return visits


def _are_words(phones: range, words: list[int]) -> bool:
    """Whether they are whole words, of these words of all phones."""
    begin = phones.start == 0 or words[phones.start - 1] != words[phones.start]
    return begin and (phones.stop == len(words) or words[phones.stop - 1] != words[phones.stop])


def _long(visits: list[Visit], count: int) -> list[Visit]:
    """Without those of a few phones, except where speech begins with the text and where it goes on to its end."""

    def counts(i: int, visit: Visit) -> bool:
        begins = i == 0 and visit.first == 0
        ends = i == len(visits) - 1 and visit.last == count - 1 and (i == 0 or visit.first > visits[i - 1].last)
        return visit.phones >= min(FEWEST_PHONES if begins or ends else FEWEST_VISITED, count)

    return [visit for i, visit in enumerate(visits) if counts(i, visit)]


def _heard(visits: list[Visit], quiet: np.ndarray, hop_seconds: float) -> list[Visit]:
    """Without short visits to elsewhere after which the walk goes on where it was: a sound like another of the text."""
    visits, i = list(visits), 1
    while i < len(visits) - 1:
        before, visit, after = visits[i - 1 : i + 2]
        missed = after.first - before.last - 1
        between = float((~quiet[before.end : after.start]).sum()) * hop_seconds
        elsewhere = not before.last < visit.first <= visit.last < after.first
        short = (visit.end - visit.start) * hop_seconds <= ODD_SECONDS
        if elsewhere and short and missed > -FEWEST_OF_WORD and SHORTEST_PHONE * missed <= between:
            del visits[i]
            i = max(i - 1, 1)
        else:
            i += 1
    return visits


def _stretches(true: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], true, [False]]).astype(int)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
