"""`tts-serve`: what it refuses, and a server from its start to its end."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import tts.serving
from tts.commands.serve import main
from tts.storage.resources import folder

SCRIPT = folder("configs").parent / "scripts/serve.py"


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """The command decides what this process logs, and how."""
    loggers = [logging.getLogger(name) for name in ("", "tts.text", "uvicorn")]
    levels, handlers = [logger.level for logger in loggers], list(loggers[0].handlers)
    yield
    loggers[0].handlers[:] = handlers
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["voices=/nowhere"], "/nowhere: no voice here"),
        (["voices=base", "token=short"], "token: 16 characters or more"),
        (["voices=base", "requests=0"], "requests must be at least 1"),
        (["voices=base", "port=70000"], "port and wyoming_port must lie between 0 and 65535"),
        (["voices=base", "stall=0"], "stall must be a number of seconds above 0"),
        (["voices=base", "concurrency=0"], "concurrency must be at least 1, or null"),
        (["voices=base", "prot=1"], "did you mean 'port'"),
        ([], "voices"),
    ],
)
def test_what_cannot_be_served_is_said_in_one_line(
    call: Callable[..., Any],
    arguments: list[str],
    complaint: str,
) -> None:
    result = call(main, *arguments)
    assert result.status == 1 and len(result.errors) == 1 and complaint in result.errors[0]


def test_without_its_extra_it_says_what_to_install(
    call: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "tts.serving.server", raising=False)
    monkeypatch.delattr(tts.serving, "server", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    result = call(main, "voices=base")
    assert "uvicorn is not installed: pip install '.[serve]'" in result.errors[0]


def test_a_server_starts_says_where_speaks_and_ends(voices: Path) -> None:
    command = [
        sys.executable,
        str(SCRIPT),
        f"voices={voices / 'tiny_onnx'}",
        "port=0",
        "wyoming=true",
        "wyoming_port=0",
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    )
    try:
        assert process.stdout is not None and process.stderr is not None
        first, second = process.stdout.readline(), process.stdout.readline()
        url = re.match(r"(http://127\.0\.0\.1:\d+)  1 voice: tiny_onnx\n", first)
        assert url and re.fullmatch(r"tcp://127\.0\.0\.1:\d+  Wyoming\n", second)
        with httpx.Client(base_url=url[1], timeout=30) as client:
            answer = client.post("/v1/audio/speech", json={"input": "Go home.", "response_format": "wav"})
            assert answer.status_code == 200 and answer.content.startswith(b"RIFF")
        process.send_signal(signal.SIGTERM)
        lines = [json.loads(line) for line in process.stderr.read().splitlines()]
        assert process.wait(20) == 0
    finally:
        process.kill()
    assert [line["event"] for line in lines] == ["voice loaded", "request"]
    assert "Go home" not in json.dumps(lines)


def test_a_port_that_is_taken_is_named(call: Callable[..., Any], voices: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = call(main, f"voices={voices / 'tiny_onnx'}", f"port={taken.getsockname()[1]}")
    assert result.status == 1 and "choose another port" in result.errors[0]
