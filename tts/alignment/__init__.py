"""Forced alignment: when each phone of a known text is spoken, by the monotonic chain over an acoustic model."""

from tts.alignment.aligner import Aligner, Alignment, certainty
from tts.alignment.config import AlignerConfig

__all__ = ["Aligner", "AlignerConfig", "Alignment", "certainty"]
