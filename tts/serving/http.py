"""The routes of HTTP: OpenAI's, and what it lacks."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import Receive, Scope, Send

from tts.reporting.last_validation import read_shown, read_validation
from tts.serving.asked import SpeechRequest, SubtitlesRequest
from tts.serving.errors import GONE, Refused
from tts.serving.heard import SECONDS
from tts.serving.service import Service
from tts.serving.sound import MEDIA_TYPES
from tts.serving.utterance import Piece, Utterance
from tts.serving.voices import FIRST, Served
from tts.subtitles import cues, srt, vtt
from tts.text.controls import AS_PREDICTED, Controls

UNITS = {"pitch": "semitones", "energy": "dB", "variation": ""}
"""Of controls; the others are factors."""
Made = TypeVar("Made")


class Closing(StreamingResponse):
    """A stream that is closed at once where the client goes away, so that nothing more is spoken."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self.body_iterator.aclose()  # type: ignore[attr-defined]


def routes(service: Service) -> APIRouter:
    """Everything but WebSocket."""
    router = APIRouter()

    @router.post("/v1/audio/speech")
    async def speech(asked: SpeechRequest, request: Request) -> Response:
        utterance = asked.utterance(service.library, service.heard, asked.response_format)
        events = asked.stream_format == "sse"
        spoken = service.spoken("speech", utterance, asked.texts(service.config.characters))
        body = _as_events(spoken, utterance, asked.timings) if events else _as_sound(spoken, utterance)
        first = await _unless_gone(request, body)
        media = "text/event-stream" if events else MEDIA_TYPES[asked.response_format]
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return Closing(_chained(first, body), media_type=media, headers=headers)

    @router.post("/v1/audio/subtitles")
    async def subtitles(asked: SubtitlesRequest, request: Request) -> Response:
        utterance = asked.utterance(service.library, service.heard, "pcm")
        spoken = service.spoken("subtitles", utterance, asked.texts(service.config.characters))
        pieces = await _unless_gone(request, _gathered(spoken))
        if asked.response_format == "json":
            return JSONResponse({"sentences": [piece.event for piece in pieces], "seconds": utterance.seconds})
        # By the sentence: the time that matching words takes grows with the square of their number.
        shown = [cue for piece in pieces for cue in cues(piece.event["text"], piece.words)]
        if asked.response_format == "srt":
            return PlainTextResponse(srt(shown), media_type="application/x-subrip")
        return PlainTextResponse(vtt(shown), media_type="text/vtt")

    @router.get("/v1/models")
    async def models() -> dict[str, Any]:
        return {"object": "list", "data": [_model(served) for served in service.library]}

    @router.get("/v1/models/{name}")
    async def model(name: str) -> dict[str, Any]:
        return _model(service.library.find(name))

    @router.get("/v1/voices")
    async def voices() -> dict[str, Any]:
        return {
            "object": "list",
            "data": [_voice(served) for served in service.library],
            "characters": service.config.characters,
            "validation": service.config.validation,
        }

    @router.get("/v1/validation")
    async def validation(model: str = FIRST) -> dict[str, Any]:
        served = service.library.find(model)
        if not service.config.validation:
            message = "validations are not shown here: start the server with validation=true"
            raise Refused(404, "no_validation", message)
        card = None if served.run is None else await asyncio.to_thread(read_validation, served.run)
        none: dict[str, Any] = {"step": None, "values": {}, "utterances": []}
        return {"model": served.name, **(none if card is None else asdict(card))}

    @router.get("/v1/validation/{name}")
    async def shown(name: str, model: str = FIRST) -> Response:
        run = service.library.find(model).run if service.config.validation else None
        content = None if run is None else await asyncio.to_thread(read_shown, run, name)
        if content is None:
            raise Refused(404, "no_file", f"no {name!r} in the last validation", "name")
        media = "image/png" if name.endswith(".png") else "audio/wav"
        return Response(content, media_type=media, headers={"Cache-Control": "no-store"})

    @router.post("/v1/speakers")
    async def listen(request: Request, model: str = FIRST, language: str | None = None) -> dict[str, Any]:
        served = service.library.find(model)
        name, wider = await service.engine.made(service.heard.listen, served, await request.body(), language)
        service.heard.keep(name, wider)
        return {"object": "speaker", "model": served.name, "voice": name, "expires_in": SECONDS}

    @router.head("/healthz", include_in_schema=False)
    @router.get("/healthz")
    async def health() -> JSONResponse:
        well = len(service.library) > 0
        state = {"status": "ok" if well else "no voice is loaded", "voices": len(service.library)}
        return JSONResponse(state, 200 if well else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(service.metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router


async def _as_sound(spoken: AsyncGenerator[Piece, None], utterance: Utterance) -> AsyncGenerator[bytes, None]:
    async with aclosing(spoken):
        async for piece in spoken:
            yield piece.sound
        yield utterance.finish()


async def _as_events(
    spoken: AsyncGenerator[Piece, None], utterance: Utterance, timings: bool
) -> AsyncGenerator[bytes, None]:
    """OpenAI's events, and with `timings` one ahead of each sentence."""
    characters = 0
    try:
        async with aclosing(spoken):
            async for piece in spoken:
                characters += len(piece.event["text"])
                yield (_event(piece.event) if timings else b"") + _event(delta(piece.sound))
        yield _event(delta(utterance.finish()))
        yield _event(done(utterance))
    except Refused as refused:
        if not characters:
            raise
        yield _event(refused.event())  # the status is sent already


def delta(sound: bytes) -> dict[str, Any]:
    """More of the sound."""
    return {"type": "speech.audio.delta", "audio": base64.b64encode(sound).decode()}


def done(utterance: Utterance) -> dict[str, Any]:
    """All was said. OpenAI counts tokens, of which there are none here."""
    usage = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
    return {"type": "speech.audio.done", "usage": usage, "seconds": round(utterance.seconds, 5)}


def _event(content: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(content, ensure_ascii=False)}\n\n".encode()


async def _gathered(spoken: AsyncGenerator[Piece, None]) -> AsyncGenerator[list[Piece], None]:
    async with aclosing(spoken):
        yield [piece._replace(sound=b"") async for piece in spoken]


async def _unless_gone(request: Request, made: AsyncGenerator[Made, None]) -> Made:
    """The first that is made. Raises `Refused` if the client does not wait for it."""
    first = asyncio.ensure_future(anext(made))
    gone = asyncio.ensure_future(request.receive())
    try:
        await asyncio.wait({first, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not first.done():
            raise Refused(GONE, "client_gone", "the client went away")
        return first.result()
    except BaseException:
        first.cancel()
        await asyncio.wait({first})
        await made.aclose()
        raise
    finally:
        gone.cancel()


async def _chained(first: bytes, rest: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(rest):
        yield first
        async for more in rest:
            yield more


def _model(served: Served) -> dict[str, Any]:
    return {"id": served.name, "object": "model", "created": served.created, "owned_by": "tts"}


def _range(control: str) -> dict[str, Any]:
    """What a control may be."""
    least, most = Controls.LIMITS[control]
    usual = getattr(AS_PREDICTED, control)
    return {"least": least, "most": most, "usual": usual, "unit": UNITS.get(control, "×")}


def _voice(served: Served) -> dict[str, Any]:
    info = served.voice.info
    return {
        "model": served.name,
        "voices": [
            {"name": name, "language": language} for name, language in zip(info.speakers, info.native, strict=True)
        ],
        "languages": list(info.languages),
        "sample_rate": served.voice.sample_rate,
        "controls": {
            **{name: _range(name) for name in Controls.LIMITS if name in served.voice.controls},
            "durations": served.takes("durations"),
            "pitches": served.takes("pitches"),
            "like": served.hears_speakers,
        },
        "licence": info.licence,
        "credits": info.credits,
    }
