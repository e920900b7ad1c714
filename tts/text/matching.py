"""Which of the phones that espeak-ng says for a clause belong to which written word.

espeak-ng answers with groups of phones that need not be the written words: it merges ("of the" is one group) and splits
("iPhone" is two). The words are found again by comparing the groups with each word's pronunciation on its own: the
cheapest monotone matching in which one group holds one to four words, or one word one or several groups, and within a
group of several words the cut that resembles their own pronunciations most.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations

from tts.text.phones import Phones, is_vowel

MOST_WORDS_IN_A_GROUP, MOST_GROUPS_IN_A_WORD = 4, 6
LONG_WORDS = 15
"""Phones a word, on average, that no clause of several words has."""


def match_words(groups: Sequence[Phones], alone: Sequence[Phones]) -> Sequence[Phones]:
    """`groups` of phones divided among words whose own pronunciations are `alone`; one non-empty entry per word.

    Uniform-cost search over (groups used, words used): almost always the diagonal, so few states are visited.
    """
    if len(groups) == len(alone) and all(map(_alike, groups, alone)):
        return groups
    if sum(map(len, alone)) > LONG_WORDS * len(alone):
        return alone  # of another script: each letter is read by its name
    queue: list[tuple[float, int, int]] = [(0.0, 0, 0)]
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    done = set()
    goal = (len(groups), len(alone))
    while queue:
        cost, g, w = heapq.heappop(queue)
        if (g, w) in done:
            continue
        done.add((g, w))
        if (g, w) == goal:
            return _divide(groups, alone, best)
        steps = [(1, n) for n in range(1, min(MOST_WORDS_IN_A_GROUP, len(alone) - w) + 1)]
        if w < len(alone):
            steps += [(n, 1) for n in range(2, min(len(groups) - g, len(alone[w]), MOST_GROUPS_IN_A_WORD) + 1)]
        for dg, dw in steps:
            if g + dg > len(groups):
                continue
            spoken, own = sum(groups[g : g + dg], ()), sum(alone[w : w + dw], ())
            if len(spoken) < dw or not 1 / 3 <= (len(spoken) + 1) / (len(own) + 1) <= 3:
                continue
            step = _distance(spoken, own) + 0.1 * (dg + dw - 2)
            node = (g + dg, w + dw)
            if node not in best or cost + step < best[node][0]:
                best[node] = (cost + step, (g, w))
                heapq.heappush(queue, (cost + step, *node))
    return alone


def _divide(
    groups: Sequence[Phones],
    alone: Sequence[Phones],
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]],
) -> list[Phones]:
    node = (len(groups), len(alone))
    pieces: list[Phones] = []
    while node != (0, 0):
        g, w = best[node][1]
        phones = sum(groups[g : node[0]], ())
        pieces[:0] = _cut(phones, tuple(alone[w : node[1]]))
        node = (g, w)
    return pieces


@lru_cache(maxsize=50_000)
def _cut(phones: Phones, alone: tuple[Phones, ...]) -> tuple[Phones, ...]:
    """`phones` in as many non-empty pieces as words, each as like the word's own pronunciation as can be."""
    cuts = min(
        combinations(range(1, len(phones)), len(alone) - 1),
        key=lambda c: sum(
            _distance(phones[a:b], own) for a, b, own in zip((0, *c), (*c, len(phones)), alone, strict=True)
        ),
    )
    return tuple(phones[a:b] for a, b in zip((0, *cuts), (*cuts, len(phones)), strict=True))


def _alike(group: Phones, own: Phones) -> bool:
    return group == own or _distance(group, own) <= 0.5 * min(len(group), len(own))


@lru_cache(maxsize=200_000)
def _distance(a: Phones, b: Phones) -> float:
    """Edit distance of phones, stress aside; a vowel for a vowel costs half, for espeak-ng reduces vowels in
    context."""
    row = [float(j) for j in range(len(b) + 1)]
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], float(i)
        for j, y in enumerate(b, 1):
            if x.symbol == y.symbol:
                change = 0.0
            else:
                change = 0.5 if is_vowel(x.symbol) and is_vowel(y.symbol) else 1.0
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + change)
    return row[-1]
