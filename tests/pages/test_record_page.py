"""The page of `tts-record` in a browser whose microphone plays a file: record, hear, repeat, accept, go on tomorrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("fastapi", reason="the extra `serve` is not installed")
import soundfile

from tests.pages.served import running, shoot, until, watch
from tests.pages.test_takes import RATE, SENTENCES, opened, speech
from tts.pages.record import record
from tts.pages.takes import LARGEST, Session

MICROPHONE = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the microphone hears, again and again."""
    path = tmp_path_factory.mktemp("microphone") / "heard.wav"
    soundfile.write(path, 2 * smooth(speech(1.2, silence=0.5)), RATE, subtype="PCM_16")
    return path


def smooth(wav: np.ndarray) -> np.ndarray:
    """Without what is lost as browsers' fake devices run at another rate."""
    spectrum = np.fft.rfft(wav)
    spectrum[round(8000 * len(wav) / RATE) :] = 0
    return np.fft.irfft(spectrum)


@pytest.fixture(scope="module")
def recorder(launch: Callable[..., Any], played: Path) -> Any:
    return launch(*MICROPHONE, f"--use-file-for-fake-audio-capture={played}")


@pytest.fixture
def tab(recorder: Any, problems: list[str]) -> Iterator[Any]:
    tab = recorder.new_page(viewport={"width": 1000, "height": 800})
    watch(tab, problems)
    yield tab
    tab.close()
    assert problems == []


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return opened(tmp_path / "mine")


def stage(tab: Any, state: str) -> None:
    until(tab, f"document.getElementById('stage').dataset.state === '{state}'")


def take(tab: Any, seconds: float) -> None:
    """Record with the space bar."""
    tab.keyboard.press(" ")
    stage(tab, "recording")
    tab.wait_for_timeout(1000 * seconds)
    tab.keyboard.press(" ")
    stage(tab, "ready")
    tab.get_by_text(" dB, noise ").wait_for()


def turned_on(tab: Any, address: str) -> None:
    tab.goto(address)
    tab.locator("#prompts button").first.wait_for()
    tab.keyboard.press(" ")
    stage(tab, "ready")


def test_a_prompt_is_recorded_accepted_and_the_next_one_comes(session: Session, tab: Any, played: Path) -> None:
    with running(record(session), LARGEST, microphone=True) as served:
        turned_on(tab, served.address)
        first = tab.locator("#prompt").inner_text()
        take(tab, 3.0)
        until(tab, "!document.getElementById('accept').disabled")
        shoot(tab, "record")
        tab.keyboard.press("Enter")
        until(tab, "document.getElementById('progress').value === 1")
        assert tab.locator("#prompt").inner_text() != first
    wav, rate = soundfile.read(session.wav("r0001"))
    assert rate == RATE and wav.ndim == 1 and soundfile.info(session.wav("r0001")).subtype == "PCM_24"
    assert 2.5 < len(wav) / rate < 4.5
    assert (session.folder / "metadata.csv").read_text() == f"r0001|{first}\n"
    source = soundfile.read(played)[0]
    assert likeness(wav, source) > 0.99


def likeness(recorded: np.ndarray, source: np.ndarray) -> float:
    """Largest correlation of a second of what was recorded with what was played."""
    heard = np.concatenate([source, source, source])
    piece = recorded[RATE : 2 * RATE]
    product = np.fft.irfft(np.fft.rfft(heard, 2**19) * np.conj(np.fft.rfft(piece, 2**19)))[: len(heard) - len(piece)]
    energy = np.convolve(heard**2, np.ones(1), "same").cumsum()
    norms = np.sqrt((energy[len(piece) :] - energy[: -len(piece)])[: len(product)] * (piece**2).sum())
    return float((product[: len(norms)] / np.maximum(norms, 1e-9)).max())


def test_a_take_can_be_repeated_and_heard(session: Session, tab: Any) -> None:
    with running(record(session), LARGEST, microphone=True) as served:
        turned_on(tab, served.address)
        tab.get_by_label("hear each take at once").uncheck()  # after which the keys mean what they did
        take(tab, 0.5)
        short = len(session.sound("r0001") or b"")
        tab.keyboard.press("r")
        stage(tab, "recording")
        tab.wait_for_timeout(1500)
        tab.keyboard.press(" ")
        stage(tab, "ready")
        assert len(session.sound("r0001") or b"") > 2 * short
        with tab.expect_response("**/take/r0001") as answer:
            tab.keyboard.press("p")
        assert answer.value.headers["content-type"] == "audio/wav"
        assert not session.wav("r0001").exists()


def test_arrows_move_and_buttons_can_be_pressed_by_mouse(session: Session, tab: Any) -> None:
    with running(record(session), LARGEST, microphone=True) as served:
        turned_on(tab, served.address)
        tab.keyboard.press("ArrowRight")
        tab.keyboard.press("ArrowRight")
        assert tab.locator("#place").inner_text() == "3 of 3" and tab.locator("#next").is_disabled()
        tab.keyboard.press("ArrowLeft")
        tab.get_by_role("button", name="Record", exact=True).click()
        tab.wait_for_timeout(700)
        tab.get_by_role("button", name="Stop").click()
        stage(tab, "ready")
        tab.get_by_role("button", name="Accept").click()
        until(tab, "document.getElementById('progress').value === 1")
        assert session.wav("r0002").is_file()


def test_the_level_moves_while_the_microphone_is_on(session: Session, tab: Any) -> None:
    with running(record(session), LARGEST, microphone=True) as served:
        turned_on(tab, served.address)
        until(tab, "Number(document.getElementById('meter').getAttribute('aria-valuenow')) > -30")
        until(tab, "document.querySelector('#microphone').options.length > 1")


def test_after_a_reload_what_was_not_accepted_is_there(session: Session, tab: Any) -> None:
    with running(record(session), LARGEST, microphone=True) as served:
        turned_on(tab, served.address)
        take(tab, 1.0)
        tab.reload()
        tab.get_by_text("A take is here that you have not accepted yet.").wait_for()
        tab.keyboard.press("Enter")
        until(tab, "document.getElementById('progress').value === 1")


def test_a_tab_does_not_accept_what_another_recorded(
    session: Session, recorder: Any, tab: Any, problems: list[str]
) -> None:
    with running(record(session), LARGEST, microphone=True) as served:
        turned_on(tab, served.address)
        take(tab, 1.0)
        other = recorder.new_page()
        turned_on(other, served.address)
        take(other, 2.0)
        theirs = session.sound("r0001")
        tab.keyboard.press("Enter")
        tab.get_by_text("Not kept: this sentence was recorded or accepted in another tab").wait_for()
        problems.clear()  # the browser logs every 422
        assert session.sound("r0001") == theirs and not session.wav("r0001").exists()
        other.keyboard.press("Enter")
        until(other, "document.getElementById('progress').value === 1")
        other.close()
        tab.keyboard.press("Enter")
        tab.get_by_text("1 of 3 recorded").wait_for()
        assert tab.locator("#accept").is_disabled() and session.wav("r0001").read_bytes() == theirs
        problems.clear()


def test_enter_pressed_twice_accepts_one_take(session: Session, tab: Any) -> None:
    with running(record(session), LARGEST, microphone=True) as served:
        turned_on(tab, served.address)
        take(tab, 1.0)
        tab.evaluate("""() => {
            const press = () => new KeyboardEvent("keydown", { key: "Enter", bubbles: true });
            for (let i = 0; i < 2; i++) document.getElementById("prompt").dispatchEvent(press());
        }""")
        tab.get_by_text("1 of 3 recorded").wait_for()
        assert tab.locator("#said").inner_text() == "" and tab.locator("#place").inner_text() == "2 of 3"


def test_what_is_said_of_a_take_stands_below_its_prompt(session: Session, tab: Any) -> None:
    with running(record(session), LARGEST, microphone=True) as served:
        turned_on(tab, served.address)
        for width in (1280, 380):
            tab.set_viewport_size({"width": width, "height": 800})
            middles = tab.evaluate("""[...document.querySelectorAll("#stage > *")].map((part) => {
                const place = part.getBoundingClientRect();
                return place.x + place.width / 2;
            })""")
            assert len(middles) > 5 and max(abs(x - width / 2) for x in middles) < 1


def test_a_clipped_take_is_called_too_loud(
    session: Session, launch: Callable[..., Any], tmp_path: Path, problems: list[str]
) -> None:
    path = tmp_path / "clipped.wav"
    soundfile.write(path, np.clip(12 * smooth(speech(1.2, silence=0.5)), -1, 1), RATE, subtype="PCM_16")
    tab = launch(*MICROPHONE, f"--use-file-for-fake-audio-capture={path}").new_page()
    watch(tab, problems)
    with running(record(session), LARGEST, microphone=True) as served:
        turned_on(tab, served.address)
        until(tab, "document.querySelector('#meter.loud') !== null")
        take(tab, 2.5)
        assert tab.locator("#advice li", has_text="Too loud").is_visible()
    tab.close()
    assert problems == []


def test_hostile_prompts_do_nothing(tmp_path: Path, tab: Any) -> None:
    hostile = "<script>window.broken = true</script><img src=x onerror='window.broken = true'> say it"
    with running(record(opened(tmp_path / "<b>x", [hostile])), LARGEST, microphone=True) as served:
        tab.goto(served.address)
        until(tab, "document.getElementById('prompt').textContent !== ''")
        assert tab.locator("#prompt").inner_text() == hostile
        assert tab.evaluate("window.broken === undefined") and tab.locator("b, main img").count() == 0


def test_a_sentence_is_written_from_the_side_of_its_language(tmp_path: Path, tab: Any) -> None:
    session = Session.open(tmp_path, "ar", ["مرحبا بكم في بيتنا الصغير."])
    with running(record(session), LARGEST, microphone=True) as served:
        tab.goto(served.address)
        tab.locator("#prompts button").first.wait_for()
        for name in ("#prompt", "#prompts button span:last-child"):
            side = tab.locator(name).evaluate("e => getComputedStyle(e).direction")
            assert side == "rtl" and tab.locator(name).evaluate("e => e.closest('[lang]').lang") == "ar"


def test_a_refused_microphone_is_said_in_words(session: Session, browser: Any) -> None:
    tab = browser.new_page()
    with running(record(session), LARGEST, microphone=True) as served:
        tab.goto(served.address)
        tab.locator("#prompts button").first.wait_for()
        tab.keyboard.press(" ")
        tab.get_by_text("No microphone:").wait_for()
        stage(tab, "off")
    tab.close()


def test_every_control_has_a_name(session: Session, tab: Any) -> None:
    assert len(SENTENCES) == 3
    with running(record(session), LARGEST, microphone=True) as served:
        turned_on(tab, served.address)
        for control in tab.locator("button, select, input, progress, [role=meter]").all():
            named = control.evaluate(
                "e => e.textContent.trim() || e.getAttribute('aria-label') || e.labels?.[0]?.textContent"
            )
            assert named, control
