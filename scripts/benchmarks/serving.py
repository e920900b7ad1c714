"""The server under load, on this machine, beside Piper's: speed, memory, and whether a request is ever lost.

python scripts/benchmark.py benchmark=serving [voice=base] [clients=1,4,16] [count=48] [requests=10000] [out=DIR]

Exports the voice into OUT (runs/serving if not given). So many clients at once ask for COUNT everyday sentences as WAV,
of tts-serve with the exported voice, with torch, and of `piper.http_server` where piper-tts[http] is installed.

Then tts-serve answers REQUESTS requests of four clients while its voice is read again five times, is sent what is no
request, and is stopped while it speaks. It ends with an error if a request gets no whole answer, if nonsense gets
another status than 4xx, or if memory grows by more than a tenth once a fifth of the requests are answered and one
reload is over. 10,000 requests take half an hour on a core and more.

At the end, whether it would pay to speak sentences of several requests as one batch: CPU time per sentence of the
acoustic model and of the vocoder's network, at one thread.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import signal
import socket
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psutil
import torch

from benchmarks.arguments import settings_of
from tts.batch import encode_text
from tts.commands.export import export
from tts.corpora.synthetic.sentences import read_sentences
from tts.errors import UserError
from tts.storage.resources import folder
from tts.synthesis.reading import read_tokens
from tts.synthesis.voice import Voice
from tts.vocoder.generator import Generator

KEYS = {"voice": "base", "clients": "1,4,16", "count": "48", "requests": "10000"}
START_SECONDS = 120.0
CLIENTS, RELOADS = 4, 5
"""While memory is watched."""
BATCHES = (1, 4, 16)
LAST = 16
"""Requests amid which it is stopped."""
MOST_GROWTH = 1.1
HEAD = 44
"""Bytes of a WAV's head."""
MALFORMED: tuple[bytes, ...] = (
    b"", b"{", b"[]", b"\xff", b'{"input": ""}', b'{"input": "\\ud800"}', b'{"input": "a", "speed": 1e999}',
    b'{"input": "a", "model": "../../etc/passwd"}', b'{"input": "a", "voice": {"id": 3}}', b"[" * 30_000,
    b'{"input": "' + b"a" * 5_000 + b'"}', b" " * 200_000,
)  # fmt: skip


class Program(NamedTuple):
    """A server to start."""

    name: str
    port: int
    command: list[str]
    path: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Answer(NamedTuple):
    """What a client got."""

    first: float
    """Seconds to the first sound."""
    sound: float
    """Seconds of it."""


Ask = Callable[[str], Awaitable[Answer]]


def main(arguments: list[str], out: Path | None) -> None:
    settings = settings_of(arguments, KEYS)
    exported = out or Path("runs/serving")
    for format in ("onnx", "piper"):
        if not (exported / format).is_dir():
            export({"voice": settings["voice"], "vocoder": {}, "format": format, "out": str(exported / format)})
    texts = read_sentences(folder("sentences") / "everyday_test.txt")
    results: dict[str, Any] = {}
    print("| server | clients | requests/s | first sound p50 | p95 | real-time factor |\n|---|---|---|---|---|---|")
    for program in programs(exported, settings["voice"]):
        with running(program):
            for clients in map(int, settings["clients"].split(",")):
                asked = list(islice(cycle(texts), max(int(settings["count"]), clients)))
                row = asyncio.run(speed(program, asked, clients))
                results[f"{program.name}, {clients}"] = row
                figures = f"{row['rate']:.2f} | {row['p50']:.3f} s | {row['p95']:.3f} s | {row['factor']:.3f}"
                print(f"| {program.name} | {clients} | {figures} |", flush=True)
    results["endurance"] = endured(ours(f"voices={exported / 'onnx'}", "reload=0.2"), exported, texts, settings)
    results["batches"] = batches(settings["voice"], texts)
    if out is not None:
        (out / "results.json").write_text(json.dumps(results, indent=1), "utf-8")


def programs(exported: Path, voice: str) -> Iterator[Program]:
    """What is compared."""
    yield ours(f"voices={exported / 'onnx'}")._replace(name="tts-serve, onnxruntime")
    yield ours(f"voices={voice}")._replace(name="tts-serve, torch")
    if importlib.util.find_spec("piper") and importlib.util.find_spec("flask"):
        port, model = free_port(), str(exported / "piper/voice.onnx")
        command = ["-m", "piper.http_server", "--host", "127.0.0.1", "--port", str(port), "-m", model]
        yield Program("piper.http_server", port, [sys.executable, *command], "/synthesize")


def ours(*settings: str) -> Program:
    port = free_port()
    command = [sys.executable, "-m", "tts.commands.serve", f"port={port}", *settings]
    return Program("tts-serve", port, command, "/v1/audio/speech")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(program: Program) -> Iterator[subprocess.Popen[bytes]]:
    """A server, once it answers. Raises UserError if it does not."""
    process = subprocess.Popen(program.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                httpx.get(f"{program.address}/healthz")
                break
            except httpx.TransportError as error:
                if process.poll() is not None or time.monotonic() > until:
                    raise UserError(f"{' '.join(program.command)}: did not start") from error
                time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait()


async def speed(program: Program, texts: Sequence[str], clients: int) -> dict[str, float]:
    """Figures of so many clients, each of which asks for the next text once it has the sound of its last."""
    async with httpx.AsyncClient(base_url=program.address, timeout=300) as client:
        ask = asking(client, program.path)
        await ask(texts[0])
        begun = time.perf_counter()
        answers = await spread(ask, texts, clients)
        took = time.perf_counter() - begun
    first = sorted(answer.first for answer in answers)
    return {
        "rate": len(answers) / took,
        "p50": statistics.median(first),
        "p95": first[round(0.95 * (len(first) - 1))],
        "factor": took / sum(answer.sound for answer in answers),
    }


def asking(client: httpx.AsyncClient, path: str) -> Ask:
    """What has a text spoken. Raises UserError where the answer is no speech, or not whole."""

    async def ask(text: str) -> Answer:
        asked = {"text": text} if path == "/synthesize" else {"input": text, "response_format": "wav"}
        begun, first, sound = time.perf_counter(), 0.0, bytearray()
        try:
            async with client.stream("POST", path, json=asked) as answer:
                async for piece in answer.aiter_raw():
                    first = first or time.perf_counter() - begun
                    sound += piece
        except httpx.TransportError as error:
            raise UserError(f"a request was lost: {type(error).__name__} {error}") from error
        if answer.status_code != 200 or len(sound) <= HEAD:
            raise UserError(f"a request was answered with {answer.status_code} and {len(sound)} bytes")
        (rate,) = struct.unpack_from("<I", sound, 24)
        return Answer(first, (len(sound) - HEAD) / 2 / rate)

    return ask


async def spread(ask: Ask, texts: Sequence[str], clients: int) -> list[Answer]:
    """The answers to all texts."""
    left = iter(texts)

    async def one() -> list[Answer]:
        return [await ask(text) for text in left]

    return [answer for answers in await asyncio.gather(*(one() for _ in range(clients))) for answer in answers]


def endured(program: Program, exported: Path, texts: Sequence[str], settings: dict[str, str]) -> dict[str, Any]:
    """Memory over many requests and reloads, nonsense, and the end. Raises UserError where a promise is not kept."""
    count, card = int(settings["requests"]), exported / "onnx/voice.json"
    memory: list[float] = []

    async def run(process: subprocess.Popen[bytes]) -> None:
        server = psutil.Process(process.pid)
        async with httpx.AsyncClient(base_url=program.address, timeout=300) as client:
            ask = asking(client, program.path)
            for part in range(10):
                await spread(ask, list(islice(cycle(texts), part * count // 10, (part + 1) * count // 10)), CLIENTS)
                memory.append(server.memory_info().rss / 2**20)
                if part % 2 == 0:
                    card.touch()  # which has the voice read again, while the next part is spoken
            for body in MALFORMED:
                answer = await client.post(program.path, content=body, headers={"content-type": "application/json"})
                if not 400 <= answer.status_code < 500:
                    raise UserError(f"{body[:40]!r} is answered with {answer.status_code}")
            asked = [asyncio.ensure_future(ask(text)) for text in texts[:LAST]]
            while f"tts_open_requests {LAST}" not in (await client.get("/metrics")).text:
                await asyncio.sleep(0.005)
            process.send_signal(signal.SIGTERM)
            await asyncio.gather(*asked)

    with running(program) as process:
        asyncio.run(run(process))
        if process.wait(60):
            raise UserError(f"stopped, it exits with {process.returncode}")
    growth = memory[-1] / memory[1]
    print(f"{count} requests, {RELOADS} reloads, {len(MALFORMED)} that are none, stopped amid {LAST}: none lost")
    print(f"memory {memory[1]:.0f} MiB after a fifth, {memory[-1]:.0f} MiB at the end")
    if growth > MOST_GROWTH:
        raise UserError(f"memory grew by a factor of {growth:.2f}: {', '.join(f'{mib:.0f}' for mib in memory)} MiB")
    return {"requests": count, "memory": memory}


@torch.inference_mode()
def batches(name: str, texts: Sequence[str]) -> dict[str, float]:
    """CPU seconds per sentence in batches, of sentences in the order in which they come, means of five rounds."""
    voice = Voice.load(name)
    torch.set_num_threads(1)
    if not isinstance(voice.vocoder, Generator):
        raise UserError(f"voice={name}: its vocoder is {type(voice.vocoder).__name__}, which speaks one at a time")
    language = voice.info.native[0]
    tokens = [read_tokens(text, voice.config.text, voice.table, language) for text in texts[: max(BATCHES)]]
    spent: dict[str, list[float]] = {}
    for _ in range(5):
        for size in BATCHES:
            for start in range(0, max(BATCHES), size):
                part = [one.in_language(language) for one in tokens[start : start + size]]
                ids = [""] * size
                begun = time.process_time()
                mel = voice.model.infer(encode_text(part, [0] * size, voice.table, ids, voice.info.languages)).mel
                spoken = time.process_time()
                voice.vocoder.pitch(mel)
                voice.vocoder.filters(mel).gains(likelier=True)
                spent.setdefault(f"acoustic model, {size}", []).append((spoken - begun) / size)
                spent.setdefault(f"vocoder, {size}", []).append((time.process_time() - spoken) / size)
    mean = {key: sum(values) / len(values) for key, values in spent.items()}
    for key, seconds in mean.items():
        print(f"{key} at once: {1000 * seconds:.1f} ms a sentence")
    return mean
