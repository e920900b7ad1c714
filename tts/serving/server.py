"""The server: its app, its sockets, its beginning and its end."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from tts.serving import http, site
from tts.serving import socket as websocket
from tts.serving.asked import complaint
from tts.serving.config import ServeConfig
from tts.serving.errors import Refused
from tts.serving.guard import Guard
from tts.serving.logs import log_as_lines
from tts.serving.punctual import punctual
from tts.serving.service import Service
from tts.serving.voices import Library

LARGEST_MESSAGE = 1 << 16
"""Bytes of a WebSocket's message."""


def make_app(service: Service, wyoming: socket.socket | None = None) -> FastAPI:
    """The app; while it runs it looks after the folder of voices, and speaks Wyoming on that socket if one is given."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        watching = asyncio.create_task(service.watch())
        try:
            if wyoming is None:
                yield
            else:
                from tts.serving.wyoming import listening

                async with listening(service, wyoming):
                    yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            await asyncio.to_thread(service.engine.close)

    # The pages of /docs fetch their scripts from elsewhere.
    app = FastAPI(title="SMMA-TTS", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.include_router(http.routes(service))
    app.include_router(websocket.routes(service))
    app.include_router(site.routes())
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _failed)
    app.add_exception_handler(Exception, _broken)
    app.add_middleware(Guard, config=service.config, metrics=service.metrics)
    if service.config.origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=list(service.config.origins), allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
        )  # fmt: skip
    return app


def serve(config: ServeConfig) -> None:
    """Serve until a signal comes. Raises UserError if there is no voice, OSError if a port is taken."""
    log_as_lines(config.log_texts)
    service = Service(config, Library(config.voices, config.threads, config.default))
    listener = listening_socket(config.host, config.port)
    wyoming = listening_socket(config.host, config.wyoming_port) if config.wyoming else None
    names = [served.name for served in service.library]
    counted = f"{len(names)} voice{'s' if len(names) > 1 else ''}"
    print(f"http://{_address(listener)}  {counted}: {', '.join(names)}", flush=True)
    if wyoming is not None:
        print(f"tcp://{_address(wyoming)}  Wyoming", flush=True)
    for number in (signal.SIGINT, signal.SIGTERM):  # uvicorn raises them again once it has ended
        signal.signal(number, lambda *_: None)
    Server(service, wyoming).run(sockets=[listener])


class Server(uvicorn.Server):
    """Once a signal comes, it lets requests end before it closes their connections."""

    def __init__(self, service: Service, wyoming: socket.socket | None = None) -> None:
        self._service, grace = service, service.config.grace
        super().__init__(
            uvicorn.Config(
                make_app(service, wyoming),
                http=punctual(service.config.stall),
                log_config=None,
                access_log=False,
                server_header=False,
                ws_max_size=LARGEST_MESSAGE,
                limit_concurrency=service.config.connections,
                timeout_graceful_shutdown=max(1, round(grace)),
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        self._service.engine.stop()
        until = time.monotonic() + self._service.config.grace
        while self._service.engine.busy and time.monotonic() < until and not self.force_exit:  # by a second Ctrl-C
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)


def listening_socket(host: str, port: int) -> socket.socket:
    """Raises OSError if the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise OSError(error.errno, f"{host}:{port}: {error.strerror}; choose another port") from error
    listener.listen(1024)
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    headers = {"Retry-After": "1"} if error.status in (429, 503) else None
    return JSONResponse(error.body(), error.status, headers)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return JSONResponse(Refused(422, "invalid_request", *complaint(error.errors())).body(), 422)


async def _failed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return JSONResponse(Refused(error.status_code, "failed", error.detail).body(), error.status_code, error.headers)


async def _broken(_: Request, __: Exception) -> JSONResponse:
    return JSONResponse(Refused(500, "internal_error", "this is a fault of the server; its log says where").body(), 500)
