"""Who may ask a page's server: the browser on this machine that has the address with its secret, and no other site.

A server on the loopback interface can be reached by every page that the browser has open. Three checks keep them out:
the path begins with a secret that only the printed address has; `Host` must be the loopback interface, so that a name
which was pointed to it later (DNS rebinding) is refused; and `Origin` and `Sec-Fetch-Site` must be the server's own.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote

from tts.pages.document import policy

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]
NAMES = ("127.0.0.1", "localhost", "[::1]")
READING = ("GET", "HEAD")


def headers(microphone: bool) -> list[tuple[bytes, bytes]]:
    """Of every answer."""
    given = {
        "Content-Security-Policy": f"{policy(True)}; frame-ancestors 'none'",
        "Permissions-Policy": f"microphone={'(self)' if microphone else '()'}, camera=(), geolocation=()",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    return [(name.lower().encode(), value.encode()) for name, value in given.items()]


class Guard:
    """An ASGI application around another, which sees paths without the secret, and bodies of a bounded size."""

    def __init__(self, app: App, port: int, largest: int, microphone: bool = False) -> None:
        self.app, self.largest, self.secret = app, largest, secrets.token_urlsafe(24)
        self._hosts = {f"{name}:{port}" for name in NAMES} | (set(NAMES) if port == 80 else set())
        self._headers = headers(microphone)

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # a web socket, which no page here opens
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._headers]
            await send(message)

        refused = self.refusal(scope)
        if refused is not None:
            status, why = refused
            await sent({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
            await sent({"type": "http.response.body", "body": f"{why}\n".encode()})
            return
        inner = str(scope["path"])[len(self.secret) + 1 :]
        await self.app({**scope, "path": inner, "raw_path": inner.encode()}, receive, sent)

    def refusal(self, scope: Message) -> tuple[int, str] | None:
        """Status and reason, if the request is not to be answered."""
        given: dict[bytes, list[str]] = {}
        for name, value in scope["headers"]:
            given.setdefault(name.lower(), []).append(value.decode("latin-1"))
        host = given.get(b"host", [])
        if len(host) != 1 or host[0].lower() not in self._hosts:
            return 421, "this server answers to 127.0.0.1 only"
        origin = given.get(b"origin")
        if origin is None and scope["method"] not in READING:
            return 403, "no Origin"
        if origin is not None and origin != [f"http://{host[0]}"]:
            return 403, "another origin"
        if any(site not in ("same-origin", "none") for site in given.get(b"sec-fetch-site", [])):
            return 403, "another site"
        first = unquote(str(scope["path"])).split("/")[1:2]
        if not first or not secrets.compare_digest(first[0].encode(), self.secret.encode()):
            return 404, "open the address that the command printed"
        if str(scope["path"]) == f"/{self.secret}":
            return 404, "the address ends with a slash"
        length = given.get(b"content-length", ["0"])
        if b"transfer-encoding" in given or len(length) != 1 or not (length[0].isascii() and length[0].isdigit()):
            return 411, "say how long the body is"
        if int(length[0][:20]) > self.largest:
            return 413, f"more than {self.largest} bytes"
        return None
