"""A server for one person's browser on this machine."""

from __future__ import annotations

import socket
import sys
import webbrowser
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response
from uvicorn import Config, Server

from tts.errors import UserError
from tts.pages.document import STATIC, TYPES, static
from tts.pages.guard import Guard

HOST = "127.0.0.1"


def application() -> FastAPI:
    """An application with the static files of pages, and nothing else that describes it; a user's error is a 422."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    files = {path.name: TYPES[path.suffix] for path in STATIC.iterdir() if path.suffix in TYPES}

    @app.exception_handler(UserError)
    def refused(_: object, error: Exception) -> Response:
        return PlainTextResponse(str(error), 422)

    @app.exception_handler(OSError)
    def not_written(_: object, error: Exception) -> Response:  # the disk is full, or the folder is gone
        assert isinstance(error, OSError)
        return PlainTextResponse(f"{error.strerror or error}", 507)

    @app.exception_handler(RequestValidationError)
    def misshapen(_: object, error: Exception) -> Response:  # FastAPI's own answer repeats what it was sent
        assert isinstance(error, RequestValidationError)
        places = {".".join(map(str, found["loc"])) for found in error.errors()}
        return PlainTextResponse(ascii(f"not understood: {', '.join(sorted(places))}")[1:-1], 422)

    @app.get("/static/{name}")
    def file(name: str) -> Response:
        return Response(static(name), media_type=files[name]) if name in files else Response(status_code=404)

    return app


def configured(app: Guard) -> Config:
    """Of a server that has no web sockets, believes no proxy, and tells nothing of itself."""
    quiet: dict[str, Any] = {"log_level": "warning", "access_log": False, "server_header": False, "date_header": False}
    return Config(app, ws="none", proxy_headers=False, **quiet)


def serve(app: FastAPI, port: int, largest: int, what: str, browser: bool, microphone: bool = False) -> None:
    """Serve `app` on the loopback interface until Ctrl-C, at an address with a secret, which is printed.

    Parameters
    ----------
    port: 0 for any that is free.
    largest: bytes of a request's body.
    what: is served, for the line that is printed.
    browser: whether to open the address.

    Raises
    ------
    UserError: the port is in use.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()  # so that whoever reads the address below is answered
    except OSError as error:
        raise UserError(f"port={port}: {error.strerror}; give another, or 0 for any that is free") from error
    taken = listener.getsockname()[1]
    guard = Guard(app, taken, largest, microphone)
    address = f"http://{HOST}:{taken}/{guard.secret}/"
    print(f"{what}: {address}\nOnly this machine can open it, and only with this address. Ctrl-C ends it.", flush=True)
    server = Server(configured(guard))
    if browser:
        webbrowser.open(address)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:  # which uvicorn raises again once all is answered
        print("ended", file=sys.stderr)
