"""The clients that people have: OpenAI's, a WebSocket, Home Assistant's Wyoming."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import openai
import pytest
import websockets
from wyoming.client import AsyncTcpClient
from wyoming.event import Event
from wyoming.info import Describe, Info
from wyoming.ping import Ping
from wyoming.tts import Synthesize, SynthesizeChunk, SynthesizeStart, SynthesizeStop, SynthesizeVoice

from tests.serving.conftest import TEXT, Running, Told, service_of
from tests.serving.test_http import decoded
from tts.serving.service import Service
from tts.serving.sound import PCM_RATE

TOKEN = "a-token-of-some-length"
TWO_WORDS = 2 * 2 * 2400
"""Bytes of pcm that `Told` takes for two words."""


@pytest.fixture
def server(running: Callable[..., Running]) -> Running:
    """Of a voice that is told what to say."""
    return running(service_of(Told(), stall=1.0, characters=200), wyoming=True)


def test_openais_client_speaks_lists_and_understands_errors(running: Callable[..., Running], service: Service) -> None:
    url = running(Service(service.config, service.library)).url + "/v1"
    client = openai.OpenAI(base_url=url, api_key="none", max_retries=0)
    assert [model.id for model in client.models.list()] == ["tiny", "tiny_onnx"]
    assert client.models.retrieve("tiny").owned_by == "tts"
    spoken = client.audio.speech.create(model="tiny_onnx", voice="en-us+m3", input=TEXT, response_format="flac")
    (sound, rate), answer = decoded(spoken.content), spoken.response
    assert rate == 24_000 and len(sound) > rate and answer.headers["content-type"] == "audio/flac"
    speech = client.audio.speech.with_streaming_response
    with speech.create(model="tiny", voice="alloy", input=TEXT, response_format="pcm", speed=2.0) as answer:
        pieces = list(answer.iter_bytes())
    assert len(pieces) > 1 and sum(map(len, pieces)) < 2 * len(sound)
    with speech.create(
        model="tiny", voice="alloy", input=TEXT, stream_format="sse", extra_body={"timings": True}
    ) as answer:
        told = [json.loads(line.removeprefix("data: ")) for line in answer.iter_lines() if line]
    assert told[0]["type"] == "speech.sentence" and told[-1]["type"] == "speech.audio.done"
    with pytest.raises(openai.NotFoundError, match="did you mean 'tiny'") as missing:
        client.audio.speech.create(model="tinny", voice="alloy", input=TEXT)
    assert missing.value.code == "model_not_found" and missing.value.param == "model"
    with pytest.raises(openai.UnprocessableEntityError, match="not in this voice"):
        client.audio.speech.create(model="tiny", voice="carol", input=TEXT)


def test_openais_client_sends_the_token(running: Callable[..., Running]) -> None:
    url = running(service_of(Told(), token=TOKEN)).url + "/v1"
    assert openai.OpenAI(base_url=url, api_key=TOKEN).models.list().data[0].id == "told"
    with pytest.raises(openai.AuthenticationError):
        openai.OpenAI(base_url=url, api_key="another").models.list()


Told_ = list[dict[str, Any] | bytes]


def talk(server: Running, *messages: Any, protocols: Any = None, **more: Any) -> tuple[Told_, int | None]:
    """What is answered to messages of a WebSocket until the connection is closed or an utterance ends; and the code."""

    async def run() -> tuple[Told_, int | None]:
        answers: Told_ = []
        url = f"ws://127.0.0.1:{server.port}/v1/audio/speech/stream"
        async with websockets.connect(url, subprotocols=protocols, **more) as client:
            for message in messages:
                await client.send(message if isinstance(message, (str, bytes)) else json.dumps(message))
            try:
                while True:
                    answer = await client.recv()
                    answers.append(answer if isinstance(answer, bytes) else json.loads(answer))
                    last = answers[-1]
                    if isinstance(last, dict) and last["type"] in ("speech.audio.done", "speech.cancelled"):
                        return answers, None
            except websockets.ConnectionClosed as closed:
                return answers, closed.rcvd.code if closed.rcvd else None

    return asyncio.run(run())


START, END = {"type": "start"}, {"type": "end"}


def test_text_in_pieces_is_spoken_as_it_comes(server: Running) -> None:
    pieces = [{"type": "text", "text": text} for text in ("Go ho", "me. N", "o mo", "re")]
    answers, _ = talk(server, START, *pieces, END)
    started, first, sound, second, more, *rest = answers
    assert started == {
        "type": "speech.started", "model": "told", "language": "en-us", "response_format": "pcm",
        "sample_rate": PCM_RATE,
    }  # fmt: skip
    assert isinstance(first, dict) and isinstance(second, dict)
    assert (first["text"], second["text"]) == ("Go home.", "No more")
    assert (first["start"], second["start"]) == (0.0, pytest.approx(0.3))
    assert isinstance(sound, bytes) and isinstance(more, bytes)
    tail = b"".join(answer for answer in rest if isinstance(answer, bytes))
    assert len(sound + more + tail) == pytest.approx(2 * TWO_WORDS + 4800, abs=10)
    assert rest[-1] == {"type": "speech.audio.done", "seconds": 0.5, "usage": rest[-1]["usage"]}  # type: ignore[index]


def test_a_sentence_is_there_before_the_text_has_ended(server: Running) -> None:
    async def run() -> None:
        url = f"ws://127.0.0.1:{server.port}/v1/audio/speech/stream"
        async with websockets.connect(url) as client:
            for _ in range(2):  # one utterance after another
                await client.send(json.dumps(START))
                await client.send(json.dumps({"type": "text", "text": "Go home. And"}))
                assert json.loads(await client.recv())["type"] == "speech.started"
                assert json.loads(await client.recv())["text"] == "Go home."
                assert isinstance(await client.recv(), bytes)
                await client.send(json.dumps({"type": "flush"}))
                assert json.loads(await client.recv())["text"] == "And"
                assert isinstance(await client.recv(), bytes)
                await client.send(json.dumps(END))
                answer: Any = b""
                while isinstance(answer, bytes):
                    answer = await client.recv()
                assert json.loads(answer)["type"] == "speech.audio.done"

    asyncio.run(run())


def test_what_is_cancelled_is_not_made(running: Callable[..., Running]) -> None:
    voice = Told(0.05)
    server = running(service_of(voice))
    answers, _ = talk(server, START, {"type": "text", "text": "One two. " * 50}, {"type": "cancel"})
    assert isinstance(answers[-1], dict) and answers[-1]["type"] == "speech.cancelled"
    assert len(voice.said) < 5


def test_a_cancel_that_crosses_with_the_end_leaves_the_connection_open(server: Running) -> None:
    answers, closed = talk(server, {"type": "cancel"}, START, {"type": "text", "text": "Go."}, END)
    assert closed is None and [a["type"] for a in answers if isinstance(a, dict)] == [
        "speech.started", "speech.sentence", "speech.audio.done"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("messages", "code", "closed"),
    [
        (["nonsense"], "invalid_message", 1008),
        ([b"\x00\x01"], "invalid_message", 1008),
        (["[" * 10_000], "invalid_message", 1008),
        ([{"type": "sing"}], "invalid_message", 1008),
        ([{"type": "start", "path": "/etc"}], "invalid_message", 1008),
        ([{"type": "text", "text": "First."}], "not_started", 1008),
        ([START, START], "not_ended", 1008),
        ([{"type": "cancel"}, {"type": "flush"}], "not_started", 1008),
        ([{"type": "start", "pitch": 99}], "invalid_message", 1008),
        ([{"type": "start", "pitch": 2}], "no_such_control", 1008),
        ([START, END, {"type": "text", "text": "More."}, {"type": "start"}], None, None),
        ([{"type": "start", "model": "nobody"}], "model_not_found", 1008),
        ([START, {"type": "text", "text": "a " * 101}], "text_too_long", 1009),
        ([START], "no_text", 1008),
    ],
)
def test_a_websocket_that_breaks_the_rules_is_told_and_closed(
    server: Running, messages: list[Any], code: str | None, closed: int | None
) -> None:
    answers, closing = talk(server, *messages)
    assert closing == closed
    if code is not None:
        assert isinstance(answers[-1], dict) and answers[-1]["error"]["code"] == code


def test_a_message_without_a_type_is_told_what_there_is(server: Running) -> None:
    answers, _ = talk(server, {})
    assert isinstance(answers[-1], dict)
    assert answers[-1]["error"]["message"] == "type is missing: start, text, flush, end or cancel"


def test_bytes_are_told_to_be_no_message(server: Running) -> None:
    answers, closing = talk(server, b"\x00\x01")
    assert closing == 1008 and isinstance(answers[-1], dict)
    assert answers[-1]["error"]["message"] == "messages are text, and this one is bytes"


def test_a_message_that_is_too_large_is_not_taken(server: Running) -> None:
    assert talk(server, "a" * 100_000)[1] == 1009


def test_a_websocket_has_its_token_as_a_subprotocol(running: Callable[..., Running]) -> None:
    server = running(service_of(Told(), token=TOKEN))
    asked = [START, {"type": "text", "text": "Go home."}, END]
    assert talk(server, *asked, protocols=["bearer", TOKEN])[1] is None
    assert talk(server, *asked, additional_headers={"Authorization": f"Bearer {TOKEN}"})[1] is None
    for more in ({}, {"protocols": ["bearer", "another-of-length"]}):
        with pytest.raises(websockets.InvalidStatus, match="403"):
            talk(server, *asked, **more)


def test_a_page_of_another_origin_opens_no_websocket(server: Running) -> None:
    with pytest.raises(websockets.InvalidStatus, match="403"):
        talk(server, START, origin="https://evil.example")


def test_an_utterance_is_finished_when_the_server_is_stopped(running: Callable[..., Running]) -> None:
    voice = Told(0.05)
    server = running(service_of(voice))

    async def run() -> list[str]:
        kinds: list[str] = []
        async with websockets.connect(f"ws://127.0.0.1:{server.port}/v1/audio/speech/stream") as client:
            for message in (START, {"type": "text", "text": "One two. " * 6}, END):
                await client.send(json.dumps(message))
            with pytest.raises(websockets.ConnectionClosed):
                while True:
                    answer = await client.recv()
                    if isinstance(answer, str):
                        kinds.append(json.loads(answer)["type"])
                    server.server.should_exit = True
        return kinds

    assert asyncio.run(run()) == ["speech.started", *["speech.sentence"] * 6, "speech.audio.done"]


def converse(server: Running, *events: Event, until: str = "audio-stop") -> list[Event]:
    """What Wyoming answers up to an event, or an error."""

    async def run() -> list[Event]:
        answers: list[Event] = []
        async with AsyncTcpClient("127.0.0.1", server.wyoming_port) as client:
            for event in events:
                await client.write_event(event)
            while not answers or answers[-1].type not in (until, "error"):
                answer = await asyncio.wait_for(client.read_event(), 5)
                assert answer is not None
                answers.append(answer)
        return answers

    return asyncio.run(run())


def sound_of(answers: list[Event]) -> int:
    return sum(len(answer.payload or b"") for answer in answers)


def test_home_assistant_is_told_what_there_is(server: Running) -> None:
    (answer,) = converse(server, Describe().event(), until="info")
    (program,) = Info.from_event(answer).tts
    (voice,) = program.voices
    assert program.supports_synthesize_streaming
    assert (voice.name, voice.languages) == ("told", ["en-us", "de"])
    assert [speaker.name for speaker in voice.speakers or []] == ["ann", "bob"]
    assert converse(server, Ping(text="a").event(), until="pong")[0].data["text"] == "a"


@pytest.mark.parametrize(
    "voice",
    [
        None,
        SynthesizeVoice(name="told", speaker="bob"),
        SynthesizeVoice(language="de"),
        SynthesizeVoice(language="en_US"),
    ],
)
def test_home_assistant_has_a_text_spoken(server: Running, voice: SynthesizeVoice | None) -> None:
    first, *_, last = answers = converse(server, Synthesize("Go home. No more.", voice).event())
    assert (first.type, last.type) == ("audio-start", "audio-stop")
    assert first.data["rate"] == PCM_RATE and sound_of(answers) == pytest.approx(2 * TWO_WORDS + 4800, abs=10)


def test_home_assistant_streams_a_text(server: Running) -> None:
    chunks = [SynthesizeChunk(text).event() for text in ("Go ho", "me. N", "o more.")]
    whole = Synthesize("Go home. No more.").event()  # sent too, for servers that do not stream
    answers = converse(
        server, SynthesizeStart().event(), *chunks, whole, SynthesizeStop().event(), until="synthesize-stopped"
    )
    kinds = [answer.type for answer in answers]
    assert kinds[0] == "audio-start" and kinds[-2:] == ["audio-stop", "synthesize-stopped"]
    assert kinds.count("audio-start") == 1
    assert sound_of(answers) == pytest.approx(2 * TWO_WORDS + 4800, abs=10)


@pytest.mark.parametrize("text", ["", "…", " \n"])
def test_a_text_without_words_is_an_empty_sound_for_home_assistant(server: Running, text: str) -> None:
    answers = converse(server, Synthesize(text).event())
    assert [answer.type for answer in answers] == ["audio-start", "audio-stop"]


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (Synthesize("Go.", SynthesizeVoice(name="../told")).event(), "model_not_found"),
        (Synthesize("Go.", SynthesizeVoice(name="told", speaker="carol")).event(), "no_such_speaker_or_language"),
        (Synthesize("Go.", SynthesizeVoice(language="xx")).event(), "no_such_speaker_or_language"),
        (Synthesize("a " * 101).event(), "text_too_long"),
        (SynthesizeChunk("Go.").event(), "not_started"),
        (SynthesizeStop().event(), "not_started"),
        (Event("synthesize", {}), "invalid_event"),
        (Event("synthesize", {"text": 3}), "invalid_event"),
        (Event("synthesize", {"text": "Go.", "voice": 3}), "invalid_event"),
    ],
)
def test_wyoming_says_what_is_wrong_and_goes_on(server: Running, event: Event, code: str) -> None:
    answers = converse(server, event)
    assert answers[-1].type == "error" and answers[-1].data["code"] == code
    assert sound_of(converse(server, event, Synthesize("Go home.").event(), until="error")[:1]) == 0


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\n",
        b'{"type": 3}\n',
        b"[]\n",
        b'{"type": "describe", "data_length": 1000000000}\n',
        b'{"type": "describe", "payload_length": -1}\n',
        b'{"type": "describe", "data_length": 2}\n[]',
        b"[" * 10_000 + b"\n",
        b"a" * 200_000,
        b'{"type": "describe", "data_length": 50}\n{',
    ],
)
def test_what_is_no_event_ends_a_wyoming_connection(server: Running, sent: bytes) -> None:
    async def run() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.wyoming_port)
        writer.write(sent)
        writer.write_eof()
        return await asyncio.wait_for(reader.read(), 5)

    with suppress(ConnectionResetError):  # where it was closed with some of it unread
        assert asyncio.run(run()) == b""
    assert converse(server, Ping().event(), until="pong")


def test_a_wyoming_client_that_leaves_stops_its_text(running: Callable[..., Running]) -> None:
    voice = Told(0.05)
    server = running(service_of(voice), wyoming=True)
    assert converse(server, Synthesize("One two. " * 100).event(), until="audio-start")
    server.stop()
    assert len(voice.said) < 10
