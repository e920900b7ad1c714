"""HTTP: sound in every format, events ahead of it, subtitles, and what is refused with which status."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any, get_args

import av
import httpx
import numpy as np
import pytest

import tts
import tts.runtime
from tests.serving.conftest import TEXT, Told, client_of, service_of
from tts.serving.service import Service
from tts.serving.sound import MEDIA_TYPES, PCM_RATE, Format
from tts.subtitles import cues, srt, vtt
from tts.text.controls import Controls

Ask = Callable[..., httpx.Response]
SPEECH = "/v1/audio/speech"


def decoded(sound: bytes) -> tuple[np.ndarray, int]:
    """Samples and rate of a file."""
    with av.open(io.BytesIO(sound)) as container:
        frames = list(container.decode(audio=0))
        samples = np.concatenate([frame.to_ndarray() for frame in frames], -1).ravel()
    scale = 1.0 if samples.dtype.kind == "f" else float(np.iinfo(samples.dtype).max)
    return samples / scale, frames[0].sample_rate


def events(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/event-stream")
    *blocks, last = answer.text.split("\n\n")
    assert not last and all(block.startswith("data: ") for block in blocks)
    return [json.loads(block.removeprefix("data: ")) for block in blocks]


@pytest.mark.parametrize("model", ["tiny", "tiny_onnx"])
def test_sound_is_what_the_voice_says(ask: Ask, service: Service, model: str) -> None:
    answer = ask("POST", SPEECH, json={"model": model, "voice": "en-us+m3", "input": TEXT, "response_format": "wav"})
    sound, rate = decoded(answer.content)
    voice = service.library.find(model).voice
    assert isinstance(voice, tts.Voice if model == "tiny" else tts.runtime.Voice)
    expected = np.clip(np.asarray(voice.synthesize(TEXT, "en-us+m3").wav), -1, 1)
    assert rate == voice.sample_rate and answer.headers["content-type"] == "audio/wav"
    assert len(sound) == len(expected) and np.abs(sound - expected).max() < 1e-3


@pytest.mark.parametrize("format", get_args(Format))
def test_every_format_holds_all_of_the_sound(ask: Ask, service: Service, format: Format) -> None:
    answer = ask("POST", SPEECH, json={"model": "tiny", "input": TEXT, "response_format": format, "speed": 1.5})
    assert answer.status_code == 200 and answer.headers["content-type"] == MEDIA_TYPES[format]
    voice = service.library.find("tiny").voice
    assert isinstance(voice, tts.Voice)
    seconds = len(voice.synthesize(TEXT, speed=1.5).wav) / voice.sample_rate
    if format == "pcm":
        assert len(answer.content) / 2 / PCM_RATE == pytest.approx(seconds, abs=0.01)
        return
    sound, rate = decoded(answer.content)
    assert seconds - 0.001 <= len(sound) / rate <= seconds + 0.15  # some codecs fill up what they begin


@pytest.mark.parametrize("model", ["tiny", "tiny_onnx"])
def test_a_sentence_is_announced_ahead_of_its_sound(ask: Ask, service: Service, model: str) -> None:
    asked = {"model": model, "input": TEXT, "response_format": "pcm", "stream_format": "sse", "timings": True}
    told = events(ask("POST", SPEECH, json=asked))
    kinds = [event["type"] for event in told]
    assert kinds == ["speech.sentence", "speech.audio.delta"] * 2 + ["speech.audio.delta", "speech.audio.done"]
    first, second = (event for event in told if event["type"] == "speech.sentence")
    assert [first["text"], second["text"]] == ["We keep the sea in view.", TEXT.partition(". ")[2]]
    assert (first["index"], second["index"], first["start"]) == (0, 1, 0.0)
    assert second["start"] == pytest.approx(first["end"] + 0.1, abs=1e-3)
    assert second["end"] == pytest.approx(told[-1]["seconds"], abs=1e-4)
    for sentence in (first, second):
        assert "".join(part["text"] for part in sentence["parts"]) == sentence["text"]
        phones = sentence["phones"]
        assert (phones[0]["start"], phones[-1]["end"]) == (sentence["start"], sentence["end"])
        assert all(a["end"] == b["start"] for a, b in pairwise(phones))
        assert phones[0]["label"] == phones[-1]["label"] == "sil"
        assert {phone["viseme"] for phone in phones} <= set(range(22)) and phones[0]["viseme"] == 0
    assert [word["label"] for word in second["words"]][2:4] == ["five", "euros"]
    assert [part["text"] for part in second["parts"]][:4] == ["It ", "costs ", "5 ", "€, "]
    spoken = service.library.find(model).voice.synthesize(TEXT)  # type: ignore[attr-defined]
    starts = [word["start"] for sentence in (first, second) for word in sentence["words"]]
    assert starts == pytest.approx([word.start for word in spoken.words], abs=1e-4)
    audio = b"".join(base64.b64decode(event["audio"]) for event in told if event["type"] == "speech.audio.delta")
    assert audio == ask("POST", SPEECH, json=asked | {"stream_format": "audio", "timings": False}).content


def test_events_are_only_openais_unless_more_are_asked_for(ask: Ask) -> None:
    told = events(ask("POST", SPEECH, json={"model": "tiny", "input": TEXT, "stream_format": "sse"}))
    assert {event["type"] for event in told} == {"speech.audio.delta", "speech.audio.done"}
    assert told[-1]["usage"] == {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}


def test_subtitles_are_those_of_the_sound(ask: Ask, service: Service) -> None:
    voice = service.library.find("tiny").voice
    assert isinstance(voice, tts.Voice)
    words = voice.synthesize(TEXT).words
    for format, write in (("srt", srt), ("vtt", vtt)):
        answer = ask("POST", "/v1/audio/subtitles", json={"model": "tiny", "input": TEXT, "response_format": format})
        assert answer.text == write(list(cues(TEXT, words)))
    asked = {"model": "tiny", "input": TEXT, "response_format": "json"}
    sentences = ask("POST", "/v1/audio/subtitles", json=asked).json()["sentences"]
    assert [sentence["index"] for sentence in sentences] == [0, 1]


@pytest.mark.parametrize(
    "asked",
    [
        {"voice": "alloy", "model": "tts-1"},
        {"voice": {"id": "en-us+f3"}},
        {"voice": "en-us+f3:1,en-us+m3:0.0001"},
        {"instructions": "", "language": "en-us"},
        {"voice": "default", "model": "default"},
    ],
)
def test_clients_that_name_nobody_of_ours_hear_the_first(ask: Ask, asked: dict[str, Any]) -> None:
    answer = ask("POST", SPEECH, json={"input": "Go home.", "response_format": "wav", **asked})
    first = ask("POST", SPEECH, json={"input": "Go home.", "response_format": "wav", "model": "tiny"})
    assert answer.status_code == 200
    assert len(answer.content) == pytest.approx(len(first.content), rel=0.05)


@pytest.mark.parametrize(
    ("asked", "status", "param", "said"),
    [
        ({"model": "tinny"}, 404, "model", "did you mean 'tiny'?"),
        ({"model": "../voices/tiny"}, 404, "model", "does not exist"),
        ({"model": "/etc/passwd"}, 404, "model", "does not exist"),
        ({"model": ""}, 200, None, ""),
        ({"voice": "carol"}, 422, "voice", "speaker=carol: not in this voice"),
        ({"voice": "en-us+f3:nan"}, 422, "voice", "is no share"),
        ({"voice": {"id": "a", "path": "b"}}, 422, "voice", "valid string"),
        ({"voice": 3}, 422, "voice", "valid string"),
        ({"voice": "en-us+f3:0.7,en-us+m3"}, 422, "voice", "'en-us+m3' has no share; write one for each"),
        ({"language": "xx"}, 422, "language", "language=xx: this voice speaks en-us"),
        ({"speed": 9}, 422, "speed", "less than or equal to 4"),
        ({"speed": "NaN"}, 422, "speed", "finite"),
        ({"speed": 10**400}, 422, "speed", ""),
        ({"pitch": 25}, 422, "pitch", "less than or equal to 24"),
        ({"pitch_range": -1}, 422, "pitch_range", "greater than or equal to 0"),
        ({"energy": "loud"}, 422, "energy", "valid number"),
        ({"pauses": None}, 422, "pauses", "valid number"),
        ({"input": "<speak>Go home.<br/></speak>"}, 422, "input", "line 1, column 16: <br> is not read"),
        ({"input": "<speak>\nGo <emphasis>home.</speak>"}, 422, "input", "line 2, column 21: not well-formed"),
        ({"input": "<speak><prosody rate='9'>Go</prosody></speak>"}, 422, "input", "speed=9.0"),
        ({"input": "<speak>a\x00b</speak>"}, 422, "input", "not well-formed"),
        (
            {"input": "<!DOCTYPE speak [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><speak>&a;</speak>"},
            422,
            "input",
            "document type",
        ),
        ({"input": "<speak>" + "<p>" * 1000}, 422, "input", "more than 50 elements"),
        ({"input": "<speak> </speak>"}, 422, "input", "nothing to say"),
        ({"response_format": "exe"}, 422, "response_format", "'mp3', 'opus'"),
        ({"reference": "/etc/passwd"}, 422, "reference", "Extra inputs"),
        ({"instructions": "Shout."}, 422, "instructions", "instructions: these voices follow no instructions"),
        ({"input": ""}, 422, "input", "input is empty"),
        ({"input": " \n "}, 422, "input", "input is empty"),
        ({"input": "…"}, 422, "input", "nothing to say"),
        ({"input": "{xx-nowhere: hello}"}, 422, "input", "xx-nowhere"),
        ({"input": "a" * 4097}, 413, "input", "4097 characters; at most 4096"),
        ({"input": None}, 422, "input", "valid string"),
    ],
)
def test_what_cannot_be_spoken_has_a_status_and_a_reason(
    ask: Ask, asked: dict[str, Any], status: int, param: str | None, said: str
) -> None:
    answer = ask("POST", SPEECH, json={"model": "tiny", "input": "Go home.", **asked})
    assert answer.status_code == status
    if status != 200:
        error = answer.json()["error"]
        assert error["param"] == param and said in error["message"] and error["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[]", 422),
        (b'"text"', 422),
        (b"\xff\xfe", 422),
        (b'{"input": "\\ud800", "model": "tiny"}', 422),
        (b'{"input": "\\u0000", "model": "tiny"}', 422),
        (b'{"input": "a", "speed": 1e999}', 422),
        (b'{"input": "a", "speed": NaN}', 422),
        (b"[" * 40_000, 400),
        (b'{"input": "a", "input": 3}', 422),
        (b" " * 100_000, 413),
        (b'{"input": "' + b"a" * 60_000 + b'"}', 413),
    ],
)
def test_a_malformed_request_is_answered_with_4xx(ask: Ask, body: bytes, status: int) -> None:
    answer = ask("POST", SPEECH, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status and answer.json()["error"]["message"]


def test_a_request_that_does_not_say_that_it_is_json_is_told_to(ask: Ask) -> None:
    answer = ask("POST", SPEECH, content=b'{"input": "Go home."}', headers={"content-type": "text/plain"})
    assert answer.status_code == 422
    assert "Content-Type: application/json" in answer.json()["error"]["message"]


@pytest.mark.parametrize("model", ["tiny", "tiny_onnx"])
def test_controls_and_markup_are_those_of_the_voice(ask: Ask, service: Service, model: str) -> None:
    asked = {"speed": 1.2, "pitch": 2, "pitch_range": 0.5, "energy": -6, "pauses": 3, "variation": 0.5, "seed": 7}
    text = "<speak>Go <emphasis>home</emphasis>, now. Then <break time='300ms'/> come back.</speak>"
    answer = ask("POST", SPEECH, json={"model": model, "input": text, "response_format": "wav", **asked})
    expected = np.clip(
        np.asarray(service.library.find(model).voice.synthesize(text, controls=Controls(**asked)).wav), -1, 1
    )
    sound, _ = decoded(answer.content)
    assert len(sound) == len(expected) and np.abs(sound - expected).max() < 1e-3
    cues = ask("POST", "/v1/audio/subtitles", json={"model": model, "input": text, "response_format": "json", **asked})
    assert [sentence["text"] for sentence in cues.json()["sentences"]] == ["Go home, now.", "Then come back."]
    assert cues.json()["seconds"] == pytest.approx(len(expected) / 24_000, abs=1e-4)


def test_a_control_that_the_voice_lacks_is_named() -> None:
    async def run() -> httpx.Response:
        async with client_of(service_of(Told())) as client:
            assert (await client.get("/v1/voices")).json()["data"][0]["controls"].keys() >= {"speed", "energy"}
            return await client.post(SPEECH, json={"input": "Go.", "pitch": 1, "energy": 3})

    answer = asyncio.run(run())
    error = answer.json()["error"]
    assert (answer.status_code, error["param"]) == (422, "pitch")
    assert error["message"] == "pitch: voice told takes only energy, speed"


def test_what_is_no_json_by_its_type_is_refused(ask: Ask) -> None:
    """A page of another origin may send such without being asked for leave."""
    body = b'{"input": "Go home."}'
    assert ask("POST", SPEECH, content=body, headers={"content-type": "text/plain"}).status_code == 422
    assert ask("POST", SPEECH, data={"input": "Go home."}).status_code == 422


def test_other_routes_and_methods_are_refused_alike(ask: Ask) -> None:
    for method, path, status in (("GET", SPEECH, 405), ("GET", "/v1/audio/../../etc", 404), ("GET", "/docs", 404)):
        answer = ask(method, path)
        assert answer.status_code == status and answer.json()["error"]["type"] == "invalid_request_error"


def test_models_and_voices_are_listed(ask: Ask) -> None:
    models = ask("GET", "/v1/models").json()["data"]
    assert [model["id"] for model in models] == ["tiny", "tiny_onnx"]
    assert ask("GET", "/v1/models/tiny_onnx").json() == models[1]
    assert ask("GET", "/v1/models/nobody").status_code == 404
    voices = ask("GET", "/v1/voices").json()["data"]
    speakers = [{"name": "en-us+f3", "language": "en-us"}, {"name": "en-us+m3", "language": "en-us"}]
    assert [(voice["model"], voice["voices"]) for voice in voices] == [("tiny", speakers), ("tiny_onnx", speakers)]
    assert list(voices[1]["controls"])[:5] == ["speed", "pitch", "pitch_range", "energy", "pauses"]
    assert voices[1]["controls"]["pitch"] == {"least": -24.0, "most": 24.0, "usual": 0.0, "unit": "semitones"}
    assert voices[0]["sample_rate"] == 24_000 and voices[0]["licence"]


def test_probes_may_ask_with_head(ask: Ask) -> None:
    assert ask("HEAD", "/healthz").status_code == ask("GET", "/healthz").status_code == 200


def test_figures_are_for_prometheus(ask: Ask) -> None:
    ask("POST", SPEECH, json={"model": "tiny", "input": "Go home."})
    ask("POST", SPEECH, json={"model": "nobody", "input": "Go home."})
    figures = dict(line.rsplit(" ", 1) for line in ask("GET", "/metrics").text.splitlines() if line[0] != "#")
    assert float(figures['tts_requests_total{interface="speech",status="200"}']) >= 1
    assert float(figures['tts_answers_total{status="404"}']) >= 1
    assert float(figures["tts_spoken_seconds_total"]) > 0.2
    assert (figures["tts_voices"], figures["tts_open_requests"]) == ("2.0", "0.0")
    assert ask("GET", "/healthz").json() == {"status": "ok", "voices": 2}


def test_sentences_that_are_made_at_the_same_time_do_not_disturb_each_other(service: Service) -> None:
    several = Service(replace(service.config, concurrency=4), service.library)

    async def run() -> list[bytes]:
        async with client_of(several) as client:
            asked = [{"model": model, "input": TEXT, "response_format": "wav"} for model in ("tiny", "tiny_onnx")]
            answers = await asyncio.gather(*(client.post(SPEECH, json=one) for one in 4 * asked))
            return [answer.content for answer in answers]

    sounds = asyncio.run(run())
    assert len(set(sounds[::2])) == len(set(sounds[1::2])) == 1 and len(sounds[0]) > 10_000
