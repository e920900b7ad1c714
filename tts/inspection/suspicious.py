"""Which utterances to look at first, each with the reasons: by an aligner's ranking where there is one, and by what is
unusual for the speaker."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tts.data.manifest import Utterance
from tts.errors import UserError
from tts.inspection.coverage import phones
from tts.inspection.measures import Measures

UNUSUAL = 3.5
"""Robust standard deviations from the speaker's median, from which a measure is a reason."""
FEWEST = 8
"""Utterances of a speaker, without which nothing is called unusual."""


@dataclass(frozen=True)
class Aligned:
    """An utterance's line in `ranking.tsv` of `tts-align`."""

    deviation: float
    """Of its score from the speaker's median, in robust standard deviations; the lower the worse."""
    misfit: float
    """Above 1 the text is most likely another one; NaN where it is not known."""
    weakest: str
    """The phone that is least certain."""


@dataclass
class Suspect:
    """An utterance, and what is unusual about it."""

    utterance: Utterance
    score: float = 0.0
    """Standard deviations of what is most unusual; with an aligner, that of its deviation."""
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Feature:
    value: Callable[[Utterance, Measures], float]
    """NaN where it does not apply."""
    least: float
    """Smallest standard deviation that is believed."""
    low: str
    high: str


def suspects(
    utterances: Sequence[Utterance],
    looked_at: Sequence[Utterance],
    measures: Mapping[str, Measures],
    aligned: Mapping[str, Aligned],
) -> list[Suspect]:
    """Every utterance, the most suspicious first.

    Where an aligner was run, what it ranked comes before the rest, as it ranked them; the measures give reasons only.

    Parameters
    ----------
    looked_at: those that were to be measured; what has no measure of them cannot be read.
    """
    found = {u.id: Suspect(u) for u in utterances}
    speakers: dict[str, list[Utterance]] = {}
    for u in looked_at:
        if u.id in measures:
            speakers.setdefault(u.speaker, []).append(u)
        else:
            found[u.id].score = math.inf
            found[u.id].reasons.append("its sound cannot be read")
    for own in speakers.values():
        if len(own) >= FEWEST:
            _compare(own, measures, found)
    for suspect in found.values():
        if suspect.utterance.cut_off:
            suspect.score = max(suspect.score, UNUSUAL)
            suspect.reasons.append(f"its file was cut off: {suspect.utterance.cut_off}")
    for id, suspect in found.items():
        if id in aligned:
            _add_alignment(suspect, aligned[id])
    return sorted(found.values(), key=lambda s: (s.utterance.id not in aligned, -s.score, s.utterance.id))


def read_ranking(folder: Path) -> dict[str, Aligned]:
    """`ranking.tsv` in the folder of `tts-align`, by id.

    Raises
    ------
    UserError: there is none, or a line does not fit.
    """
    path = folder / "ranking.tsv"
    found = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                misfit = float(row["misfit"]) if row.get("misfit") else math.nan
                found[row["id"]] = Aligned(float(row["deviation"]), misfit, row["least_certain_phone"])
    except OSError as error:
        raise UserError(f"{path}: no ranking ({error.strerror}); make one with tts-align out={folder}") from error
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise UserError(f"{path}: not a ranking of tts-align ({error}); run tts-align again") from error
    return found


def _compare(own: Sequence[Utterance], measures: Mapping[str, Measures], found: Mapping[str, Suspect]) -> None:
    """Note what is unusual among the utterances of one speaker."""
    rates = [_count(u) / measures[u.id].speech for u in own if measures[u.id].speech > 0]
    rate = float(np.median(rates)) if rates else math.nan

    def pace(u: Utterance, m: Measures) -> float:
        expected = _count(u) / rate
        # As where recordings are cut: the length of speech is 12 % about its prediction, and 0.1 s whatever its length.
        return (m.speech - expected) / math.hypot(0.12 * expected, 0.1) if m.speech > 0 else math.nan

    features = (
        _Feature(pace, 1.0, "short for its text", "long for its text"),
        _Feature(lambda u, m: m.level, 1.5, "quieter than the others", "louder than the others"),
        _Feature(lambda u, m: m.noise, 3.0, "less noise than in the others", "more noise than in the others"),
        _Feature(_octaves, 0.12, "a lower voice than in the others", "a higher voice than in the others"),
    )
    for feature in features:
        values = np.array([feature.value(u, measures[u.id]) for u in own])
        if np.isnan(values).all():
            continue
        middle = float(np.nanmedian(values))
        spread = max(1.4826 * float(np.nanmedian(np.abs(values - middle))), feature.least)
        for u, value in zip(own, values.tolist(), strict=True):
            _note(found[u.id], (value - middle) / spread, feature)
    for u in own:
        if measures[u.id].clipped > 0:
            found[u.id].reasons.append("clipped samples")


def _note(suspect: Suspect, deviation: float, feature: _Feature) -> None:
    if math.isnan(deviation):
        return
    quiet = feature.low == "less noise than in the others" and deviation < 0  # which is no fault
    if not quiet:
        suspect.score = max(suspect.score, abs(deviation))
        if abs(deviation) >= UNUSUAL:
            suspect.reasons.append(feature.high if deviation > 0 else feature.low)


def _add_alignment(suspect: Suspect, aligned: Aligned) -> None:
    suspect.score = -aligned.deviation
    if aligned.misfit > 1:
        suspect.reasons.insert(0, "sounds like another text")
    elif -aligned.deviation >= UNUSUAL:
        suspect.reasons.insert(0, f"fits its text badly, least at {aligned.weakest}")


def _octaves(u: Utterance, m: Measures) -> float:
    return math.log2(m.pitch) if m.pitch else math.nan


def _count(u: Utterance) -> int:
    return max(1, len(phones(u.tokens)))
