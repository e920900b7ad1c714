"""Settings of the text front end: stored with every corpus and voice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class TextConfig:
    """How written text becomes tokens."""

    units: Literal["phones", "graphemes"] = "phones"
    """What the model reads: phones (in IPA, by espeak-ng), or graphemes, the characters of the normalised text in
    lower case."""
    language: str = "en-us"
    """An espeak-ng language, such as en-us, fr-fr, de, es. It is always the corpus's: set corpus.language when you
    prepare that."""
    normalize: bool = True
    """Whether to spell out numbers, money, dates, times and abbreviations."""
