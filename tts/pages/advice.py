"""What to do better about a take, in words."""

from __future__ import annotations

from typing import NamedTuple

import torch

from tts.inspection.measures import ABOVE_NOISE, Measures
from tts.preparation.pauses import speech_spans


class Limits(NamedTuple):
    """From where on a take is remarked upon."""

    peak: float = -1.0
    """dBFS above which it is too loud."""
    level: float = -38.0
    """dBFS of speech below which it is too quiet."""
    edge: float = 0.1
    """Seconds of silence that should be before and after the speech."""
    slowest: float = 4.0
    """Phones per second of speech, below which something else was probably said; above `fastest`, not all."""
    fastest: float = 22.0


LIMITS = Limits()


def advice(wav: torch.Tensor, rate: int, found: Measures, count: int) -> list[str]:
    """What to do better, in words, about a take `wav` [samples] of a prompt with `count` phones."""
    spans = speech_spans(wav, rate)
    if found.speech == 0 or found.level < -60:
        return ["Nothing is heard. Is this the right microphone?"]
    said = []
    if found.peak > LIMITS.peak or found.clipped > 0:
        said.append("Too loud: turn the microphone down, or go further away.")
    if found.level < LIMITS.level:
        said.append("Quiet: turn the microphone up, or come closer.")
    if found.above_noise < ABOVE_NOISE:
        said.append(f"Noisy: the room is only {found.above_noise:.0f} dB below the voice.")
    if spans[0].start < LIMITS.edge:
        said.append("The start may be cut off: wait a moment before you speak.")
    if found.seconds - spans[-1].end < LIMITS.edge:
        said.append("The end may be cut off: wait a moment before you stop.")
    if count and count / found.speech < LIMITS.slowest:
        said.append("Long for its text: was something else said, too?")
    if count and count / found.speech > LIMITS.fastest:
        said.append("Short for its text: was all of it read?")
    return said
