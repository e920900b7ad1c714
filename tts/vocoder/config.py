"""Sizes of the vocoder."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class GeneratorConfig:
    width: int = 256
    hidden: int = 768
    """Of the two layers on each frame, in every block."""
    layers: int = 6
    pitch_width: int = 96
    pitch_layers: int = 3
    window: int = 512
    """Samples of the short-time Fourier transform in which source and noise are filtered."""
    steps: int = 2
    """Filters per mel frame."""

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) <= 0:
                raise ValueError(f"{field.name} must be positive, got {getattr(self, field.name)}")
