"""Speakers that are heard in a recording which a client sends, and lengths that it gives to phones."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

from tests.serving.conftest import HERE, Told, client_of, service_of
from tts.serving import heard
from tts.serving.config import ServeConfig
from tts.serving.heard import Heard
from tts.serving.server import make_app
from tts.serving.service import Service
from tts.serving.voices import Library, Served

Ask = Callable[..., httpx.Response]
SPEECH = "/v1/audio/speech"


@pytest.fixture(scope="module")
def base() -> Service:
    """Of the voice that comes with the package, which hears who speaks."""
    return Service(ServeConfig(voices="base", reload=0, concurrency=1), Library("base"))


@pytest.fixture
def ask_base(base: Service) -> Ask:
    def asked(method: str, path: str, **more: Any) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(make_app(base), raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
                return await client.request(method, path, **more)

        return asyncio.run(run())

    return asked


def recording(seconds: float, format: str = "WAV") -> bytes:
    time = np.arange(round(seconds * 16000)) / 16000
    file = io.BytesIO()
    soundfile.write(file, 0.3 * np.sin(2 * np.pi * 150 * time) * np.sin(2 * np.pi * 3 * time), 16000, format=format)
    return file.getvalue()


def test_a_voice_speaks_like_a_recording(ask_base: Ask) -> None:
    [voice] = ask_base("GET", "/v1/voices").json()["data"]
    assert voice["controls"]["like"] and voice["controls"]["durations"]
    answer = ask_base("POST", "/v1/speakers?model=base", content=recording(3))
    assert answer.status_code == 200 and answer.json()["model"] == "base"
    name = answer.json()["voice"]
    request = {"model": "base", "input": "Go home.", "response_format": "pcm"}
    own, like = (ask_base("POST", SPEECH, json=request | more) for more in ({}, {"voice": name}))
    assert like.status_code == 200 and len(like.content) > 10_000 and like.content != own.content
    assert ask_base("POST", SPEECH, json=request | {"voice": name}).content == like.content
    assert name not in ask_base("GET", "/v1/voices").text, "who does not have the name cannot ask for it"
    assert ask_base("POST", SPEECH, json=request | {"voice": "heard-0"}).status_code == 422


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not readable"),
        (b"RIFF0000WAVEnothing", "not readable"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "not readable"),
        (recording(0.4, "FLAC"), "too little"),
    ],
)
def test_what_is_no_recording_is_refused(ask_base: Ask, content: bytes, says: str) -> None:
    answer = ask_base("POST", "/v1/speakers", content=content)
    assert answer.status_code == 422 and says in answer.json()["error"]["message"]


def test_a_recording_has_a_size_and_other_bodies_stay_small(ask_base: Ask) -> None:
    assert ask_base("POST", "/v1/speakers", content=b"0" * (heard.LARGEST + 1)).status_code == 413
    assert ask_base("POST", SPEECH, content=b"0" * 100_000).status_code == 413


def test_a_voice_that_cannot_hear_says_so(ask: Ask) -> None:
    for model in ("tiny", "tiny_onnx"):
        answer = ask("POST", f"/v1/speakers?model={model}", content=recording(2))
        assert answer.status_code == 422 and "cannot hear who speaks" in answer.json()["error"]["message"]
    assert ask("POST", "/v1/speakers?model=none", content=recording(2)).status_code == 404


def test_speakers_are_few_and_forgotten() -> None:
    now = 0.0
    speakers = Heard(lambda: now)
    voice = Served("a", Told(), 0)
    wider = {str(n): Served("a", Told(), n) for n in range(heard.MOST + 1)}
    for name in list(wider)[:-1]:
        speakers.keep(name, wider[name])
        now += 1
    assert speakers.find(voice, "0") is wider["0"]
    speakers.keep(str(heard.MOST), wider[str(heard.MOST)])
    assert speakers.find(voice, "1") is voice, "the one that was not used for longest is gone"
    assert speakers.find(voice, "0") is wider["0"]
    assert speakers.find(Served("b", Told(), 0), "0").name == "b", "it is a speaker of its own voice only"
    now += heard.SECONDS - 1
    assert speakers.find(voice, "0") is wider["0"]
    now += heard.SECONDS + 1
    assert speakers.find(voice, "0") is voice


def test_phones_are_as_long_as_a_request_says(ask: Ask) -> None:
    request = {"model": "tiny", "input": "Go home.", "response_format": "json"}
    [said] = ask("POST", "/v1/audio/subtitles", json=request).json()["sentences"]
    lengths = [phone["end"] - phone["start"] for phone in said["phones"]]
    request["response_format"] = "pcm"
    plain = ask("POST", SPEECH, json=request).content
    assert ask("POST", SPEECH, json=request | {"durations": lengths}).content == plain
    lengths[2] += 0.2
    longer = ask("POST", SPEECH, json=request | {"durations": lengths}).content
    assert (len(longer) - len(plain)) / 48_000 == pytest.approx(0.2, abs=0.001)
    for wrong in (lengths[1:], [9.0] * len(lengths), ["a"], [0.1] * 5000):
        assert ask("POST", SPEECH, json=request | {"durations": wrong}).status_code == 422
    answer = ask("POST", SPEECH, json=request | {"model": "tiny_onnx", "durations": lengths})
    assert answer.status_code == 422 and answer.json()["error"]["param"] == "durations"


def test_phones_are_as_high_as_a_request_says(ask: Ask) -> None:
    request = {"model": "tiny", "input": "Go home.", "response_format": "json"}
    [said] = ask("POST", "/v1/audio/subtitles", json=request).json()["sentences"]
    request["response_format"] = "pcm"
    plain = ask("POST", SPEECH, json=request).content
    count = len(said["phones"])
    same = ask("POST", SPEECH, json=request | {"pitches": [0.0] * count}).content
    assert abs(np.frombuffer(same, "<i2").astype(int) - np.frombuffer(plain, "<i2")).max() < 300
    higher = ask("POST", SPEECH, json=request | {"pitches": [3.0] * count}).content
    assert higher == ask("POST", SPEECH, json=request | {"pitch": 3.0}).content != plain
    for wrong in ([1.0] * (count - 1), [25.0] * count, ["a"], [0.1] * 5000):
        assert ask("POST", SPEECH, json=request | {"pitches": wrong}).status_code == 422
    answer = ask("POST", SPEECH, json=request | {"model": "tiny_onnx", "pitches": [1.0] * count})
    assert answer.status_code == 422 and answer.json()["error"]["param"] == "pitches"


def test_few_recordings_are_read_at_the_same_time() -> None:
    async def run() -> list[int]:
        release = asyncio.Event()

        async def slowly() -> Any:
            yield b"0"
            await release.wait()

        async with client_of(service_of(Told())) as client:
            sent = [asyncio.ensure_future(client.post("/v1/speakers", content=slowly())) for _ in range(6)]
            await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(0.1)
            release.set()
            return [answer.status_code for answer in await asyncio.gather(*sent)]

    assert sorted(asyncio.run(run())) == [422] * 4 + [429] * 2
