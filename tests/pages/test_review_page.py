"""The page of `tts-review` in a browser: texts changed, accepted, rejected and taken back; hostile texts do nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra `serve` is not installed")
from tests.pages.corpora import HOSTILE, corpus, corrections, inspected
from tests.pages.served import running, shoot, until
from tts.pages.report import write_report
from tts.pages.review import review

TEXTS = {
    f"u{i:02d}": f"one two three {word}"
    for i, word in enumerate(["four", "five", "six", "seven", "eight", "nine", "ten"])
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return corpus(tmp_path / "mine", {**TEXTS, "hostile": HOSTILE}, speaker="<b>me</b>")


def test_a_text_is_changed_by_keys_alone(folder: Path, page: Any) -> None:
    with running(review(lambda: inspected(folder))) as served:
        page.goto(served.address + "?show=all")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("e")
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type("What was said.")
        page.keyboard.press("Enter")
        page.get_by_text("Saved. Read as what was said.").wait_for()
        assert corrections(folder)["u01"] == {"id": "u01", "was": TEXTS["u01"], "text": "What was said.", "verdict": ""}
        assert page.get_by_text("1 change waits").is_visible()
        page.reload()
        assert page.locator("[data-id=u01] textarea").input_value() == "What was said."
        assert page.get_by_text("1 change waits").is_visible()


def test_accept_and_reject_go_on_to_the_next_and_undo_takes_back(folder: Path, page: Any) -> None:
    with running(review(lambda: inspected(folder))) as served:
        page.goto(served.address + "?show=all")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("a")
        until(page, "document.activeElement.dataset.id === 'u01'")
        page.keyboard.press("r")
        until(page, "document.activeElement.dataset.id === 'u02'")
        assert {id: c["verdict"] for id, c in corrections(folder).items()} == {"u00": "accepted", "u01": "rejected"}
        page.keyboard.press("ArrowUp")
        page.keyboard.press("u")
        page.locator("[data-id=u01][data-verdict='']").wait_for()
        assert list(corrections(folder)) == ["u00"]


def test_the_mouse_does_the_same(folder: Path, page: Any) -> None:
    with running(review(lambda: inspected(folder))) as served:
        page.goto(served.address)
        card = page.locator("[data-id=u03]")
        card.get_by_label("Text of u03").fill("Else.")
        card.get_by_role("button", name="Save text").click()
        card.get_by_text("Saved.").wait_for()
        assert corrections(folder)["u03"]["text"] == "Else."


def test_a_text_that_cannot_be_spoken_is_refused_in_words(folder: Path, page: Any, problems: list[str]) -> None:
    with running(review(lambda: inspected(folder))) as served:
        page.goto(served.address)
        card = page.locator("[data-id=u03]")
        card.get_by_label("Text of u03").fill("?!")
        with page.expect_response("**/correction") as answer:
            card.get_by_role("button", name="Save text").click()
        assert answer.value.status == 422
        card.get_by_text("Not saved: nothing to pronounce").wait_for()
        assert corrections(folder) == {}
        problems.clear()  # the browser logs every 422


def test_the_sound_plays_and_the_picture_is_there(folder: Path, page: Any) -> None:
    with running(review(lambda: inspected(folder))) as served:
        page.goto(served.address + "?show=all")
        page.keyboard.press("ArrowDown")
        page.keyboard.press(" ")
        until(page, "document.querySelector('[data-id=u00] audio').currentTime > 0.1")
        until(page, "document.querySelector('[data-id=u00] img').naturalWidth > 50")
        shoot(page, "review")


def test_hostile_texts_do_nothing(folder: Path, page: Any) -> None:
    report = write_report(inspected(folder))
    with running(review(lambda: inspected(folder))) as served:
        for address in (
            report.as_uri(),
            served.address,
            served.address + "?find=%22%3E%3Cscript%3Ewindow.broken%3Dtrue%3C/script%3E",
        ):
            page.goto(address)
            page.wait_for_timeout(200)
            assert page.evaluate("window.broken === undefined"), address
        page.goto(served.address + "?show=all")
        assert page.get_by_label("Text of hostile").input_value() == HOSTILE
        card = page.locator("[data-id=u03]")
        card.get_by_label("Text of u03").fill(HOSTILE)
        card.get_by_role("button", name="Save text").click()
        card.get_by_text("Saved.").wait_for()
        page.reload()
        assert card.get_by_label("Text of u03").input_value() == HOSTILE
        assert page.evaluate("window.broken === undefined")
        assert page.locator("article b").count() == 0


def test_the_report_shows_all_without_a_server_and_asks_no_host(folder: Path, page: Any) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    report = write_report(inspected(folder))
    page.goto(report.as_uri())
    page.locator("article audio").first.evaluate("player => player.play()")
    until(page, "document.querySelector('article audio').currentTime > 0.1")
    until(page, "[...document.images].every(i => i.naturalWidth > 50)")
    assert page.locator("textarea, button, script").count() == 0
    assert page.locator("figure svg").count() == 4  # noise has no pitch
    assert all(url.startswith(("file:", "data:")) for url in asked)
    shoot(page, "report")


def test_what_another_person_corrected_meanwhile_is_not_undone(folder: Path, page: Any, problems: list[str]) -> None:
    with running(review(lambda: inspected(folder))) as served:
        page.goto(served.address + "?show=all")
        page.get_by_label("Text of u03").fill("Mine.")
        other = page.context.browser.new_page()
        other.goto(served.address + "?show=all")
        for id in ("u01", "u03"):
            other.get_by_label(f"Text of {id}").fill("Theirs.")
            other.get_by_label(f"Text of {id}").press("Enter")
            other.locator(f"[data-id={id}]").get_by_text("Saved.").wait_for()
        other.close()
        for id, shown in {"u01": "Theirs.", "u03": "Mine."}.items():
            card = page.locator(f"[data-id={id}]")
            card.focus()
            page.keyboard.press("a")
            card.get_by_text("Not saved: it was changed elsewhere meanwhile").wait_for()
            assert "Theirs." in card.locator(".said").inner_text()
            assert corrections(folder)[id] == {"id": id, "was": TEXTS[id], "text": "Theirs.", "verdict": ""}
            assert card.locator("textarea").input_value() == shown
            page.keyboard.press("a")
            card.get_by_text("Saved.").wait_for()
            assert corrections(folder)[id] == {"id": id, "was": TEXTS[id], "text": shown, "verdict": "accepted"}
        problems.clear()  # the browser logs every 409


def test_keys_pressed_at_once_are_saved_one_after_the_other(folder: Path, page: Any) -> None:
    with running(review(lambda: inspected(folder))) as served:
        page.goto(served.address + "?show=all")
        page.keyboard.press("ArrowDown")
        page.evaluate("""() => {
            const press = (key) => new KeyboardEvent("keydown", { key, bubbles: true });
            for (const key of "aur") document.activeElement.dispatchEvent(press(key));
        }""")
        page.locator("[data-id=u00][data-verdict=rejected]").wait_for()
        assert corrections(folder)["u00"]["verdict"] == "rejected"


def test_escape_leaves_a_text_as_it_was(folder: Path, page: Any) -> None:
    with running(review(lambda: inspected(folder))) as served:
        page.goto(served.address + "?show=all")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("e")
        page.keyboard.type(" More.")
        page.keyboard.press("Escape")
        assert page.get_by_label("Text of u00").input_value() == TEXTS["u00"]
        page.keyboard.press("a")  # so the keys have their meaning again
        until(page, "document.activeElement.dataset.id === 'u01'")
        assert corrections(folder)["u00"] == {"id": "u00", "was": TEXTS["u00"], "text": "", "verdict": "accepted"}


def test_keys_go_on_from_a_button_that_was_pressed(folder: Path, page: Any) -> None:
    with running(review(lambda: inspected(folder))) as served:
        page.goto(served.address + "?show=all")
        card = page.locator("[data-id=u00]")
        card.get_by_label("Text of u00").fill("Else.")
        card.get_by_role("button", name="Save text").press("Enter")
        card.get_by_text("Saved.").wait_for()
        page.keyboard.press("ArrowDown")
        until(page, "document.activeElement.dataset.id === 'u01'")
        page.locator("[data-id=u01]").get_by_role("button", name="Reject").focus()
        page.keyboard.press("a")
        until(page, "document.activeElement.dataset.id === 'u02'")
        page.get_by_role("button", name="Show").focus()
        page.keyboard.press("a")  # no utterance's
        page.wait_for_timeout(100)
        assert {id: c["verdict"] for id, c in corrections(folder).items()} == {"u00": "", "u01": "accepted"}


def test_a_text_is_written_from_the_side_of_its_language(tmp_path: Path, page: Any) -> None:
    folder = corpus(tmp_path / "mine", {"he": "שלום עולם, זה משפט.", "en": "one two", "again": "שלום עולם, זה משפט."})
    report = write_report(inspected(folder))

    def from_the_right(shown: str) -> list[bool]:
        return page.locator(shown).evaluate_all("all => all.map((e) => getComputedStyle(e).direction === 'rtl')")

    page.goto(report.as_uri())
    assert sorted(from_the_right("article .text")) == [False, True, True]
    assert from_the_right("td:has-text('שלום')") == [True]  # of the duplicates
    with running(review(lambda: inspected(folder))) as served:
        page.goto(served.address + "?show=all")
        field = page.get_by_label("Text of en")
        field.fill("שלום לכם")
        field.press("Enter")
        page.get_by_text("Saved.").wait_for()
        assert from_the_right("textarea") == [True, True, True]
        page.reload()
        assert field.input_value() == "שלום לכם" and from_the_right("textarea") == [True, True, True]


def test_pages_find_and_show(folder: Path, page: Any) -> None:
    with running(review(lambda: inspected(folder))) as served:
        page.goto(served.address)
        page.get_by_label("with").fill("seven")
        page.get_by_role("button", name="Show").click()
        page.get_by_text("1 utterance", exact=True).wait_for()
        assert page.locator("article").get_attribute("data-id") == "u03"


def test_what_was_rejected_and_is_gone_can_be_taken_back(tmp_path: Path, page: Any) -> None:
    folder = corpus(tmp_path / "mine", TEXTS)
    (folder / "corrections.jsonl").write_text('{"id": "gone", "was": "once here", "text": "", "verdict": "rejected"}\n')
    with running(review(lambda: inspected(folder))) as served:
        page.goto(served.address + "?show=changed")
        page.get_by_role("button", name="Take it back").click()
        page.get_by_text("Saved.").wait_for()
        assert corrections(folder) == {}


def test_a_server_that_ended_is_said(folder: Path, browser: Any) -> None:
    tab = browser.new_page()
    with running(review(lambda: inspected(folder))) as served:
        tab.goto(served.address)
    card = tab.locator("[data-id=u03]")
    card.get_by_label("Text of u03").fill("Else.")
    card.get_by_role("button", name="Save text").click()
    card.get_by_text("Not saved: the server does not answer").wait_for()
    tab.close()


def test_a_corpus_that_was_prepared_again_is_shown_as_it_is_now(folder: Path, page: Any) -> None:
    with running(review(lambda: inspected(folder))) as served:
        page.goto(served.address)
        lines = (folder / "manifest.jsonl").read_text("utf-8").splitlines(keepends=True)
        (folder / "manifest.jsonl").unlink()
        page.reload()
        page.get_by_text("8 utterances").wait_for()
        (folder / "manifest.jsonl").write_text("".join(lines[:3]), "utf-8")
        page.reload()
        page.get_by_text("3 utterances").wait_for()


def test_a_correction_of_a_text_that_is_another_by_now_is_not_shown(tmp_path: Path, page: Any) -> None:
    folder = corpus(tmp_path / "mine", TEXTS)
    (folder / "corrections.jsonl").write_text(
        '{"id": "u01", "was": "long ago", "text": "old", "verdict": "accepted"}\n'
    )
    with running(review(lambda: inspected(folder))) as served:
        page.goto(served.address + "?show=all")
        assert page.get_by_label("Text of u01").input_value() == TEXTS["u01"]
        card = page.locator("[data-id=u01]")
        card.get_by_label("Text of u01").fill("New.")
        card.get_by_role("button", name="Save text").click()
        card.get_by_text("Saved.").wait_for()
        assert corrections(folder)["u01"] == {"id": "u01", "was": TEXTS["u01"], "text": "New.", "verdict": "accepted"}
