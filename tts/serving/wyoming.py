"""Wyoming, the protocol of Home Assistant: https://github.com/OHF-Voice/wyoming.

Its package reads events of any size; here they are bounded.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event, async_write_event
from wyoming.info import Attribution, Describe, Info, TtsProgram, TtsVoice, TtsVoiceSpeaker
from wyoming.ping import Ping, Pong
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeStopped,
    SynthesizeVoice,
)

from tts.errors import UserError
from tts.serving.errors import Refused
from tts.serving.feed import Feed
from tts.serving.guard import BYTES_PER_CHARACTER, MORE_BYTES
from tts.serving.service import Service
from tts.serving.utterance import Utterance
from tts.serving.voices import FIRST, Library
from tts.text.controls import AS_PREDICTED

logger = logging.getLogger(__name__)
WIDTH, CHANNELS = 2, 1
"""Bytes of a sample, and channels."""
CHUNK = 4096
"""Bytes of sound in an event."""
PENDING = 16
"""Events of a connection that wait."""


@asynccontextmanager
async def listening(service: Service, listener: socket.socket) -> AsyncIterator[None]:
    """Serve the clients that come to a socket, to the end of the block; each may have its text spoken then."""
    clients: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(clients) >= service.config.connections:
            writer.close()
            return
        clients.add(task)
        try:
            await Connection(service, reader, writer).run()
        finally:
            clients.discard(task)

    server = await asyncio.start_server(serve, sock=listener)
    try:
        yield
    finally:
        server.close()
        for task in clients:  # those that are idle; requests have ended, or their time is over
            task.cancel()
        await asyncio.gather(*clients, return_exceptions=True)


class Connection:
    """One client: it asks what there is, and has texts spoken one after another."""

    def __init__(self, service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._service, self._reader, self._writer = service, reader, writer
        self._most = BYTES_PER_CHARACTER * service.config.characters + MORE_BYTES
        self._feed: Feed | None = None
        self._speaking: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Until the client leaves, or sends what is no event."""
        events: asyncio.Queue[Event] = asyncio.Queue(PENDING)
        try:
            async with asyncio.TaskGroup() as self._tasks:
                answering = self._tasks.create_task(self._answer(events))
                while (event := await read_event(self._reader, self._most)) is not None:
                    await events.put(event)
                answering.cancel()
                self._drop()
        except* (ValueError, OSError) as errors:
            kinds = sorted({type(error).__name__ for error in errors.exceptions})
            logger.info("connection ended", extra={"fields": {"interface": "wyoming", "errors": kinds}})
        finally:
            self._writer.close()

    async def _answer(self, events: asyncio.Queue[Event]) -> None:
        while True:
            event = await events.get()
            try:
                await self._handle(event)
            except Refused as refused:
                await self._write(Error(refused.message, refused.code).event())
            except (KeyError, TypeError, AttributeError) as error:
                await self._write(Error(f"{event.type}: {type(error).__name__}", "invalid_event").event())

    async def _handle(self, event: Event) -> None:
        if Describe.is_type(event.type):
            await self._write(described(self._service.library).event())
        elif Ping.is_type(event.type):
            await self._write(Pong(text=Ping.from_event(event).text).event())
        elif Synthesize.is_type(event.type):
            if self._feed is None:  # else the whole text once more, for servers that do not stream
                asked = Synthesize.from_event(event)
                self._start(asked.voice)
                self._add(asked.text)
                await self._end()
        elif SynthesizeStart.is_type(event.type):
            if self._feed is not None:
                raise Refused(422, "not_ended", "a text is spoken already")
            self._start(SynthesizeStart.from_event(event).voice)
        elif SynthesizeChunk.is_type(event.type):
            self._add(SynthesizeChunk.from_event(event).text)
        elif SynthesizeStop.is_type(event.type):
            await self._end()
            await self._write(SynthesizeStopped().event())

    def _start(self, voice: SynthesizeVoice | None) -> None:
        utterance = asked_for(self._service.library, voice or SynthesizeVoice())
        self._feed = Feed(utterance.language, self._service.config.characters)
        self._speaking = self._tasks.create_task(self._speak(utterance, self._feed))

    def _add(self, text: object) -> None:
        if self._feed is None:
            raise Refused(422, "not_started", "a text begins with synthesize-start")
        if not isinstance(text, str):
            raise Refused(422, "invalid_event", "text is no text")
        try:
            self._feed.add(text)
        except Refused:
            self._drop()
            raise

    async def _end(self) -> None:
        if self._feed is None or self._speaking is None:
            raise Refused(422, "not_started", "a text begins with synthesize-start")
        self._feed.end()
        speaking, self._feed = self._speaking, None
        await speaking

    def _drop(self) -> None:
        if self._speaking is not None:
            self._speaking.cancel()
        self._feed = self._speaking = None

    async def _speak(self, utterance: Utterance, feed: Feed) -> None:
        rate, begun = utterance.sample_rate, False
        try:
            async with aclosing(self._service.spoken("wyoming", utterance, feed.texts())) as spoken:
                async for piece in spoken:
                    if not begun:
                        await self._write(AudioStart(rate, WIDTH, CHANNELS).event())
                        begun = True
                    await self._sound(piece.sound, rate)
            if not begun:  # no words: clients wait for the end of the sound all the same
                await self._write(AudioStart(rate, WIDTH, CHANNELS).event())
                begun = True
            await self._sound(utterance.finish(), rate)
        except Refused as refused:
            await self._write(Error(refused.message, refused.code).event())
        if begun:
            await self._write(AudioStop().event())

    async def _sound(self, sound: bytes, rate: int) -> None:
        for start in range(0, len(sound), CHUNK):
            await self._write(AudioChunk(rate, WIDTH, CHANNELS, sound[start : start + CHUNK]).event())

    async def _write(self, event: Event) -> None:
        async with asyncio.timeout(self._service.config.stall):
            await async_write_event(event, self._writer)


async def read_event(reader: asyncio.StreamReader, most: int) -> Event | None:
    """The next event, of at most `most` bytes in each of its three parts; None at the end.

    Raises
    ------
    ValueError: it is none, or larger. OSError: the connection is broken.
    """
    try:
        line = await reader.readline()
        if not line:
            return None
        head = json.loads(line)
        if not isinstance(head, dict) or not isinstance(head.get("type"), str):
            raise ValueError("no event")
        parts = []
        for name in ("data_length", "payload_length"):
            size = head.get(name) or 0
            if not isinstance(size, int) or not 0 <= size <= most:
                raise ValueError(f"{name}: {size!r}"[:80])
            parts.append(await reader.readexactly(size))
        data: dict[str, Any] = head.get("data") or {}
        more = json.loads(parts[0]) if parts[0] else {}
        if not isinstance(data, dict) or not isinstance(more, dict):
            raise ValueError("no event")
        return Event(head["type"], data | more, parts[1] or None)
    except (asyncio.IncompleteReadError, RecursionError) as error:
        raise ValueError("no event") from error


def asked_for(library: Library, voice: SynthesizeVoice) -> Utterance:
    """Raises `Refused` if there is no such voice, speaker or language."""
    served = library.find(voice.name or FIRST)
    language = None
    if voice.language is not None:
        wanted = voice.language.replace("_", "-").lower()
        language = next((one for one in served.voice.info.languages if one.lower() == wanted), voice.language)
    try:
        return Utterance(served, served.speaker(voice.speaker), AS_PREDICTED, language, "pcm")
    except UserError as error:
        raise Refused(422, "no_such_speaker_or_language", str(error)) from error


def described(library: Library) -> Info:
    """What Home Assistant shows."""
    ours = Attribution("SMMA-TTS", "")
    voices = [
        TtsVoice(
            name=served.name,
            attribution=Attribution(served.voice.info.credits, ""),
            installed=True,
            description=served.name,
            version=None,
            languages=list(served.voice.info.languages),
            speakers=[TtsVoiceSpeaker(name) for name in served.voice.info.speakers],
        )
        for served in library
    ]
    program = TtsProgram(
        name="smma-tts",
        attribution=ours,
        installed=True,
        description="SMMA-TTS",
        version=None,
        voices=voices,
        supports_synthesize_streaming=True,
    )
    return Info(tts=[program])
