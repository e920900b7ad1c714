"""What preparation accepts, and how it divides the utterances into splits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on utterances, after silence was trimmed."""

    min_seconds: float = 0.2
    """Length of the shortest utterance that is accepted, in seconds."""
    max_seconds: float = 12.0
    """Length of the longest utterance that is accepted, in seconds, once recordings are cut."""
    cut_seconds: float = 8.0
    """Length in seconds from which recordings are cut at pauses, where the text allows it; those up to `max_seconds`
    stay whole where it does not."""
    margin_seconds: float = 0.1
    """Silence kept before the first sound and after the last, in seconds."""
    min_rate: float = 1.0
    """Fewest phones (or letters) per second of speech, pauses not counted: below it, the text probably says less than
    the recording."""
    max_rate: float = 30.0
    """Most phones (or letters) per second of speech, pauses not counted: above it, the text probably says more than
    the recording."""
    max_clipped: float = 0.001
    """Largest share of samples that may be clipped, that is, stand in runs at the same extreme value."""
    min_level: float = -50.0
    """Quietest accepted recording: one whose loudest 20 ms lie below this level, in dBFS, is rejected as silent."""
    valid_percent: float = 5.0
    """Percent of recordings held out for validation, by a hash of their ids."""
    test_percent: float = 5.0
    """Percent of recordings held out for the final evaluation, which training never reads, by a hash of their ids."""

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
