"""How far predicted phone boundaries lie from the true ones.

A boundary is the start of a phone, or the end of a phone before a silence. Silences themselves (`sil`, blank
labels, `<s>`, `</s>`, punctuation tokens) are not matched: their extent is what the phones leave over.

The truth may lack an l, w or glottal stop that the prediction has: espeak-ng merges some (mostly a coda l)
into the vowel, and a TextGrid cannot hold an interval of no length. Such a phone has no true start; it is
left unscored, and its neighbours are scored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tts.intervals import Interval
from tts.text.tokens import is_silence

TOLERANCES = (0.010, 0.020, 0.050)
"""Seconds."""
F1_TOLERANCE = 0.020
"""Seconds."""
GROSS = 0.100
"""Seconds; a larger error is a misalignment rather than an imprecise boundary."""
SMALLEST_SILENCE = 0.001
"""Seconds; less between two phones is rounding."""
MERGED = {"l", "w", "ʔ"}
"""Phones that may have no length in the truth: all that did in 2,000 English sentences and a few French
ones."""


class PhonesDiffer(ValueError):
    """Prediction and truth are not of the same utterance: their phones differ."""


@dataclass(frozen=True)
class Boundary:
    """A boundary of which both times are known."""

    before: str | None
    """The phone that ends there; None for a silence."""
    after: str | None
    """The phone that starts there; None for a silence."""
    error: float
    """Predicted minus true time in seconds; positive is late."""


def match_boundaries(predicted: Sequence[Interval], truth: Sequence[Interval]) -> list[Boundary]:
    """Every boundary of the truth beside the predicted one, in order of time.

    Parameters
    ----------
    predicted, truth: intervals in order of time. Phones are matched one by one in order; of two equal phones
        in a row of which the truth has one, the later is matched (the l without length ends its syllable).

    Raises
    ------
    PhonesDiffer: a phone of the truth is missing from the prediction, or the prediction has one more that is
        not in `MERGED`.
    """
    phones = [p for p in predicted if not is_silence(p.label)]
    matched = [t for t in truth if not is_silence(t.label) and t.end > t.start]
    places = _match(phones, matched)
    surplus = {phones[place].label for place in set(range(len(phones))) - set(places)} - MERGED
    if surplus:
        raise PhonesDiffer(f"the prediction has phones that the truth lacks ({' '.join(sorted(surplus))})")
    found = []
    before = None
    for i, (place, true) in enumerate(zip(places, matched, strict=True)):
        found.append(Boundary(before, true.label, phones[place].start - true.start))
        before = true.label
        after = matched[i + 1].start if i + 1 < len(matched) else truth[-1].end
        if after > true.end + SMALLEST_SILENCE:
            last = places[i + 1] - 1 if i + 1 < len(matched) else len(phones) - 1
            found.append(Boundary(before, None, phones[last].end - true.end))
            before = None
    return found


def boundary_errors(predicted: Sequence[Interval], truth: Sequence[Interval]) -> np.ndarray:
    """The errors of `match_boundaries` in seconds, float64 `[boundaries]`. Raises as it does."""
    return np.array([b.error for b in match_boundaries(predicted, truth)], dtype=np.float64)


def _match(predicted: Sequence[Interval], truth: Sequence[Interval]) -> list[int]:
    """For every phone of the truth, the place of its counterpart in the prediction."""
    places = []
    place = len(predicted)
    for true in reversed(truth):
        place -= 1
        while place >= 0 and predicted[place].label != true.label:
            place -= 1
        if place < 0:
            raise PhonesDiffer(
                f"the phone {true.label!r} at {true.start:.2f} s of the truth has no counterpart in the "
                f"prediction ({' '.join(p.label for p in predicted)})"
            )
        places.append(place)
    return places[::-1]


def boundary_times(phones: Sequence[Interval]) -> list[float]:
    """When phones start, and end before silences, in seconds and order of time; the ends of the recording aside."""
    times: list[float] = []
    last = None
    for phone in phones:
        if is_silence(phone.label) or phone.end <= phone.start:
            continue
        if last is not None and phone.start > last + SMALLEST_SILENCE:
            times.append(last)
        times.append(phone.start)
        last = phone.end
    if last is not None and phones[-1].end > last + SMALLEST_SILENCE:
        times.append(last)
    return times


def count_hits(predicted: Sequence[float], truth: Sequence[float], tolerance: float = F1_TOLERANCE) -> int:
    """How many boundaries of two ordered lists can be paired, one with one, within `tolerance` seconds."""
    hits = i = j = 0
    while i < len(predicted) and j < len(truth):
        apart = round(predicted[i] - truth[j], 6)
        if abs(apart) <= tolerance:
            hits, i, j = hits + 1, i + 1, j + 1
        elif apart < 0:
            i += 1
        else:
            j += 1
    return hits


def summarise(errors: Iterable[float] | np.ndarray) -> dict[str, float]:
    """Figures over boundary errors in seconds, pooled over utterances.

    Returns
    -------
    `count`; `mean` and `median` of the absolute errors and the signed mean `bias`, in seconds; `within_10ms`,
    `within_20ms`, `within_50ms` and `gross` (over 100 ms) as shares. Without a boundary, the figures are NaN.
    """
    values = np.asarray(errors if isinstance(errors, np.ndarray) else list(errors), dtype=np.float64)
    if not len(values):
        shares = [f"within_{1000 * limit:.0f}ms" for limit in TOLERANCES]
        return {"count": 0, **dict.fromkeys(["mean", "median", "bias", *shares, "gross"], float("nan"))}
    # A time written with six decimals must not fall out of its class by rounding.
    size = np.abs(values).round(6)
    return {
        "count": len(values),
        "mean": float(size.mean()),
        "median": float(np.median(size)),
        "bias": float(values.mean()),
        **{f"within_{1000 * limit:.0f}ms": float((size <= limit).mean()) for limit in TOLERANCES},
        "gross": float((size > GROSS).mean()),
    }
