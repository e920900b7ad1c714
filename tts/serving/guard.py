"""What stands before every request: who may ask, how much, and for how long.

A server that only this machine hears is within reach of every web page that is open on it. So a page of another origin
is refused, and so is a name that was made to point here (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from tts.serving.config import ServeConfig
from tts.serving.errors import Refused
from tts.serving.heard import LARGEST
from tts.serving.metrics import Metrics
from tts.serving.site import FILES

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

OPEN = frozenset(("/healthz", *FILES))
"""What needs no token."""
PROTOCOL = "bearer"
"""In place of a header, which browsers give no WebSocket: its subprotocols `bearer` and the token."""
BYTES_PER_CHARACTER, MORE_BYTES = 12, 1 << 14
"""Of a request's JSON: an escaped pair of surrogates, and the other keys."""
MOST_FORGOTTEN = 1 << 22
"""Bytes."""


RECORDINGS, MOST_RECORDINGS = "/v1/speakers", 4
"""Where a body may have `LARGEST` bytes, and how many such are read at the same time."""


class Guard:
    """ASGI middleware. Gives the app a body that is read whole, and ends an answer that nobody takes."""

    def __init__(self, app: App, config: ServeConfig, metrics: Metrics) -> None:
        self._app, self._config, self._metrics = app, config, metrics
        self._most = BYTES_PER_CHARACTER * config.characters + MORE_BYTES
        self._recordings = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            self._check_place(headers)
            self._check_token(headers, scope)
            body = await self._body(receive, scope["path"]) if scope["type"] == "http" else None
        except Refused as refused:
            if scope["type"] == "websocket":  # answered with 403
                await send({"type": "websocket.close", "code": 1008, "reason": refused.code})
            else:
                await _answer(refused, self._watched(send))
            return
        await self._app(scope, receive if body is None else _replayed(body, receive), self._watched(send))

    def _check_place(self, headers: dict[str, str]) -> None:
        host, origin = headers.get("host", ""), headers.get("origin")
        if (self._config.hosts or is_loopback(self._config.host)) and _name(host) not in self._names():
            raise Refused(403, "unknown_host", "this server has another name (hosts= gives it more)")
        own = origin is None or urlsplit(origin).netloc.lower() == host.lower()
        if not own and origin not in self._config.origins:
            raise Refused(403, "foreign_page", "pages of this origin may not use this server (origins= lets them)")

    def _names(self) -> set[str]:
        return {"localhost", "127.0.0.1", "::1", self._config.host.lower(), *map(str.lower, self._config.hosts)}

    def _check_token(self, headers: dict[str, str], scope: Message) -> None:
        token = self._config.bearer
        if token is None or scope["path"] in OPEN:
            return
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" and scope["type"] == "websocket":
            offered = scope.get("subprotocols", [])
            given = offered[1] if len(offered) == 2 and offered[0] == PROTOCOL else ""
        elif scheme.lower() != "bearer":
            given = ""
        if not hmac.compare_digest(given.strip().encode(), token.encode()):
            raise Refused(401, "invalid_token", "send the server's token, as in Authorization: Bearer TOKEN")

    async def _body(self, receive: Receive, path: str) -> bytes:
        if path != RECORDINGS:
            return await self._read(receive, self._most)
        if self._recordings >= MOST_RECORDINGS:
            raise Refused(429, "too_many_requests", "other recordings are being sent; try again in a moment")
        self._recordings += 1
        try:
            return await self._read(receive, LARGEST)
        finally:
            self._recordings -= 1

    async def _read(self, receive: Receive, most: int) -> bytes:
        body, size, more = bytearray(), 0, True
        try:
            async with asyncio.timeout(self._config.stall):
                # Of what is too large the rest is read and forgotten: closed before, a client sees no answer.
                while more and size <= most + MOST_FORGOTTEN:
                    message = await receive()
                    piece = message.get("body", b"")
                    size += len(piece)
                    if size <= most:
                        body += piece
                    more = message.get("more_body", False)
        except TimeoutError as error:
            raise Refused(408, "slow_body", f"the request was not there within {self._config.stall:g} s") from error
        if size > most:
            raise Refused(413, "body_too_large", f"the request has more than {most} bytes")
        return bytes(body)

    def _watched(self, send: Send) -> Send:
        async def send_in_time(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.answers.labels(str(message["status"])).inc()
            async with asyncio.timeout(self._config.stall):
                await send(message)

        return send_in_time


def is_loopback(host: str) -> bool:
    """Whether an address is heard on this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _name(host: str) -> str:
    """Of a `Host` header, without port and brackets."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def _answer(refused: Refused, send: Send) -> None:
    body = json.dumps(refused.body()).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if refused.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if refused.status in (408, 413):  # the rest of what it sends is not read
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
