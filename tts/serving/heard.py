"""Speakers whom a voice has heard in a recording that a client sent: in memory, a few of them, for a while."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from tts.errors import UserError
from tts.serving.voices import Served

LARGEST = 1 << 23
"""Bytes of a recording: a minute and a half at 48 kHz and 16 bits."""
MOST = 8
"""Speakers; each takes the memory of a voice, and the one that was not used for longest gives way to the next."""
SECONDS = 3600.0
"""After which a speaker that was not used is forgotten."""


class Speaker(NamedTuple):
    """One of them."""

    model: str
    """Name of the voice."""
    served: Served
    """The voice with this speaker besides its own."""
    used: float
    """When last, by the clock."""


class Heard:
    """Speakers by names that cannot be guessed: whoever has the name may speak so."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._speakers: dict[str, Speaker] = {}

    def listen(self, served: Served, recording: bytes, language: str | None) -> tuple[str, Served]:
        """A new name, and the voice with a speaker of that name, who sounds like the recording; to be given to `keep`.

        Raises
        ------
        UserError: no sound that can be read; less than a second of it; a voice that cannot hear who speaks.
        """
        from tts.audio import waveform  # with torch, as the voices that can hear
        from tts.audio.decoding import Content
        from tts.synthesis.new_speaker import MOST_SECONDS, with_speaker
        from tts.synthesis.voice import Voice

        voice = served.voice
        if not isinstance(voice, Voice):
            raise UserError(f"{served.name}: an exported voice cannot hear who speaks")
        source = waveform.open_source(Content("the recording", recording), seconds=MOST_SECONDS)
        wav = waveform.gather(source.blocks, source.sample_rate, voice.sample_rate)
        name = f"heard-{secrets.token_hex(12)}"
        wider = with_speaker(voice, name, [(wav, voice.sample_rate)], language or "")
        return name, replace(served, voice=wider)

    def keep(self, name: str, served: Served) -> None:
        """Keep a speaker to whom the voice has listened."""
        self._forget()
        while len(self._speakers) >= MOST:
            del self._speakers[min(self._speakers, key=lambda one: self._speakers[one].used)]
        self._speakers[name] = Speaker(served.name, served, self._clock())

    def find(self, served: Served, name: str) -> Served:
        """The voice that speaks as `name`: with one of these speakers, or else as it is."""
        self._forget()
        speaker = self._speakers.get(name)
        if speaker is None or speaker.model != served.name:
            return served
        self._speakers[name] = speaker._replace(used=self._clock())
        return speaker.served

    def _forget(self) -> None:
        oldest = self._clock() - SECONDS
        self._speakers = {name: one for name, one in self._speakers.items() if one.used >= oldest}
