"""Forced alignment: when each phone of a known text is spoken, by the monotonic chain over an acoustic model."""

from tts.alignment.aligner import Aligner
from tts.alignment.config import AlignerConfig
from tts.alignment.timing import Alignment, certainty
from tts.alignment.training import train_aligner

__all__ = ["Aligner", "AlignerConfig", "Alignment", "certainty", "train_aligner"]
