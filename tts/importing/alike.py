"""What was heard otherwise than it is written, such as `color` for `colour`, `I'm` for `I am` or `web sites` for
`websites`: as it is written, where both sound alike enough and stand in the same place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from tts.importing.extra import library

LIKE = 0.7
"""Likeness of two spellings, 0 to 1, from which they may be of one word."""
LIKE_ENCLOSED = 0.6
"""Likewise, of all that stands between two words that match."""
MOST_ENCLOSED = 6
"""Words between two that match, of which that is asked."""
SIZES = ((1, 1), (1, 2), (2, 1))
"""Words that are written, and that are heard, in a pair."""
EDGE = 20
"""Words at either end of a longer stretch without a match that are compared."""


class Said(NamedTuple):
    """A word that was heard, as it is compared."""

    key: str
    start: float
    end: float
    likeness: float = 1.0
    """With the word of the text in whose place it stands."""
    recording: int = 0
    """Where several share a text, which of them it was heard in."""

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2


class Pair(NamedTuple):
    """Words that are written, and those that were heard in their place."""

    written: range
    heard: range
    likeness: float


def as_written(written: Sequence[str], said: Sequence[Said], partner: Mapping[int, int]) -> list[Said]:
    """What was heard, in the text's words where it was written otherwise.

    Parameters
    ----------
    partner: by number of a written word, that of the heard one that it is the same as.

    Raises
    ------
    UserError: the extra `import` is not installed.
    """
    found, done = list[Said](), 0
    for pair in alike(written, [word.key for word in said], partner):
        found += said[done : pair.heard.start]
        own = [written[n] for n in pair.written]
        first, last = said[pair.heard[0]], said[pair.heard[-1]]
        step = (last.end - first.start) / len(own)
        times = [(first.start + i * step, first.start + (i + 1) * step) for i in range(len(own))]
        if len(own) == len(pair.heard):
            times = [(said[n].start, said[n].end) for n in pair.heard]
        words = [Said(key, *time, pair.likeness, first.recording) for key, time in zip(own, times, strict=True)]
        found += words
        done = pair.heard.stop
    return [*found, *said[done:]]


def alike(written: Sequence[str], heard: Sequence[str], partner: Mapping[int, int]) -> Iterator[Pair]:
    """Where words stand between the same matches and are alike, in order; `partner` as above."""
    likeness = library("rapidfuzz.distance", "comparing texts").Indel.normalized_similarity
    matched = [(-1, -1), *sorted(partner.items()), (len(written), len(heard))]
    for (a, c), (b, d) in pairwise(matched):
        own, other = range(a + 1, b), range(c + 1, d)
        if own and other:
            yield from _between(written, heard, own, other, likeness)


def _between(written: Sequence[str], heard: Sequence[str], own: range, other: range, likeness: Any) -> list[Pair]:
    """The pairs of a stretch without a match: those that are most alike, or all of it."""
    pairs = _best(written, heard, _edges(own), _edges(other), likeness)
    if len(own) <= MOST_ENCLOSED and len(other) <= MOST_ENCLOSED and sum(len(p.written) for p in pairs) < len(own):
        whole = likeness("".join(written[n] for n in own), "".join(heard[n] for n in other))
        pairs = [Pair(own, other, whole)] if whole >= LIKE_ENCLOSED else pairs
    return pairs


def _edges(words: range) -> list[int]:
    return list(words) if len(words) <= 2 * EDGE else [*words[:EDGE], *words[-EDGE:]]


def _best(
    written: Sequence[str], heard: Sequence[str], own: Sequence[int], other: Sequence[int], likeness: Any
) -> list[Pair]:
    """The pairs by which most letters are the same: dynamic programming over both."""
    # In each cell: the total, and the sizes and the likeness of the last pair.
    best = [[(0.0, 0, 0, 0.0)] * (len(other) + 1) for _ in range(len(own) + 1)]
    for i in range(len(own) + 1):
        for j in range(len(other) + 1):
            options = [(best[i - 1][j][0], 1, 0, 0.0)] if i else []
            options += [(best[i][j - 1][0], 0, 1, 0.0)] if j else []
            for n, m in SIZES:
                if n > i or m > j or own[i - 1] - own[i - n] >= n or other[j - 1] - other[j - m] >= m:
                    continue
                one, two = "".join(written[k] for k in own[i - n : i]), "".join(heard[k] for k in other[j - m : j])
                found = likeness(one, two, score_cutoff=LIKE)
                if found:
                    letters = (2 * found - 1) * (len(one) + len(two))  # that are the same, less the others
                    options.append((best[i - n][j - m][0] + letters, n, m, found))
            best[i][j] = max(options, default=(0.0, 0, 0, 0.0))
    pairs, i, j = list[Pair](), len(own), len(other)
    while i and j:
        _, n, m, found = best[i][j]
        i, j = i - n, j - m
        if found:
            pairs.append(Pair(range(own[i], own[i] + n), range(other[j], other[j] + m), found))
    return pairs[::-1]
