"""A line of text, spoken. Needs no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tts.intervals import Interval


@dataclass
class Line:
    """What a voice says of a line."""

    wav: np.ndarray
    """float32 `[samples]`."""
    sample_rate: int
    """Hz."""
    words: list[Interval]
    phones: list[Interval]
    """Seconds."""
    draw: Callable[[Path], None] | None = None
    """Draws its alignment into a file."""
    checked: dict[str, Any] = field(default_factory=dict)
    """What NNNN.json says of it beside, where it was checked."""
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass
class LineSpeaker:
    """A voice that speaks lines."""

    name: str | None
    """Of the run that made the voice."""
    speak: Callable[[str], Line]
    """Raises UserError where a line cannot be spoken."""


def as_entry(interval: Interval) -> dict[str, Any]:
    """Of NNNN.json."""
    return {"label": interval.label, "start": round(interval.start, 5), "end": round(interval.end, 5)}
