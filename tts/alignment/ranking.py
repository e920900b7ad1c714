"""Which utterances are most likely wrong: their sound fits their text less than is usual for their speaker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tts.alignment.aligner import Alignment
from tts.data.manifest import Utterance
from tts.intervals import Interval


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
