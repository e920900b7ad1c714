"""Means over measurements, without the missing ones (NaN)."""

from __future__ import annotations

import math
from collections import defaultdict


class Means:
    """Values by name, gathered one measurement after another."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = defaultdict(float)
        self._counts: dict[str, int] = defaultdict(int)

    def add(self, values: dict[str, float], count: int = 1) -> None:
        """Add a measurement of `count` utterances; NaN where there was nothing to measure."""
        for name, value in values.items():
            missing = math.isnan(value)
            self._sums[name] += 0.0 if missing else value * count
            self._counts[name] += 0 if missing else count

    def values(self) -> dict[str, float]:
        """The means; NaN where nothing was measured."""
        return {name: total / n if (n := self._counts[name]) else math.nan for name, total in self._sums.items()}


def in_words(value: float) -> str:
    """`value` for the terminal; a dash where nothing was measured."""
    return "–" if math.isnan(value) else f"{value:.3f}"
