"""WebSocket: text comes in pieces, and sentences go back while more of it comes (docs/serving.md has the messages)."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing, suppress
from typing import Annotated, Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import Field, TypeAdapter, ValidationError

from tts.serving.asked import Order, Start, Text, complaint
from tts.serving.errors import Refused
from tts.serving.feed import Feed
from tts.serving.guard import PROTOCOL
from tts.serving.http import done
from tts.serving.service import Service
from tts.serving.utterance import Utterance

Message = Start | Text | Order
MESSAGES: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="type")])
CANCEL = Order(type="cancel")
POLICY, AGAIN, TOO_BIG = 1008, 1013, 1009
"""Codes with which a connection is closed (RFC 6455)."""


def routes(service: Service) -> APIRouter:
    router = APIRouter()

    @router.websocket("/v1/audio/speech/stream")
    async def stream(socket: WebSocket) -> None:
        offered = socket.scope.get("subprotocols", [])
        await socket.accept(subprotocol=PROTOCOL if PROTOCOL in offered else None)
        with suppress(WebSocketDisconnect, TimeoutError):
            await Conversation(socket, service).run()

    return router


class Conversation:
    """One connection: utterances one after another."""

    def __init__(self, socket: WebSocket, service: Service) -> None:
        self._socket, self._service = socket, service
        self._coming: asyncio.Task[Message] | None = None

    async def run(self) -> None:
        """Until the client leaves, or breaks the rules."""
        try:
            while True:
                message = await self._next()
                if message != CANCEL:  # else it crossed with the end of what it was to cancel
                    await self._utterance(message)
        except Refused as refused:
            await self._send(refused.event())
            code = {413: TOO_BIG, 429: AGAIN, 503: AGAIN}.get(refused.status, POLICY)
            await self._socket.close(code, refused.code)
        finally:
            if self._coming is not None:
                self._coming.cancel()

    async def _utterance(self, start: Message) -> None:
        if not isinstance(start, Start):
            raise Refused(422, "not_started", 'an utterance begins with {"type": "start"}', "type")
        utterance = start.utterance(self._service.library, self._service.heard, start.response_format)
        feed = Feed(utterance.language, self._service.config.characters)
        speaking = asyncio.ensure_future(self._speak(utterance, feed))
        try:
            while not speaking.done():
                message = await self._while(speaking, feed)
                if isinstance(message, Text) and not feed.ended:
                    feed.add(message.text)
                elif message == CANCEL:
                    break
                elif isinstance(message, Order) and not feed.ended:
                    feed.flush() if message.type == "flush" else feed.end()
                elif message is not None:
                    raise Refused(
                        422, "not_ended", "an utterance is spoken; wait until it is done, or cancel it", "type"
                    )
            if speaking.done():
                speaking.result()
                return
        finally:
            speaking.cancel()
            await asyncio.wait({speaking})
        await self._send({"type": "speech.cancelled", "seconds": round(utterance.seconds, 5)})

    async def _while(self, speaking: asyncio.Future[None], feed: Feed) -> Message | None:
        """The next message, or None once all is spoken."""
        coming = self._receiving()
        stall = self._service.config.stall
        both: set[asyncio.Future[Any]] = {coming, speaking}
        await asyncio.wait(both, timeout=stall, return_when=asyncio.FIRST_COMPLETED)
        if coming.done():
            return await self._next()
        if not speaking.done() and feed.idle:
            raise Refused(408, "no_text", f"nothing came for {stall:g} s; send start when the text begins")
        return None

    async def _speak(self, utterance: Utterance, feed: Feed) -> None:
        started = {
            "type": "speech.started",
            "model": utterance.served.name,
            "language": utterance.language,
            "response_format": utterance.format,
            "sample_rate": utterance.sample_rate,
        }
        await self._send(started)
        async with aclosing(self._service.spoken("websocket", utterance, feed.texts())) as spoken:
            async for piece in spoken:
                await self._send(piece.event)
                if piece.sound:
                    await self._socket.send_bytes(piece.sound)
        if rest := utterance.finish():
            await self._socket.send_bytes(rest)
        await self._send(done(utterance))

    def _receiving(self) -> asyncio.Task[Message]:
        if self._coming is None:
            self._coming = asyncio.create_task(self._received())
        return self._coming

    async def _next(self) -> Message:
        message = await self._receiving()
        self._coming = None
        return message

    async def _received(self) -> Message:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"])
        try:
            if message.get("text") is None:
                raise Refused(422, "invalid_message", "messages are text, and this one is bytes")
            return MESSAGES.validate_json(message["text"])
        except ValidationError as error:
            raise Refused(422, "invalid_message", *complaint(error.errors())) from error

    async def _send(self, event: dict[str, Any]) -> None:
        await self._socket.send_text(json.dumps(event, ensure_ascii=False))
