"""Which phones a corpus has, and which sentences would add most of what it lacks."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from tts.data.manifest import Utterance
from tts.errors import UserError
from tts.text.frontend import TextFrontEnd
from tts.text.tokens import Tokens

ENOUGH = 10
"""Occurrences of a phone, from which on it does not count as rare."""
MOST_CANDIDATES = 5000
"""Sentences from which others are chosen; reading one takes a millisecond."""


class Candidate(NamedTuple):
    """A sentence that could be recorded."""

    text: str
    units: Counter[str]
    """What is in it: phones, or pairs of them."""


@dataclass(frozen=True)
class Coverage:
    """The phones of a corpus, beside those of sentences in its language."""

    heard: dict[str, int]
    """Occurrences of each phone, the most frequent first."""
    rare: dict[str, int]
    """Those heard fewer than `ENOUGH` times, the rarest first; 0 for what only the sentences have."""
    pairs: tuple[int, int]
    """Of the pairs of phones in the sentences, how many the corpus has, and how many there are."""
    suggested: list[str]
    """Sentences to record next, the most useful first."""


def phones(tokens: Tokens) -> list[str]:
    """Without punctuation and silence."""
    return [symbol for symbol, word in zip(tokens.symbols, tokens.word, strict=True) if word >= 0]


def pairs(tokens: Tokens) -> list[str]:
    """Each phone with the next, also across words."""
    return [f"{a} {b}" for a, b in pairwise(phones(tokens))]


def coverage(utterances: Sequence[Utterance], sentences: Mapping[str, Tokens], suggestions: int) -> Coverage:
    """What a corpus has and lacks, beside `sentences` by their text, of which at most `suggestions` are chosen."""
    heard = Counter(phone for u in utterances for phone in phones(u.tokens))
    said = {u.text for u in utterances}
    known = heard.keys() | {phone for tokens in sentences.values() for phone in phones(tokens)}
    rare = {phone: heard[phone] for phone in sorted(known, key=lambda p: (heard[p], p)) if heard[phone] < ENOUGH}
    theirs = {pair for tokens in sentences.values() for pair in pairs(tokens)}
    ours = {pair for u in utterances for pair in pairs(u.tokens)} & theirs
    candidates = [Candidate(text, Counter(phones(tokens))) for text, tokens in sentences.items() if text not in said]
    chosen = [text for text, gain in by_use(candidates, heard, ENOUGH) if gain > 0][:suggestions]
    return Coverage(dict(heard.most_common()), rare, (len(ours), len(theirs)), chosen)


def by_use(candidates: Sequence[Candidate], heard: Mapping[str, int], enough: int) -> Iterator[tuple[str, float]]:
    """The candidates in a greedy order, each with its gain: the next is always the one that adds most for its length.

    The first occurrence of a unit counts 1, the second a half, the third a third, and those beyond `enough` nothing;
    since a gain only ever falls, one that is still the greatest when it is computed again is the greatest of all.
    """
    counts = Counter(heard)
    length = [5 + sum(candidate.units.values()) for candidate in candidates]  # a pause for breath counts, too

    def gain(i: int) -> float:
        total = 0.0
        for unit, count in candidates[i].units.items():
            had = counts[unit]
            total += sum(1 / (1 + k) for k in range(had, min(had + count, enough)))
        return total / length[i]

    heap = [(-gain(i), i) for i in range(len(candidates))]
    heapq.heapify(heap)
    while heap:
        before, i = heapq.heappop(heap)
        now = gain(i)
        if heap and -now > heap[0][0] and now != -before:
            heapq.heappush(heap, (-now, i))
            continue
        counts.update(candidates[i].units)
        yield candidates[i].text, now


def read_all(texts: Iterable[str], front_end: TextFrontEnd) -> dict[str, Tokens]:
    """Sentences by their text, the first `MOST_CANDIDATES` that can be pronounced."""
    found: dict[str, Tokens] = {}
    for text in texts:
        if len(found) == MOST_CANDIDATES:
            break
        try:
            found[text] = front_end(text)
        except UserError:
            continue
    return found
