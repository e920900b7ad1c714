"""The page at `/`, in Chromium: what is heard, lit, changed and downloaded."""

from __future__ import annotations

import io
import os
import shutil
import time
import wave
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import numpy as np
import pytest

from tests.serving.conftest import Running, Told, service_of
from tts.audio import waveform
from tts.audio.decoding import Content
from tts.audio.waveform import open_source
from tts.intervals import read_textgrid
from tts.reporting.last_validation import CARD, FOLDER, read_validation
from tts.serving.config import ServeConfig
from tts.serving.service import Service
from tts.serving.site import FILES
from tts.serving.sound import PCM_RATE
from tts.serving.voices import Library

TEXT = "We keep the sea in view.\n\nIt costs 5 €, and the lamp stood by the door. Go home."
SCREENSHOTS = os.environ.get("SMMA_TTS_SCREENSHOTS")
"""Folder for pictures of the page, which are taken only if it is given."""
Run = Callable[..., Running]
WATCH = """() => {
  window.lit = [];
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (target.classList.contains("now") && target.matches(".word")) {
        const written = target.firstChild.textContent;
        if (lit.at(-1)?.[0] !== target) lit.push([target, written, performance.now() / 1000]);
      }
    }
  }).observe(document.getElementById("reader"), { subtree: true, attributeFilter: ["class"] });
}"""
LIT = "window.lit.map(([, written, at]) => [written, at])"


@pytest.fixture(scope="module")
def browser(launch: Callable[..., Any]) -> Any:
    """Chromium with a microphone that beeps."""
    return launch("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture
def asked() -> list[str]:
    """The addresses that the page asks for."""
    return []


@pytest.fixture
def problems() -> list[str]:
    """What the page logs as an error, or its policy refuses; a test fails where any is left."""
    return []


@pytest.fixture
def tab(browser: Any, asked: list[str], problems: list[str]) -> Iterator[Any]:
    tab = browser.new_page(viewport={"width": 1000, "height": 1000}, reduced_motion="reduce")
    tab.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    tab.set_default_timeout(15_000)
    yield tab
    tab.close()
    assert problems == []


@pytest.fixture
def told(running: Run) -> Running:
    """A server whose voice takes 0.1 s for a word."""
    return running(service_of(Told()))


@pytest.fixture
def both(running: Run, voices: Path) -> Running:
    """A server of the folder `voices`."""
    config = ServeConfig(voices=str(voices), reload=0, concurrency=1, default="tiny")
    return running(Service(config, Library(str(voices), default="tiny")))


def until(tab: Any, condition: str) -> None:
    """Wait for an expression to hold; the page's policy forbids Playwright's own way, which is `eval`."""
    deadline = time.monotonic() + 15
    while not tab.evaluate(condition):
        assert time.monotonic() < deadline, condition
        tab.wait_for_timeout(20)


def opened(tab: Any, server: Running) -> None:
    tab.goto(server.url)
    until(tab, "document.getElementById('voice').options.length > 0")
    tab.evaluate(WATCH)


def spoken(tab: Any, server: Running, text: str) -> None:
    """Open the page and have it speak; wait until something is lit."""
    opened(tab, server)
    tab.get_by_label("Text", exact=True).fill(text)
    tab.keyboard.press("Control+Enter")
    until(tab, "window.lit.length > 0")


def over(tab: Any) -> None:
    until(tab, "document.getElementById('stop').disabled")


def shoot(tab: Any, name: str) -> None:
    """Pictures, light, dark and narrow, if they are asked for."""
    if SCREENSHOTS is None:
        return
    for mode, width, scheme in (("light", 1000, "light"), ("dark", 1000, "dark"), ("narrow", 390, "light")):
        tab.emulate_media(color_scheme=scheme)
        tab.set_viewport_size({"width": width, "height": 1000})
        tab.wait_for_timeout(200)
        tab.screenshot(path=Path(SCREENSHOTS) / f"{name}-{mode}.png", full_page=True)


def sentences(server: Running, text: str) -> list[dict[str, Any]]:
    """What the server says of a text by its events."""
    request = {"input": text, "response_format": "json"}
    found: list[dict[str, Any]] = httpx.post(f"{server.url}/v1/audio/subtitles", json=request).json()["sentences"]
    return found


def test_words_are_lit_in_order_at_their_times(tab: Any, both: Running, asked: list[str]) -> None:
    spoken(tab, both, TEXT)
    over(tab)
    lit = tab.evaluate(LIT)
    parts = [part for sentence in sentences(both, TEXT) for part in sentence["parts"]]
    late, coming = [], iter(parts)
    for written, at in lit:  # in order; a busy machine does not draw all of them
        part = next(part for part in coming if part["text"].strip() == written)
        late.append(at - part["start"])
    assert len(lit) > 0.6 * len(parts), lit
    # From one word to the next; a busy machine stops the sound, or draws a word late, now and then.
    assert median(abs(b - a) for a, b in pairwise(late)) < 0.15, late
    assert tab.locator(".now").count() == 0
    assert all(one.split(" ")[1].startswith((both.url, "data:")) for one in asked), asked


def test_phones_stand_under_their_words(tab: Any, both: Running) -> None:
    spoken(tab, both, TEXT)
    first, *_ = sentences(both, TEXT)
    word = tab.locator("ruby.word").nth(3)
    part = first["parts"][3]
    inside = [p["label"] for p in first["phones"] if part["start"] <= (p["start"] + p["end"]) / 2 < part["end"]]
    assert word.evaluate("word => word.firstChild.textContent") == part["text"].strip() == "sea"
    assert word.locator("rt").inner_text() == "".join(inside) != ""
    tab.get_by_label("Phones", exact=True).uncheck()
    assert not word.locator("rt").is_visible()


def test_a_click_on_a_word_is_heard_from_there_and_enter_too(tab: Any, told: Running) -> None:
    spoken(tab, told, "One two three four five six. Seven eight nine.")
    tab.get_by_role("button", name="Stop").click()
    for hear in (lambda word: word.click(), lambda word: (word.focus(), tab.keyboard.press("Enter"))):
        tab.evaluate("window.lit.length = 0")
        word = tab.locator(".word").nth(4)
        hear(word)
        over(tab)
        lit = [written for written, _ in tab.evaluate(LIT)]
        shown = [written for written in ("five", "six.", "Seven", "eight", "nine.") if written in lit]
        assert lit == shown and len(lit) > 2  # a busy machine does not draw all of them
    assert tab.evaluate("document.activeElement.firstChild.textContent") == "five"
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate("document.activeElement.firstChild.textContent") == "six."
    assert tab.evaluate("document.activeElement.getAttribute('role')") == "button"
    tab.keyboard.press("ArrowDown")
    assert tab.evaluate("document.activeElement.firstChild.textContent") == "Seven"


def test_escape_stops_and_space_pauses_where_no_text_is_entered(tab: Any, told: Running) -> None:
    spoken(tab, told, "one two three four five six seven eight nine ten eleven twelve")
    until(tab, "document.activeElement.matches('.word')")
    tab.keyboard.press("Space")
    tab.wait_for_timeout(150)
    now = tab.locator(".word.now").inner_text()
    tab.wait_for_timeout(400)
    assert tab.locator(".word.now").inner_text() == now and tab.get_by_role("status").inner_text() == "Paused"
    tab.keyboard.press("Space")
    until(tab, f"document.querySelector('.word.now') && document.querySelector('.word.now').innerText !== {now!r}")
    tab.keyboard.press("Escape")
    count = tab.evaluate("window.lit.length")
    assert tab.locator(".now").count() == 0 and tab.get_by_role("button", name="Stop").is_disabled()
    tab.wait_for_timeout(400)
    assert tab.evaluate("window.lit.length") == count < 12
    text = tab.get_by_label("Text", exact=True)
    text.focus()
    tab.keyboard.press("End")
    tab.keyboard.press("Space")
    assert text.input_value().endswith("twelve ")


def test_a_chapter_is_made_a_little_ahead_of_what_is_heard(tab: Any, told: Running, asked: list[str]) -> None:
    paragraphs = [f"Paragraph {n} " + "and on it goes " * 20 + f"to {n}." for n in range(100)]
    spoken(tab, told, "\n\n".join(paragraphs))
    for _ in range(20):
        tab.wait_for_timeout(100)
    made = [one for one in asked if one.endswith("/v1/audio/speech")]
    assert 1 <= len(made) <= 6, "of a hundred"
    tab.locator(".pending", has_text="to 99.").click()
    until(tab, "window.lit.at(-1)[0].closest('.piece').dataset.piece === '99'")
    assert not tab.evaluate("window.lit.some(([word]) => word.closest('.piece').dataset.piece === '98')")
    assert len([one for one in asked if one.endswith("/v1/audio/speech")]) <= len(made) + 2
    tab.keyboard.press("Escape")
    assert tab.locator(".piece").first.inner_text().startswith("Paragraph")


def test_markup_is_text(tab: Any, told: Running) -> None:
    text = 'Say <script>window.broken = 1</script> and <img src=x onerror="window.broken = 1"> now.'
    spoken(tab, told, text)
    shown = tab.locator("#reader").evaluate(
        "reader => [...reader.querySelectorAll('.word')].map((word) => word.firstChild.textContent).join(' ')"
    )
    assert shown == text
    assert tab.evaluate("document.querySelectorAll('#reader script, #reader img').length") == 0
    assert tab.evaluate("window.broken") is None


def test_ssml_is_spoken_whole_whatever_its_paragraphs(tab: Any, both: Running) -> None:
    spoken(tab, both, "<speak>Go home.\n\nDo <emphasis>not</emphasis> go.</speak>")
    over(tab)
    words = "reader => [...reader.querySelectorAll('.word')].map((word) => word.firstChild.textContent)"
    assert tab.locator("#reader").evaluate(words) == ["Go", "home.", "Do", "not", "go."]


def downloaded(tab: Any, name: str) -> bytes:
    with tab.expect_download() as waiting:
        tab.get_by_role("button", name=name, exact=True).click()
    return Path(waiting.value.path()).read_bytes()


def test_downloads_are_what_was_spoken(tab: Any, both: Running, tmp_path: Path) -> None:
    spoken(tab, both, TEXT)
    tab.keyboard.press("Escape")
    said = sentences(both, TEXT)
    with wave.open(io.BytesIO(downloaded(tab, "WAV"))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (PCM_RATE, 1, 2)
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    request = {"input": TEXT, "response_format": "pcm"}
    whole = np.frombuffer(httpx.post(f"{both.url}/v1/audio/speech", json=request).content, "<i2").astype(float)
    assert abs(len(sound) - len(whole)) <= 3
    least = min(len(sound), len(whole))
    assert np.corrcoef(sound[:least], whole[:least])[0, 1] > 0.99

    (tmp_path / "a.TextGrid").write_bytes(downloaded(tab, "TextGrid"))
    grid = read_textgrid(tmp_path / "a.TextGrid")
    words = [word for word in grid["words"] if word.label]
    expected = [word for sentence in said for word in sentence["words"]]
    assert [word.label for word in words] == [word["label"] for word in expected]
    assert max(abs(a.start - b["start"]) + abs(a.end - b["end"]) for a, b in zip(words, expected, strict=True)) < 1e-3
    phones = [phone["label"] for sentence in said for phone in sentence["phones"]]
    assert [phone.label for phone in grid["phones"] if phone.label] == phones
    assert [one.label for one in grid["sentences"] if one.label] == [sentence["text"] for sentence in said]

    cues = downloaded(tab, "SRT").decode().split("\n\n")
    assert [cue.strip().split("\n")[2] for cue in cues] == [sentence["text"] for sentence in said]
    start, end = cues[1].split("\n")[1].split(" --> ")
    assert start.startswith("00:00:0") and abs(float(start[6:].replace(",", ".")) - said[1]["parts"][0]["start"]) < 2e-3
    assert end > start

    request["response_format"] = "mp3"
    assert downloaded(tab, "MP3") == httpx.post(f"{both.url}/v1/audio/speech", json=request).content


def test_a_phone_is_made_longer_by_keys_and_by_its_edge(tab: Any, both: Running) -> None:
    spoken(tab, both, "We keep the sea in view.")
    over(tab)
    phones = tab.get_by_role("slider", name=" in ", exact=False)
    assert phones.count() > 10
    third = tab.locator(".phone").nth(3)
    before = int(third.get_attribute("aria-valuenow"))
    third.focus()
    tab.keyboard.press("Shift+ArrowUp")
    tab.keyboard.press("Shift+ArrowUp")
    until(tab, "!document.getElementById('undo').hidden")
    over(tab)
    longer = int(third.get_attribute("aria-valuenow"))
    assert abs(longer - before - 100) <= 13  # a frame
    assert third.evaluate("phone => phone === document.activeElement")
    shoot(tab, "page")

    edge = third.locator(".edge").bounding_box()
    tab.mouse.move(edge["x"] + edge["width"] / 2, edge["y"] + 5)
    tab.mouse.down()
    tab.mouse.move(edge["x"] + 80, edge["y"] + 5, steps=4)
    with tab.expect_response("**/v1/audio/speech"):
        tab.mouse.up()
    until(tab, "!document.getElementById('stop').disabled")
    over(tab)
    assert int(third.get_attribute("aria-valuenow")) > longer + 100
    tab.get_by_role("button", name="As it was").click()
    over(tab)
    assert int(third.get_attribute("aria-valuenow")) == before


def test_a_phone_is_made_higher_by_its_mark_and_lower_by_keys(tab: Any, both: Running) -> None:
    spoken(tab, both, "We keep the sea in view.")
    over(tab)
    mark = tab.locator(".tone").nth(4)
    assert mark.get_attribute("aria-label").startswith("pitch of ")
    box = mark.locator("span").bounding_box()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] - 14, steps=4)
    with tab.expect_request("**/v1/audio/speech") as asked:
        tab.mouse.up()
    given = asked.value.post_data_json
    assert "durations" not in given and "speed" in given
    assert given["pitches"][4] > 2 and given["pitches"].count(0) == len(given["pitches"]) - 1
    until(tab, "!document.getElementById('undo').hidden")
    over(tab)
    assert float(mark.get_attribute("aria-valuenow")) == given["pitches"][4]
    shoot(tab, "page_pitch")

    mark.focus()
    with tab.expect_request("**/v1/audio/speech") as asked:
        tab.keyboard.press("Shift+ArrowDown")
        tab.keyboard.press("ArrowDown")
    assert asked.value.post_data_json["pitches"][4] == given["pitches"][4] - 2.5
    until(tab, "!document.getElementById('stop').disabled")
    over(tab)
    tab.locator(".phone").nth(3).focus()
    with tab.expect_request("**/v1/audio/speech") as asked:
        tab.keyboard.press("Shift+ArrowUp")
    both_given = asked.value.post_data_json
    assert both_given["pitches"][4] == given["pitches"][4] - 2.5 and "speed" not in both_given
    assert len(both_given["durations"]) == len(both_given["pitches"])
    until(tab, "!document.getElementById('stop').disabled")
    over(tab)
    tab.get_by_role("button", name="As it was").click()
    over(tab)
    assert float(mark.get_attribute("aria-valuenow")) == 0


def test_a_second_change_is_kept_while_the_first_is_made(tab: Any, both: Running) -> None:
    spoken(tab, both, "We keep the sea in view.")
    over(tab)

    def later(route: Any) -> None:
        time.sleep(1.2)
        route.continue_()

    tab.route("**/v1/audio/speech", later)
    tab.locator(".tone").nth(4).focus()
    tab.keyboard.press("ArrowUp")
    tab.wait_for_timeout(600)  # it is asked for
    tab.keyboard.press("ArrowRight")
    with tab.expect_request(lambda request: '"pitches"' in (request.post_data or "")) as asked:
        tab.keyboard.press("Shift+ArrowUp")
    assert asked.value.post_data_json["pitches"][4:6] == [0.5, 2]
    tab.locator("#undo:not([hidden])").wait_for()
    tab.keyboard.press("Escape")
    values = [float(tab.locator(".tone").nth(i).get_attribute("aria-valuenow")) for i in (4, 5)]
    assert values == [0.5, 2]


def test_the_right_button_and_a_slip_change_nothing(tab: Any, both: Running, asked: list[str]) -> None:
    spoken(tab, both, "We keep the sea in view.")
    over(tab)
    box = tab.locator(".tone").nth(4).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    asked.clear()
    for button, by in (("right", 20), ("left", 2)):
        tab.mouse.move(x, y)
        tab.mouse.down(button=button)
        tab.mouse.move(x, y - by)
        tab.mouse.up(button=button)
    tab.wait_for_timeout(300)
    assert not [one for one in asked if "speech" in one]


def test_a_phone_is_changed_of_a_text_that_was_stopped_while_it_was_made(tab: Any, both: Running) -> None:
    tab.goto(both.url)
    tab.get_by_label("Text", exact=True).fill("We keep the sea in view. " * 20)
    tab.get_by_role("button", name="Speak", exact=True).click()
    tab.locator(".tone").nth(4).wait_for()
    tab.keyboard.press("Escape")
    mark = tab.locator(".tone").nth(4)
    mark.focus()
    tab.keyboard.press("Shift+ArrowUp")
    tab.locator("#undo:not([hidden])").wait_for()
    assert float(mark.get_attribute("aria-valuenow")) == 2


def test_lengths_that_were_changed_are_in_the_files(tab: Any, both: Running) -> None:
    spoken(tab, both, TEXT)
    over(tab)
    before, compressed = len(downloaded(tab, "WAV")), len(downloaded(tab, "MP3"))
    tab.locator(".phone").nth(3).focus()
    for _ in range(6):
        tab.keyboard.press("Shift+ArrowUp")
    until(tab, "!document.getElementById('undo').hidden")
    over(tab)
    assert abs((len(downloaded(tab, "WAV")) - before) / 2 / PCM_RATE - 0.3) < 0.02
    assert len(downloaded(tab, "MP3")) > compressed


def test_only_what_a_voice_has_is_offered(tab: Any, both: Running, told: Running) -> None:
    opened(tab, both)
    assert {"tiny", "tiny_onnx"} == set(tab.get_by_label("Voice").locator("option").all_inner_texts())
    assert tab.get_by_label("Speaker").locator("option").count() == 2
    assert tab.get_by_label("Speed").is_visible()
    assert tab.get_by_label("Pitch").is_visible() and not tab.get_by_label("Language").is_visible()
    opened(tab, told)
    assert tab.get_by_label("Loudness").is_visible() and not tab.get_by_label("Pitch").is_visible()
    assert not tab.get_by_label("Voice").is_visible() and not tab.locator("#like").is_visible()
    assert tab.get_by_label("Language").locator("option").all_inner_texts()[1:] == ["American English", "German"]


def test_a_control_that_the_server_names_is_shown_and_sent(tab: Any, told: Running) -> None:
    sent: list[Any] = []

    def voices(route: Any) -> None:
        answer = route.fetch().json()
        answer["data"][0]["controls"]["pitch"] = {"least": -12, "most": 12, "usual": 0, "unit": "semitones"}
        route.fulfill(json=answer)

    def speech(route: Any) -> None:
        sent.append(route.request.post_data_json)
        route.continue_(post_data={key: value for key, value in sent[-1].items() if key != "pitch"})

    tab.route("**/v1/voices", voices)
    tab.route("**/v1/audio/speech", speech)
    opened(tab, told)
    tab.get_by_label("Pitch").fill("3.12")
    tab.get_by_label("Speed").fill("1")
    tab.get_by_label("Speaker").select_option("bob")
    tab.get_by_label("Text", exact=True).fill("Go home.")
    tab.get_by_role("button", name="Speak").click()
    until(tab, "window.lit.length > 0")
    assert {key: sent[0][key] for key in ("voice", "pitch", "speed", "language", "input")} == {
        "voice": "bob", "pitch": 3.12, "speed": 2, "language": "de", "input": "Go home.",
    }  # fmt: skip


def test_two_speakers_are_mixed(tab: Any, both: Running) -> None:
    sent: list[Any] = []

    def speech(route: Any) -> None:
        sent.append(route.request.post_data_json["voice"])
        route.continue_()

    tab.route("**/v1/audio/speech", speech)
    opened(tab, both)
    assert not tab.get_by_label("Their share").is_visible()
    one, other = tab.get_by_label("Speaker").locator("option").all_inner_texts()
    tab.get_by_label("Mixed with").select_option(other)
    tab.get_by_label("Their share").fill("25")
    tab.get_by_label("Text", exact=True).fill("Go home.")
    for mixed, expected in ((other, f"{one}:0.75,{other}:0.25"), (one, one), ("", one)):
        tab.get_by_label("Mixed with").select_option(mixed)
        tab.get_by_role("button", name="Speak").click()
        until(tab, "window.lit.length > 0")
        over(tab)
        assert sent[-1] == expected


def test_a_recording_is_sent_and_its_speaker_chosen(tab: Any, told: Running, tmp_path: Path) -> None:
    sent: list[Any] = []

    def voices(route: Any) -> None:
        answer = route.fetch().json()
        answer["data"][0]["controls"]["like"] = True
        route.fulfill(json=answer)

    def heard(route: Any) -> None:
        sent.append((route.request.url, route.request.post_data_buffer))
        route.fulfill(json={"voice": f"heard-{len(sent)}"})

    tab.route("**/v1/voices", voices)
    tab.route("**/v1/speakers?*", heard)
    opened(tab, told)
    tab.get_by_text("Sound like a recording").click()
    (tmp_path / "me.wav").write_bytes(b"RIFF")
    tab.get_by_label("Recording", exact=True).set_input_files(tmp_path / "me.wav")
    until(tab, "document.getElementById('speaker').value === 'heard-1'")
    assert tab.get_by_label("Speaker").locator("option:checked").inner_text() == "like me.wav"
    assert sent[0][0].endswith("/v1/speakers?model=told&language=en-us") and sent[0][1] == b"RIFF"
    tab.get_by_role("button", name="Record", exact=True).click()
    until(tab, "document.getElementById('microphone').textContent === 'Stop recording'")
    tab.wait_for_timeout(1500)
    tab.get_by_role("button", name="Stop recording").click()
    until(tab, "document.getElementById('speaker').value === 'heard-2'")
    wav = waveform.gather((source := open_source(Content("it", sent[1][1]))).blocks, source.sample_rate, 24_000)
    assert len(wav) > 24_000 and wav.abs().max() > 0.01, "what the browser records can be read"


def test_it_asks_for_the_token(tab: Any, running: Run, problems: list[str]) -> None:
    server = running(service_of(Told(), token="0123456789abcdef"))
    tab.goto(server.url)
    field = tab.get_by_label("Token of this server")
    field.fill("0123456789abcdef")
    tab.keyboard.press("Enter")
    until(tab, "document.getElementById('voice').options.length > 0")
    assert not field.is_visible()
    tab.evaluate(WATCH)
    tab.get_by_label("Text", exact=True).fill("Go home.")
    tab.keyboard.press("Control+Enter")
    until(tab, "window.lit.length > 0")
    assert [problem for problem in problems if "401" not in problem] == []
    problems.clear()


def test_what_cannot_be_spoken_is_said(tab: Any, both: Running, problems: list[str]) -> None:
    opened(tab, both)
    tab.get_by_role("button", name="Speak").click()
    assert tab.get_by_role("status").inner_text() == "Write something to be spoken."
    tab.get_by_label("Text", exact=True).fill("Go home.\n\n漢は")
    tab.keyboard.press("Control+Enter")
    over(tab)
    assert "wrong" in tab.get_by_role("status").get_attribute("class")
    assert [written for written, _ in tab.evaluate(LIT)] == ["Go", "home."]
    assert all("422" in problem for problem in problems)
    problems.clear()


def test_nothing_is_wider_than_a_phone(tab: Any, both: Running) -> None:
    tab.set_viewport_size({"width": 360, "height": 740})
    spoken(tab, both, TEXT + " " + "Donaudampfschifffahrtsgesellschaftskapitän " * 3)
    over(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    for button in tab.get_by_role("button").all():
        if button.is_visible() and button.evaluate("button => button.tagName") == "BUTTON":
            assert button.bounding_box()["height"] >= 36


def test_the_page_lets_nothing_of_others_in(both: Running) -> None:
    for path in FILES:
        answer = httpx.get(both.url + path)
        assert answer.status_code == 200 and answer.headers["x-content-type-options"] == "nosniff"
        rules = dict(rule.split(" ", 1) for rule in answer.headers["content-security-policy"].split("; "))
        assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == "'none'"
        assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
        assert "://" not in answer.text
    assert httpx.get(f"{both.url}/page/../config.py").status_code == 404
    assert httpx.get(f"{both.url}/page/%2e%2e/config.py").status_code == 404
    assert httpx.get(both.url, headers={"Host": "example.org"}).status_code == 403


def test_a_file_is_made_while_the_text_is_heard(tab: Any, told: Running) -> None:
    paragraphs = [f"Paragraph {n} " + "and on it goes " * 20 + f"to {n}." for n in range(30)]
    spoken(tab, told, "\n\n".join(paragraphs))
    count = tab.evaluate("window.lit.length")
    with wave.open(io.BytesIO(downloaded(tab, "WAV"))) as file:
        seconds = file.getnframes() / PCM_RATE
    words, gaps = sum(len(paragraph.split()) for paragraph in paragraphs), tab.locator(".sentence").count() - 1
    assert gaps >= 29 and seconds == pytest.approx(0.1 * words + 0.1 * gaps, abs=0.05)
    assert tab.evaluate("window.lit.length") > count and tab.get_by_role("button", name="Pause").is_enabled()
    cues = downloaded(tab, "SRT").decode()
    assert cues.count("Paragraph") == 30


def test_a_run_in_training_shows_its_last_validation(tab: Any, running: Run, tiny_run: Path, tmp_path: Path) -> None:
    run = shutil.copytree(tiny_run, tmp_path / "mine")
    config = ServeConfig(voices=str(run), reload=0, concurrency=1, validation=True)
    opened(tab, running(Service(config, Library(str(run)))))
    section = tab.get_by_role("region", name="Last validation")
    card = read_validation(run)
    assert card is not None
    section.get_by_text(f"Step {card.step}").wait_for()
    pictures, sounds = section.locator("img"), section.locator("audio")
    assert (pictures.count(), sounds.count()) == (len(card.utterances), 3 * len(card.utterances))
    for picture in pictures.all():
        assert picture.get_attribute("alt").startswith("Alignment of")
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    until(tab, "[...document.querySelectorAll('audio')].every((sound) => sound.duration > 0.1)")
    assert sounds.nth(0).get_attribute("aria-label") == f"Recording: {card.utterances[0].text}"
    shoot(tab, "page_run")

    path = run / FOLDER / CARD
    path.write_text(path.read_text("utf-8").replace(f'"step": {card.step}', '"step": 12345'), "utf-8")
    section.get_by_role("button", name="Look again").click()
    section.get_by_text("Step 12,345").wait_for()


def test_no_validation_is_shown_where_it_is_not_asked_to(tab: Any, both: Running) -> None:
    opened(tab, both)
    assert not tab.locator("#run").is_visible()
