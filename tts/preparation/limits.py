"""What preparation accepts, and how it divides the utterances into splits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on utterances, after trimming. Durations in seconds."""

    min_seconds: float = 0.2
    max_seconds: float = 12.0
    cut_seconds: float = 8.0
    """Longer recordings are cut at pauses where the text allows it; those up to `max_seconds` stay whole
    where not."""
    margin_seconds: float = 0.1
    """Silence kept before the first sound and after the last."""
    min_rate: float = 1.0
    max_rate: float = 30.0
    """Spoken units (phones or letters) per second of speech, pauses not counted."""
    max_clipped: float = 0.001
    """Share of samples that may stand in runs at the same extreme value."""
    min_level: float = -50.0
    """dBFS; a recording whose loudest 20 ms are below it counts as silent."""
    valid_percent: float = 5.0
    test_percent: float = 5.0

    def __post_init__(self) -> None:
        if not 0 < self.min_seconds < self.max_seconds:
            raise ValueError("0 < min_seconds < max_seconds must hold")
        if not 0 < self.cut_seconds <= self.max_seconds:
            raise ValueError("0 < cut_seconds ≤ max_seconds must hold")
        if self.margin_seconds < 0 or self.max_clipped < 0:
            raise ValueError("margin_seconds and max_clipped must not be negative")
        if not 0 <= self.min_rate < self.max_rate:
            raise ValueError("0 ≤ min_rate < max_rate must hold")
        if self.valid_percent < 0 or self.test_percent < 0 or self.valid_percent + self.test_percent >= 100:
            raise ValueError("valid_percent and test_percent must not be negative and leave some for training")
