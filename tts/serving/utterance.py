"""A text as it is spoken: each sentence with the event that goes ahead of its sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from tts.errors import UserError
from tts.intervals import Interval
from tts.serving.sound import Encoder, Format, encoder
from tts.serving.visemes import viseme
from tts.serving.voices import Served, Speech
from tts.subtitles import timed_parts
from tts.synthesis.speakers import find_speaker, spoken_language
from tts.synthesis.timings import PAUSE
from tts.text.controls import Controls

DIGITS = 5
"""Of seconds."""


class Piece(NamedTuple):
    """A sentence."""

    event: dict[str, Any]
    """`speech.sentence` of docs/serving.md."""
    sound: bytes
    """Encoded, with the silence before it; an encoder may keep the end of it until more comes."""
    seconds: float
    """Of sound, that silence included."""
    words: list[Interval]
    """Seconds from the start of the utterance."""


class Utterance:
    """Texts spoken one after another by one speaker: one stream of sound, and one clock that starts with it.

    Raises
    ------
    UserError: the voice lacks the speaker or the language.
    """

    def __init__(
        self, served: Served, speaker: str | None, controls: Controls, language: str | None, format: Format
    ) -> None:
        who = find_speaker(served.voice.info, speaker)
        self._language = spoken_language(served.voice.info, language, who)
        self.served, self._speaker, self._controls = served, speaker, controls
        self._encoder: Encoder = encoder(format, served.voice.sample_rate)
        self.format = format
        self.sample_rate = self._encoder.sample_rate
        self.language = self._language
        self.seconds = 0.0
        self.sentences = 0
        self._given: dict[str, Sequence[float]] = {}

    def give(self, name: str, values: Sequence[float]) -> None:
        """What each phone of the only sentence is given, `durations` or `pitches` (`Voice.sentences`). Raises UserError
        if the voice takes none."""
        if not self.served.takes(name):
            raise UserError(f"{self.served.name}: this voice takes no {name}; an exported one never does")
        self._given[name] = values

    def say(self, text: str) -> Iterator[Piece]:
        """Speak `text` a sentence at a time.

        Raises
        ------
        UserError: nothing to say, or words without a sound.
        """
        speak: Callable[..., Iterator[Speech]] = self.served.voice.sentences
        spoken = speak(text, self._speaker, language=self._language, controls=self._controls, **self._given)
        silence = PAUSE * self._controls.pauses
        for speech in spoken:
            pause = np.zeros(round(silence * speech.sample_rate) if self.sentences else 0, np.float32)
            wav = np.concatenate([pause, np.asarray(speech.wav, np.float32)])
            start = self.seconds + len(pause) / speech.sample_rate
            sound = self._encoder.encode(wav)
            words = [Interval(w.label, w.start + start, w.end + start) for w in speech.words]
            piece = Piece(self._event(speech, start, words), sound, len(wav) / speech.sample_rate, words)
            self.seconds += piece.seconds
            self.sentences += 1
            yield piece

    def finish(self) -> bytes:
        """The last bytes of its sound."""
        return self._encoder.finish()

    def _event(self, speech: Speech, start: float, words: list[Interval]) -> dict[str, Any]:
        return {
            "type": "speech.sentence",
            "index": self.sentences,
            "text": speech.text,
            "start": round(start, DIGITS),
            "end": round(start + len(speech.wav) / speech.sample_rate, DIGITS),
            "parts": [
                {"text": part.text, "start": round(part.start, DIGITS), "end": round(part.end, DIGITS)}
                for part in timed_parts(speech.text, words)
            ],
            "words": [_entry(word, 0.0) for word in words],
            "phones": [_entry(phone, start) | {"viseme": viseme(phone.label)} for phone in speech.phones],
        }


def _entry(interval: Interval, offset: float) -> dict[str, Any]:
    start, end = round(interval.start + offset, DIGITS), round(interval.end + offset, DIGITS)
    return {"label": interval.label, "start": start, "end": end}
