"""Servers of pages in this process, and what tests do with a tab that shows one."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from uvicorn import Server

from tts.pages.guard import Guard
from tts.pages.server import configured

SCREENSHOTS = os.environ.get("SMMA_TTS_SCREENSHOTS")
"""Folder for pictures of the pages, which are taken only if it is given."""


class Served(NamedTuple):
    """A page's server."""

    address: str
    port: int
    secret: str


@contextmanager
def running(app: Any, largest: int = 2**20, microphone: bool = False) -> Iterator[Served]:
    """Serve an application, guarded as by `tts.pages.server.serve`, until the block ends."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    guard = Guard(app, port, largest, microphone)
    server = Server(configured(guard))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive() and time.monotonic() < deadline
        time.sleep(0.01)
    try:
        yield Served(f"http://127.0.0.1:{port}/{guard.secret}/", port, guard.secret)
    finally:
        server.should_exit = True
        server.force_exit = True  # a browser keeps its connections
        thread.join(10)
        listener.close()


def watch(tab: Any, problems: list[str]) -> None:
    tab.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.set_default_timeout(15_000)


def until(tab: Any, condition: str) -> None:
    """Wait for an expression to hold; the policy of pages forbids Playwright's own way, which is `eval`."""
    deadline = time.monotonic() + 15
    while not tab.evaluate(condition):
        assert time.monotonic() < deadline, condition
        tab.wait_for_timeout(30)


def shoot(tab: Any, name: str) -> None:
    """Pictures of a page, light, dark and narrow, if they are asked for."""
    if SCREENSHOTS is None:
        return
    size = tab.viewport_size
    for mode, width, scheme in (
        ("light", size["width"], "light"),
        ("dark", size["width"], "dark"),
        ("narrow", 390, "light"),
    ):
        tab.emulate_media(color_scheme=scheme)
        tab.set_viewport_size({"width": width, "height": size["height"]})
        tab.wait_for_timeout(200)
        tab.screenshot(path=Path(SCREENSHOTS) / f"{name}-{mode}.png")
    tab.set_viewport_size(size)
