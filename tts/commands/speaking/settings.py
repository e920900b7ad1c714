"""Settings of `tts-synthesize`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tts.vocoder.choice import VocoderChoice


@dataclass(frozen=True)
class SynthesizeConfig:
    """Of `tts-synthesize`."""

    voice: str
    """Folder of a voice, or of the run that trained it, or one that tts-export format=onnx wrote."""
    vocoder: VocoderChoice
    """What turns mels into sound."""
    text: str | None = None
    """Text to be spoken; each line becomes files of its own. With markup, SSML, it is one: <speak>…</speak>."""
    text_file: str | None = None
    """File with the text to be spoken, in UTF-8; without it and `text`, standard input is read."""
    out: str = "spoken"
    """Folder for NNNN.wav, .TextGrid and .json, and .png with `picture`."""
    picture: bool = False
    """Whether to draw the alignment of every line; takes a second to begin with."""
    speaker: str | None = None
    """Name of one of the voice's speakers, or shares of several, as in ann:0.7,bob:0.3; null for its first."""
    language: str | None = None
    """Language of the text, one of the voice's, such as fr-fr; null for the speaker's own."""
    like: str | None = None
    """A recording, ten seconds or so, of a person to speak like who is not among the voice's speakers; for a voice with
    a speaker encoder."""
    reference: str | None = None
    """A recording whose manner is followed: of the same text (prosody) or of any (style)."""
    reference_mode: Literal["prosody", "style"] = "prosody"
    """prosody: follow its melody and timing; style: take on its manner of speaking."""
    speed: float = 1.0
    """How fast it speaks, 0.25 to 4: 2 is twice as fast."""
    pitch: float = 0.0
    """Semitones above the predicted melody, -24 to 24."""
    pitch_range: float = 1.0
    """How far the melody goes from its mean, as a factor, 0 to 4; 0 is monotonous."""
    energy: float = 0.0
    """Decibels above the predicted loudness, -40 to 40."""
    pauses: float = 1.0
    """How long pauses at punctuation and between sentences are, as a factor, 0 to 20."""
    variation: float = 0.0
    """How much one reading of a text differs from another in melody and lengths, 0 to 1; 0 reads it the same every
    time."""
    seed: int = 0
    """Which reading; the same one is the same sound."""
    verify: str | None = None
    """Folder of an aligner that `tts-align` trained, best on speech of the voice's speakers: sentences in which it
    finds something skipped, repeated or babbled are spoken again along other paths, slower, or in parts."""
    path: Literal["hard", "soft"] = "hard"
    """How an autoregressive voice goes through the text. hard: on one token at a time; soft: along the expected
    position, as in training."""
