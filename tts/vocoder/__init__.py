"""A neural vocoder: log-mel frames to a waveform, by filtering a harmonic source and noise."""

from tts.vocoder.config import GeneratorConfig
from tts.vocoder.generator import Generator

__all__ = ["Generator", "GeneratorConfig"]
