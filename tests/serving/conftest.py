"""Servers of tests: in this process without sockets, and a real one on a free port."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import numpy as np
import pytest

from tests.commands.conftest import call  # noqa: F401
from tests.export.conftest import exported, onnx_folder, shared, source  # noqa: F401
from tts.intervals import Interval
from tts.runtime import Synthesis
from tts.serving.config import ServeConfig
from tts.serving.server import Server, listening_socket, make_app
from tts.serving.service import Service
from tts.serving.voices import Library, Served
from tts.text.sentences import split_sentences

TEXT = "We keep the sea in view. It costs 5 €, and the lamp stood by the door."
HERE = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def voices(source: Path, onnx_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """A folder with a voice as torch has it, `tiny`, the same exported, `tiny_onnx`, and no voice. Read only."""
    folder = tmp_path_factory.mktemp("voices")
    shutil.copytree(source / "voice", folder / "tiny")
    shutil.copytree(onnx_folder, folder / "tiny_onnx")
    (folder / "notes").mkdir()
    (folder / "notes.txt").write_text("none", "utf-8")
    return folder


class Told:
    """A voice that takes 0.1 s for a word, and as long to make a sentence as it is told."""

    sample_rate = 16_000
    controls = frozenset({"speed", "energy"})
    info = SimpleNamespace(
        speakers=("ann", "bob"), language="en-us", languages=("en-us", "de"), native=("en-us", "de"), licence="CC0",
        credits="nobody",
    )  # fmt: skip

    def __init__(self, takes: float = 0.0) -> None:
        self.takes = takes
        self.said: list[str] = []
        """The sentences in the order in which they were made."""

    def sentences(self, text: str, speaker: str | None = None, speed: float = 1.0, **_: Any) -> Iterator[Synthesis]:
        for sentence in split_sentences(text):
            time.sleep(self.takes)
            self.said.append(sentence)
            words = [Interval(word, i / 10, (i + 1) / 10) for i, word in enumerate(sentence.split())]
            wav = np.full(1600 * len(words), 0.5, np.float32)
            yield Synthesis(wav, self.sample_rate, words, words, sentence)


class OneVoice(Library):
    """That is in no folder."""

    def __init__(self, voice: Told) -> None:
        self._voices, self._default = {"told": Served("told", voice, 0)}, None

    def refresh(self) -> dict[str, str]:
        return {}


def service_of(voice: Told, **settings: Any) -> Service:
    """A service with one voice, `told`."""
    config = ServeConfig(voices="", reload=0, **{"concurrency": 1, **settings})
    return Service(config, OneVoice(voice))


Client = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@asynccontextmanager
async def client_of(service: Service, **more: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an app in this process."""
    transport = httpx.ASGITransport(make_app(service), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=HERE, **more) as client:
        yield client
    service.engine.close()


@pytest.fixture(scope="session")
def service(voices: Path) -> Service:
    """Of the folder `voices`."""
    return Service(ServeConfig(voices=str(voices), reload=0, concurrency=1), Library(str(voices)))


@pytest.fixture
def ask(service: Service) -> Callable[..., httpx.Response]:
    """`ask("POST", "/v1/audio/speech", json=…)` of an app with `voices`."""

    def asked(method: str, path: str, **more: Any) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(make_app(service), raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
                return await client.request(method, path, **more)

        return asyncio.run(run())

    return asked


class Running:
    """A server in a thread, on free ports."""

    def __init__(self, service: Service, wyoming: bool = False) -> None:
        self.service = service
        listener = listening_socket("127.0.0.1", 0)
        speaking = listening_socket("127.0.0.1", 0) if wyoming else None
        self.port = listener.getsockname()[1]
        self.wyoming_port = speaking.getsockname()[1] if speaking else 0
        self.url = f"http://127.0.0.1:{self.port}"
        self.server = Server(service, speaking)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [listener]})
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive()
            time.sleep(0.005)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.fixture
def running() -> Iterator[Callable[..., Running]]:
    """`running(service, wyoming=False)`: it is served until the test ends."""
    servers: list[Running] = []

    def run(service: Service, wyoming: bool = False) -> Running:
        servers.append(Running(service, wyoming))
        return servers[-1]

    yield run
    for server in servers:
        server.stop()
