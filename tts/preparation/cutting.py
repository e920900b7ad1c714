"""Long recordings cut at pauses, where the text has sentence or clause ends that fit them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import NamedTuple

from tts.preparation.pauses import Span

# A break is whitespace after sentence or clause punctuation, closing quotes and brackets included.
BREAK = re.compile(r"""(?:(?P<sentence>[.!?…。！？])|[,;:–—])["'”’)\]]*\s+""")
SENTENCE_MISSED, CLAUSE_CUT, PAUSE_HALVED, SECOND_OVER = 2.0, 1.0, 2.0, 2.0
"""Costs, in squared standard deviations: no cut at the end of a sentence; a cut at the end of a clause; a cut in a
pause half as long as USUAL_PAUSE; a second beyond the preferred length."""
USUAL_PAUSE = 0.3
"""Seconds."""
TOLERANCE = 3.0
"""Standard deviations by which the length of a piece may differ from what its text predicts."""


class Piece(NamedTuple):
    """A part of a recording and what is said in it."""

    text: str
    span: Span
    """From its first sound to its last."""


class _Chunk(NamedTuple):
    text: str
    size: int
    """Number of units spoken."""
    ends_sentence: bool


def cut(
    text: str, spans: list[Span], size: Callable[[str], int], preferred: float, longest: float
) -> list[Piece] | None:
    """Cut a recording into pieces of at most `longest` seconds.

    Dynamic programming over (text breaks, pauses): every piece joins some consecutive chunks of text with some
    consecutive stretches of speech, at the cost of how far their length is from the recording's own speaking rate.
    Recordings are cut at the ends of sentences, and at those of clauses where a sentence is too long or its pause
    missing.

    Parameters
    ----------
    spans: stretches of speech between the recording's pauses.
    size: number of units (phones or letters) that a text has.
    preferred: seconds beyond which a piece costs, so that it is cut at a clause if that is plausible.
    longest: seconds that no piece may exceed.

    Returns
    -------
    The pieces in order, two or more; None where no cut leaves every piece with a plausible length.
    """
    chunks = _chunks(text, size)
    speech = sum(span.seconds for span in spans)
    if len(chunks) < 2 or len(spans) < 2 or speech <= 0:
        return None
    rate = sum(chunk.size for chunk in chunks) / speech
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for j in range(1, len(spans) + 1):
        for i in range(1, len(chunks) + 1):
            if (i == len(chunks)) != (j == len(spans)):
                continue
            options = _arrivals(best, chunks, spans, i, j, rate, preferred, longest)
            if options:
                best[i, j] = min(options)
    here = (len(chunks), len(spans))
    if here not in best:
        return None
    pieces = []
    while here != (0, 0):
        before = best[here][1]
        words = " ".join(chunk.text for chunk in chunks[before[0] : here[0]])
        pieces.append(Piece(words, Span(spans[before[1]].start, spans[here[1] - 1].end)))
        here = before
    return pieces[::-1] if len(pieces) > 1 else None


def _chunks(text: str, size: Callable[[str], int]) -> list[_Chunk]:
    chunks, start = [], 0
    for match in [*BREAK.finditer(text), None]:
        part = text[start : match.end() if match else None].strip()
        if part:
            chunks.append(_Chunk(part, size(part), match is None or match["sentence"] is not None))
        start = match.end() if match else start
    return chunks


def _arrivals(
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]],
    chunks: list[_Chunk],
    spans: list[Span],
    i: int,
    j: int,
    rate: float,
    preferred: float,
    longest: float,
) -> list[tuple[float, tuple[int, int]]]:
    """Costs of the ways to end a piece after chunk i and stretch j, each with where that piece begins."""
    options = []
    seconds = 0.0
    pause = spans[j].start - spans[j - 1].end if j < len(spans) else USUAL_PAUSE
    end_cost = PAUSE_HALVED * max(0.0, math.log2(USUAL_PAUSE / pause))
    end_cost += CLAUSE_CUT * (not chunks[i - 1].ends_sentence)
    for l in range(j - 1, -1, -1):  # noqa: E741 (i, j → k, l: chunks and stretches before the piece)
        seconds += spans[l].seconds
        length = spans[j - 1].end - spans[l].start
        if length > longest:
            break
        long_cost = SECOND_OVER * max(0.0, length - preferred)
        units, missed = 0, 0
        for k in range(i - 1, -1, -1):
            units += chunks[k].size
            missed += chunks[k].ends_sentence and k < i - 1
            expected = units / rate
            # Spread of a stretch's length about its prediction: 12 %, and 0.1 s whatever its length.
            deviation = (seconds - expected) / math.hypot(0.12 * expected, 0.1)
            if deviation < -TOLERANCE:
                break
            if deviation > TOLERANCE or (k, l) not in best:
                continue
            cost = deviation**2 + SENTENCE_MISSED * missed + end_cost + long_cost
            options.append((best[k, l][0] + cost, (k, l)))
    return options
