"""Which utterances are most likely wrong: their sound fits their text less than is usual for their speaker."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tts.alignment.aligner import Alignment
from tts.data.manifest import Utterance
from tts.errors import UserError
from tts.intervals import Interval

USUAL, FALL = -3.0, 2.0
"""Down to this deviation an utterance is as good as any; below it is drawn less often, by a factor of e for so many
more."""
RAREST = 1e-3
"""Probability; utterances that were all rarer still would be waited for without end."""
MOST_BYTES = 2**29
"""Of a ranking."""


@dataclass(frozen=True)
class Ranked:
    """An utterance and how suspicious it is."""

    utterance: Utterance
    alignment: Alignment
    """In seconds from the start of its file."""
    deviation: float
    """Of its score from the speaker's median, in robust standard deviations; the lower the worse."""

    @property
    def weakest(self) -> tuple[Interval, float]:
        """The phone of which the chain is least certain, and its confidence."""
        pairs = zip(self.alignment.phones, self.alignment.confidence, strict=True)
        return min(pairs, key=lambda pair: pair[1])


def rank(utterances: Sequence[Utterance], done: Mapping[str, Alignment]) -> list[Ranked]:
    """Utterances by deviation, the worst first."""
    found = deviations({u.id: (u.speaker, done[u.id].score) for u in utterances})
    return sorted((Ranked(u, done[u.id], found[u.id]) for u in utterances), key=lambda r: r.deviation)


def deviations(scores: Mapping[str, tuple[str, float]]) -> dict[str, float]:
    """Of the score of each utterance from its speaker's median, in robust standard deviations; the lower the worse.

    Parameters
    ----------
    scores: speaker and score of each utterance, by id.
    """
    own: dict[str, list[float]] = {}
    for speaker, score in scores.values():
        own.setdefault(speaker, []).append(score)
    middle = {s: float(np.median(v)) for s, v in own.items()}
    # 1.4826 median deviations are one standard deviation of a normal distribution.
    spread = {s: 1.4826 * float(np.median(np.abs(np.array(v) - middle[s]))) + 1e-6 for s, v in own.items()}
    return {id: (score - middle[speaker]) / spread[speaker] for id, (speaker, score) in scores.items()}


def read_shares(path: Path) -> dict[str, float]:
    """How often training should draw each utterance of a `ranking.tsv`, 0 to 1, by id: never where it sounds like
    another text, and less often than usual where it fits its text much worse than is usual for its speaker.

    Raises
    ------
    UserError: it is no such file; names the line.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserError(f"{path}: larger than {MOST_BYTES >> 20} MiB, too large for a ranking")
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read ({error}); give OUT/ranking.tsv of tts-align") from error
    names = lines[0].split("\t") if lines else []
    if not {"id", "deviation", "misfit"} <= set(names):
        raise UserError(f"{path}: no ranking.tsv of tts-align; its first line names id, deviation and misfit")
    shares = {}
    for number, line in enumerate(lines[1:], 2):
        row = dict(zip(names, line.split("\t"), strict=False))
        try:
            shares[row["id"]] = drawn(float(row["deviation"]), float(row.get("misfit") or 0))
        except (KeyError, ValueError) as error:
            raise UserError(f"{path}:{number}: not as tts-align writes it ({error}); align again") from error
    return shares


def drawn(deviation: float, misfit: float) -> float:
    """Probability with which a pass over the corpus takes an utterance; what is below `RAREST` is 0."""
    if not math.isfinite(deviation) or not misfit <= 1:
        return 0.0
    share = min(1.0, math.exp(min(0.0, deviation - USUAL) / FALL))
    return share if share >= RAREST else 0.0
