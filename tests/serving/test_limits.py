"""Limits: how many, how long, whose turn it is, and that nothing is made for a client that left."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest

from tests.serving.conftest import Running, Told, client_of, service_of

SPEECH = "/v1/audio/speech"
LONG = "One two. " * 20


async def speak(client: httpx.AsyncClient, text: str, **more: Any) -> httpx.Response:
    return await client.post(SPEECH, json={"input": text, "response_format": "pcm", **more})


def test_a_long_text_does_not_keep_a_short_one_waiting() -> None:
    voice = Told(0.01)

    async def run() -> None:
        async with client_of(service_of(voice)) as client:
            long = asyncio.create_task(speak(client, LONG))
            await asyncio.sleep(0.05)
            assert (await speak(client, "Short.")).status_code == 200
            assert (await long).status_code == 200

    asyncio.run(run())
    assert voice.said.index("Short.") < 12 and len(voice.said) == 21


def test_more_requests_than_are_allowed_are_told_to_come_again() -> None:
    async def run() -> list[httpx.Response]:
        async with client_of(service_of(Told(0.02), requests=3)) as client:
            answers = await asyncio.gather(*(speak(client, "One two.") for _ in range(5)))
            assert (await speak(client, "One two.")).status_code == 200, "their places are free again"
            return answers

    answers = asyncio.run(run())
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [429] * 2
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["retry-after"] and refused.json()["error"]["type"] == "rate_limit_error"


def test_a_request_that_no_worker_takes_in_time_gets_503_and_a_slow_one_504() -> None:
    voice = Told(0.3)

    async def run() -> list[int]:
        async with client_of(service_of(voice, wait=0.1)) as client:
            answers = await asyncio.gather(speak(client, "First."), speak(client, "Second."))
            return [answer.status_code for answer in answers]

    assert sorted(asyncio.run(run())) == [503, 504]
    assert len(voice.said) == 1, "what was not begun is not made"


def test_a_text_that_takes_too_long_ends_with_an_error() -> None:
    async def run() -> str:
        async with client_of(service_of(Told(0.05), seconds=0.2)) as client:
            return (await speak(client, LONG, stream_format="sse")).text

    last = json.loads(asyncio.run(run()).strip().rpartition("data: ")[2])
    assert last["type"] == "error" and last["error"]["code"] == "too_slow"


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 5
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.parametrize("leaves", ["while the first sentence is made", "after the first sentence"])
def test_nothing_more_is_made_for_a_client_that_left(running: Callable[..., Running], leaves: str) -> None:
    voice = Told(0.1)
    service = service_of(voice)
    server = running(service)
    body = json.dumps({"input": LONG, "response_format": "pcm"}).encode()
    head = f"POST {SPEECH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(f"{head}{len(body)}\r\n\r\n".encode() + body)
        if leaves == "after the first sentence":
            assert client.recv(10).startswith(b"HTTP/1.1 2")
        else:
            time.sleep(0.05)
    wait_until(lambda: service.metrics.registry.get_sample_value("tts_open_requests") == 0)
    made = len(voice.said)
    time.sleep(0.25)
    assert made <= 3 and len(voice.said) <= made + 1
    gone = {"interface": "speech", "status": "499"}
    assert service.metrics.registry.get_sample_value("tts_requests_total", gone) == 1


def test_a_client_that_takes_nothing_is_left(running: Callable[..., Running]) -> None:
    voice = Told()
    service = service_of(voice, stall=0.3, characters=100_000)
    server = running(service)
    body = json.dumps({"input": "One two three four five six. " * 3000, "response_format": "wav"}).encode()
    head = f"POST {SPEECH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(f"{head}{len(body)}\r\n\r\n".encode() + body)
        wait_until(lambda: bool(voice.said))
        wait_until(lambda: service.metrics.registry.get_sample_value("tts_open_requests") == 0)
    assert len(voice.said) < 3000


def test_a_request_that_does_not_come_is_left(running: Callable[..., Running]) -> None:
    server = running(service_of(Told(), stall=0.2))
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"POST /v1/audio/speech HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{")
        assert client.recv(100).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HTTP/1.1\r\nHost: loc"])
def test_a_connection_without_the_head_of_a_request_is_closed(running: Callable[..., Running], sent: bytes) -> None:
    server = running(service_of(Told(), stall=0.2))
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.settimeout(5)
        client.sendall(sent)
        assert client.recv(100) == b""


def test_a_second_request_on_a_connection_has_as_much_time_as_the_first(running: Callable[..., Running]) -> None:
    server = running(service_of(Told(), stall=0.3))
    with httpx.Client(base_url=server.url) as client:
        for _ in range(3):
            assert client.get("/healthz").status_code == 200
            time.sleep(0.2)


@pytest.mark.parametrize("size", [70_000, 1_000_000, 4_000_000])
def test_a_request_that_is_too_large_gets_its_answer(running: Callable[..., Running], size: int) -> None:
    """Which is lost where a server closes the connection while a client sends."""
    server = running(service_of(Told()))
    with httpx.Client(base_url=server.url) as client:
        for _ in range(5):
            answer = client.post(SPEECH, content=b" " * size, headers={"content-type": "application/json"})
            assert answer.status_code == 413 and answer.json()["error"]["code"] == "body_too_large"


def test_what_is_being_spoken_is_finished_when_the_server_is_stopped(running: Callable[..., Running]) -> None:
    voice = Told(0.05)
    server = running(service_of(voice))
    answers: list[httpx.Response] = []

    async def run() -> None:
        async with httpx.AsyncClient(base_url=server.url) as client:
            asked = [asyncio.create_task(speak(client, "One two. " * 5)) for _ in range(3)]
            while not voice.said:
                await asyncio.sleep(0.01)
            server.server.should_exit = True
            answers.extend(await asyncio.gather(*asked))
            with suppress(httpx.TransportError):
                assert (await speak(client, "Too late.")).status_code == 503

    asyncio.run(run())
    server.stop()
    assert {len(answer.content) for answer in answers} == {len(answers[0].content)} and len(answers) == 3
    assert len(voice.said) == 15


class Broken(Told):
    def sentences(self, text: str, *_: Any, **__: Any) -> Any:
        raise RuntimeError(f"cannot say {text}")


def test_a_fault_is_logged_without_the_text(caplog: pytest.LogCaptureFixture) -> None:
    from tts.serving.logs import Lines

    async def run() -> httpx.Response:
        async with client_of(service_of(Broken())) as client:
            return await speak(client, "My secret.")

    with caplog.at_level(logging.INFO):
        answer = asyncio.run(run())
    assert answer.status_code == 500 and answer.json()["error"]["code"] == "internal_error"
    lines = [Lines(texts=False).format(record) for record in caplog.records]
    told = [json.loads(line) for line in lines]
    assert not any("secret" in line for line in lines)
    (request,) = (line for line in told if line["event"] == "request")
    assert (request["status"], request["code"], request["characters"]) == (500, "RuntimeError", 10)


def test_the_log_has_texts_where_they_are_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    from tts.serving.logs import Lines

    async def run() -> None:
        async with client_of(service_of(Told(), log_texts=True)) as client:
            await speak(client, "No secret.")

    with caplog.at_level(logging.INFO):
        asyncio.run(run())
    (record,) = (record for record in caplog.records if record.getMessage() == "request")
    assert json.loads(Lines(texts=True).format(record))["texts"] == ["No secret."]
    try:
        raise ValueError("secret")
    except ValueError as error:
        faulty = logging.LogRecord("a", 40, "b", 1, "failed", (), (ValueError, error, error.__traceback__))
    assert "secret" in Lines(texts=True).format(faulty) and "secret" not in Lines(texts=False).format(faulty)
