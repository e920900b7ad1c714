"""What was heard where a piece's text says otherwise: other texts of the piece, which its sound may fit better."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tts.importing.matching import compared, joined, places, words_heard
from tts.importing.recognition import Word
from tts.importing.spoken_text import keys

MARKS = ".,;:!?…\"'”’)"
MOST = 8
"""Of a piece; one with more is of another text altogether."""


@dataclass(frozen=True)
class Rival:
    """One place where the recogniser heard something else."""

    written: str
    """The words of the text there; empty where it has none."""
    heard: str
    """Likewise."""
    text: str
    """The piece's, with what was heard."""

    def __str__(self) -> str:
        if not self.heard:
            return f"{self.written!r} was not heard"
        return f"{self.heard!r} was heard, " + (
            f"where its text has {self.written!r}" if self.written else "which its text lacks"
        )


def rivals(text: str, words: Sequence[Word], language: str) -> tuple[Rival, ...]:
    """Where the words that were heard in a piece are not those of its text, nor alike; of a recogniser's slips, too.

    Raises
    ------
    UserError: the extra `import` is not installed.
    """
    return tuple(_each(text, words, language))[:MOST]


def _each(text: str, words: Sequence[Word], language: str) -> Iterator[Rival]:
    written, own = text.split(), keys(text, language)
    said, partner = compared(own, words_heard(words, language))
    at, spoken = {0: 0} | places(written, own, language), joined(words)
    for (a, c), (b, d) in pairwise([(-1, -1), *sorted(partner.items()), (len(own), len(said))]):
        some, heard = range(a + 1, b), said[c + 1 : d]
        outside = a < 0 or b == len(own)  # what is heard there may be the next piece's
        if not some and (not heard or outside):
            continue
        start = max((place for place in at if place <= some.start), default=0)
        stop = min((place for place in at if place >= some.stop), default=None)
        first, last = at.get(start, 0), len(written) if stop is None else at[stop]
        there = [w for w in spoken if heard and heard[0].start <= w.middle <= heard[-1].end]
        found = " ".join(word.text.strip().strip(MARKS) for word in there)
        end = written[last - 1] if last > first else ""
        instead = [found + end[len(end.rstrip(MARKS)) :]] if found else []
        if other := [*written[:first], *instead, *written[last:]]:
            yield Rival(" ".join(written[first:last]), found, " ".join(other))
