"""What a client asks for."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from tts.errors import UserError
from tts.serving.errors import Refused
from tts.serving.heard import Heard
from tts.serving.sound import Format
from tts.serving.utterance import Utterance
from tts.serving.voices import FIRST, Library
from tts.synthesis.speakers import NoSuchLanguage
from tts.text.controls import AS_PREDICTED, Controls

LONGEST_NAME = 1000
"""Characters; shares of many speakers are one name."""
MOST_PHONES = 4000
"""Of a sentence."""


def _control(name: str) -> Any:
    least, most = Controls.LIMITS[name]
    return Field(getattr(AS_PREDICTED, name), ge=least, le=most, allow_inf_nan=False)


def _none_followed(instructions: object) -> None:
    if instructions not in ("", None):
        raise ValueError("these voices follow no instructions; leave them out")


class VoiceId(BaseModel):
    """A voice as OpenAI's API also writes it."""

    model_config = ConfigDict(extra="forbid")
    id: str = Field(max_length=LONGEST_NAME)


class Manner(BaseModel):
    """Who speaks, and how."""

    model_config = ConfigDict(extra="forbid")
    model: str = Field(FIRST, max_length=LONGEST_NAME)
    """Name of a voice of the server."""
    voice: Annotated[str, Field(max_length=LONGEST_NAME)] | VoiceId = FIRST
    """A speaker of that voice."""
    language: str | None = Field(None, max_length=LONGEST_NAME)
    """Of the text; the speaker's own if not given."""
    speed: float = _control("speed")
    pitch: float = _control("pitch")
    pitch_range: float = _control("pitch_range")
    energy: float = _control("energy")
    pauses: float = _control("pauses")
    variation: float = _control("variation")
    seed: int = Field(0, ge=0, le=Controls.LARGEST_SEED)
    """Which reading, where there is variation."""
    instructions: Annotated[None, BeforeValidator(_none_followed)] = None
    """OpenAI's; these voices follow none."""

    def utterance(self, library: Library, heard: Heard, format: Format) -> Utterance:
        """Raises `Refused` if there is no such voice, speaker or language, or the voice lacks a control."""
        name = self.voice if isinstance(self.voice, str) else self.voice.id
        served = heard.find(library.find(self.model), name)
        controls = Controls(**{name: getattr(self, name) for name in (*Controls.LIMITS, "seed")})
        for control in controls.changed:
            if control not in served.voice.controls:
                message = f"{control}: voice {served.name} takes only {', '.join(sorted(served.voice.controls))}"
                raise Refused(422, "no_such_control", message, control)
        try:
            return Utterance(served, served.speaker(name), controls, self.language, format)
        except UserError as error:
            param = "language" if isinstance(error, NoSuchLanguage) else "voice"
            raise Refused(422, "no_such_speaker_or_language", str(error), param) from error


class Whole(Manner):
    """With a text that is there at once."""

    input: str
    """The text."""

    async def texts(self, most: int) -> AsyncGenerator[str, None]:
        """Raises `Refused` if it is none, or longer than `most` characters."""
        if len(self.input) > most:
            message = f"input has {len(self.input)} characters; at most {most} are spoken"
            raise Refused(413, "text_too_long", message, "input")
        if not self.input.strip():
            raise Refused(422, "no_text", "input is empty", "input")
        yield self.input


class SpeechRequest(Whole):
    """`POST /v1/audio/speech`."""

    response_format: Format = "mp3"
    stream_format: Literal["audio", "sse"] = "audio"
    """The sound alone, or as events."""
    timings: bool = False
    """Whether events say when what is spoken, ahead of the sound."""
    durations: list[float] | None = Field(None, max_length=MOST_PHONES)
    """Seconds for each phone of the text, which is one sentence."""
    pitches: list[float] | None = Field(None, max_length=MOST_PHONES)
    """Semitones up, likewise."""

    def utterance(self, library: Library, heard: Heard, format: Format) -> Utterance:
        utterance = super().utterance(library, heard, format)
        for name in ("durations", "pitches"):
            values = getattr(self, name)
            try:
                if values is not None:
                    utterance.give(name, values)
            except UserError as error:
                raise Refused(422, f"no_{name}", str(error), name) from error
        return utterance


class SubtitlesRequest(Whole):
    """`POST /v1/audio/subtitles`."""

    response_format: Literal["srt", "vtt", "json"] = "vtt"
    """SubRip, WebVTT, or the events of every sentence."""


class Start(Manner):
    """The first message of a WebSocket."""

    type: Literal["start"]
    response_format: Format = "pcm"


class Text(BaseModel):
    """More of the text."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["text"]
    text: str


class Order(BaseModel):
    """What to do with the text: `flush`: speak what is there; `end`: and be done; `cancel`: speak no more."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["flush", "end", "cancel"]


def complaint(errors: Sequence[Any]) -> tuple[str, str | None]:
    """What pydantic found, without the values, and the key that it is about."""
    first = errors[0]
    place = first["loc"][1:2]  # after `body`, or the type of a message
    if place and isinstance(place[0], str):
        return f"{place[0]}: {first['msg'].removeprefix('Value error, ')}", place[0]
    if first["type"] == "union_tag_not_found":  # of a WebSocket's message
        return "type is missing: start, text, flush, end or cancel", "type"
    if first["type"] in ("model_attributes_type", "missing"):  # of the whole body
        return 'expected JSON such as {"input": "Hello."}, sent with Content-Type: application/json', None
    return first["msg"], None
