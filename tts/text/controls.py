"""How something is to be said: speed, pitch, its range, energy, pauses, and how much that varies."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar

from tts.errors import UserError


@dataclass(frozen=True)
class Controls:
    """Of a whole text, or of a part of one, where they add to those of the whole. The defaults change nothing.

    Raises
    ------
    UserError: a value beyond `LIMITS`.
    """

    speed: float = 1.0
    """2 is twice as fast; 0.25 to 4."""
    pitch: float = 0.0
    """Semitones above the predicted melody; −24 to 24. Nothing goes beyond 60 to 500 Hz."""
    pitch_range: float = 1.0
    """How far the melody goes from its mean, as a factor of the predicted distance in semitones; 0 to 4. 0 is
    monotonous."""
    energy: float = 0.0
    """Decibels above the predicted loudness; −40 to 40."""
    pauses: float = 1.0
    """How long pauses at punctuation and between sentences are, as a factor; 0 to 20."""
    variation: float = 0.0
    """How much the words of one reading of a text differ in melody and length from those of another; 0 to 1. 0 reads it
    the same every time."""
    seed: int = 0
    """Which reading; the same one is the same sound."""

    LIMITS: ClassVar[dict[str, tuple[float, float]]] = {
        "speed": (0.25, 4.0),
        "pitch": (-24.0, 24.0),
        "pitch_range": (0.0, 4.0),
        "energy": (-40.0, 40.0),
        "pauses": (0.0, 20.0),
        "variation": (0.0, 1.0),
    }
    LARGEST_SEED: ClassVar[int] = 2**53 - 1  # which JSON has whole everywhere

    def __post_init__(self) -> None:
        for name, (least, most) in self.LIMITS.items():
            value = getattr(self, name)
            if not least <= value <= most:  # nor NaN
                raise UserError(f"{name}={value}: choose between {least:g} and {most:g}")
        if type(self.seed) is not int or not 0 <= self.seed <= self.LARGEST_SEED:
            raise UserError(f"seed={self.seed}: choose a whole number between 0 and {self.LARGEST_SEED}")

    def beside(self, other: Controls) -> Controls:
        """Both at once: factors are multiplied, the rest is added; of seeds it is the other's, if it has one. Raises
        UserError beyond the limits."""
        return Controls(
            self.speed * other.speed,
            self.pitch + other.pitch,
            self.pitch_range * other.pitch_range,
            self.energy + other.energy,
            self.pauses * other.pauses,
            self.variation + other.variation,
            other.seed or self.seed,
        )

    @property
    def changed(self) -> tuple[str, ...]:
        """Names of those that change something."""
        named = (field.name for field in fields(self) if getattr(self, field.name) != field.default)
        return tuple(name for name in named if name != "seed" or self.variation)


AS_PREDICTED = Controls()


@dataclass(frozen=True)
class Stretch:
    """A stretch of a marked-up text, or a pause in it."""

    controls: Controls = AS_PREDICTED
    seconds: float | None = None
    """How long it lasts; None for as long as comes of the rest."""


@dataclass(frozen=True)
class Marked:
    """A text whose stretches are numbered.

    `{#3}` begins the stretch with number 3, `{#4 ,}` is a pause; 0 is what is not marked.
    """

    text: str
    stretches: tuple[Stretch, ...] = (Stretch(),)
