"""The application of `tts-review`: the report of a corpus, with texts that can be changed.

Nothing but `corrections.jsonl` in the corpus's folder is written, and only utterances of its manifest are named in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from html import escape
from threading import Lock
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import FastAPI, Query
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, Field

from tts.audio import waveform
from tts.data.manifest import recording_of
from tts.errors import UserError
from tts.inspection.inspection import Inspection
from tts.inspection.suspicious import Suspect
from tts.pages.document import attributes, document
from tts.pages.pictures import mel_png
from tts.pages.report import Media, card, details, overview
from tts.pages.server import application
from tts.preparation.corrections import MOST_LETTERS, Correction, Corrections, Verdict, correct, read_corrections
from tts.preparation.utterance import control_character, one_line
from tts.settings.schema import parse
from tts.storage.files import stamp
from tts.text.config import TextConfig
from tts.text.frontend import front_end
from tts.text.ipa import ipa

SHOWN = 20
"""Utterances on a page."""
LARGEST = 2**17
"""Bytes of a request."""
Show = Literal["suspicious", "duplicates", "changed", "all"]
SHOWS: dict[Show, str] = {
    "suspicious": "the most suspicious first",
    "duplicates": "duplicates",
    "changed": "what was changed or rejected here",
    "all": "all, in their order",
}


class State(BaseModel):
    """What a page shows of an utterance."""

    text: str
    verdict: Verdict = ""


class Change(BaseModel):
    """What the page sends of an utterance."""

    id: str = Field(max_length=300)
    text: str = Field(max_length=MOST_LETTERS)
    verdict: Verdict = ""
    seen: State
    """What it showed before: where that is another by now, somebody would undo what another person did."""


@dataclass(frozen=True)
class _Asked:
    """Which utterances a page shows."""

    show: Show
    find: str
    page: int

    def address(self, page: int) -> str:
        return "?" + urlencode({"show": self.show, "find": self.find, "page": page})


class _Shown:
    """The corpus as it was inspected last: again once it was prepared again."""

    def __init__(self, inspect: Callable[[], Inspection]) -> None:
        self._inspect, self._lock = inspect, Lock()
        self._take()

    def _take(self) -> None:
        self.inspection = self._inspect()
        self.above, self.below = overview(self.inspection), details(self.inspection)
        self._seen = self._manifest()

    def current(self) -> Inspection:
        """What is there now; while it is being prepared, what was there before."""
        with self._lock:
            if self._manifest() not in ("", self._seen):
                self._take()
            return self.inspection

    def _manifest(self) -> str:
        try:
            return stamp(self.inspection.corpus.folder / "manifest.jsonl")
        except OSError:
            return ""


def review(inspect: Callable[[], Inspection]) -> FastAPI:
    """An application that shows a corpus and takes corrections of it.

    Parameters
    ----------
    inspect: called now, and whenever the corpus was prepared again.
    """
    app = application()
    shown, writing = _Shown(inspect), Lock()
    folder = shown.inspection.corpus.folder

    @app.get("/")
    def page(
        show: Show = "suspicious",
        find: Annotated[str, Query(max_length=200)] = "",
        page: Annotated[int, Query(ge=1)] = 1,
    ) -> Response:
        current = shown.current()
        chosen = _page(current, read_corrections(folder), _Asked(show, find, page))
        parts = [*shown.above, *chosen, *shown.below]
        return HTMLResponse(document(f"{current.corpus.info.name}: review", parts, script="static/review.js"))

    @app.get("/sound")
    def sound(id: str) -> Response:
        corpus, suspect = shown.inspection.corpus, shown.inspection.by_id.get(id)
        if suspect is None or not (path := corpus.audio_path(suspect.utterance)).is_file():
            return Response(status_code=404)
        return FileResponse(path, media_type="audio/flac")

    @app.get("/picture")
    def picture(id: str) -> Response:
        corpus, suspect = shown.inspection.corpus, shown.inspection.by_id.get(id)
        if suspect is None:
            return Response(status_code=404)
        wav = waveform.read(corpus.audio_path(suspect.utterance), corpus.info.sample_rate)
        return Response(mel_png(wav, corpus.info.sample_rate), media_type="image/png")

    @app.put("/correction")
    def change(wanted: Change) -> Response:
        inspection = shown.current()
        text = one_line(wanted.text)
        read = front_end(parse(TextConfig, inspection.corpus.info.text, "text"))
        with writing:
            now = _now(inspection, read_corrections(folder), wanted.id)
            known = State(text=now.text or now.was, verdict=now.verdict)
            if known not in (wanted.seen, State(text=text, verdict=wanted.verdict)):
                return JSONResponse(known.model_dump() | {"original": now.was}, 409)
            if text not in (known.text, now.was) and (found := control_character(text)):
                raise UserError(f"it holds the control character {found}; delete it")
            said = ipa(read(text))  # which raises where it cannot be pronounced
            correct(folder, replace(now, text=text, verdict=wanted.verdict))
            waiting = _waiting(inspection, read_corrections(folder))
        return JSONResponse({"text": text, "verdict": wanted.verdict, "phones": said, "waiting": waiting})

    return app


def _now(inspection: Inspection, known: Corrections, id: str) -> Correction:
    """What is known of an utterance: its correction, or one that says nothing yet.

    Raises
    ------
    UserError: there is no such utterance, or its text is too long for a correction.
    """
    suspect, earlier = inspection.by_id.get(id), known.by_id.get(id)
    valid = earlier if suspect is None else _valid(earlier, suspect)  # rejected before it was prepared again
    if valid is not None:
        return valid
    if suspect is None:
        raise UserError("no such utterance in this corpus; reload the page")
    if len(suspect.utterance.text) > MOST_LETTERS:
        raise UserError(f"its text has more than {MOST_LETTERS} characters: cut the recording into shorter ones")
    return Correction(id, suspect.utterance.text)


def _valid(found: Correction | None, suspect: Suspect) -> Correction | None:
    """A correction of an utterance as it is now; of one whose text became another meanwhile, the verdict alone."""
    text = suspect.utterance.text
    if found is None or text in (found.was, found.text):
        return found
    return replace(found, was=text, text="") if found.verdict else None


def _page(inspection: Inspection, corrections: Corrections, asked: _Asked) -> list[str]:
    chosen = list(_chosen(inspection, corrections, asked))
    last = max(1, -(-len(chosen) // SHOWN))
    number = min(asked.page, last)
    shown = chosen[(number - 1) * SHOWN : number * SHOWN]
    by_id = corrections.by_id
    cards = [card(s, inspection, _valid(by_id.get(s.utterance.id), s), _served(s), True) for s in shown]
    return [
        f"<main>{_notice(inspection, corrections)}{_choice(asked)}",
        f"<p class=keys>{KEYS}</p>",
        f"<h2>{len(chosen)} {'utterance' if len(chosen) == 1 else 'utterances'}</h2>",
        *cards,
        *(_gone(inspection, corrections) if asked.show == "changed" else []),
        f"{_pager(asked, number, last)}</main>",
    ]


KEYS = (
    "<kbd>↓</kbd> <kbd>↑</kbd> next and previous, <kbd>space</kbd> hear, <kbd>e</kbd> edit, then <kbd>enter</kbd> "
    "saves and <kbd>esc</kbd> leaves, <kbd>a</kbd> accept, <kbd>r</kbd> reject, <kbd>u</kbd> undo. "
    "A word is read in other ways with phones in braces: <code>{h ə l ˈoʊ}</code>."
)


def _chosen(inspection: Inspection, corrections: Corrections, asked: _Asked) -> Iterator[Suspect]:
    """The utterances asked for; accepted ones are no longer suspicious."""
    by_id, sought = corrections.by_id, asked.find.casefold().strip()
    for id in _order(inspection, corrections, asked.show):
        suspect = inspection.by_id[id]
        if sought and sought not in f"{id} {suspect.utterance.text}".casefold():
            continue
        if asked.show == "suspicious" and not sought and id in by_id and by_id[id].verdict == "accepted":
            continue
        yield suspect


def _order(inspection: Inspection, corrections: Corrections, show: Show) -> Iterable[str]:
    """Ids, of which there may be a million."""
    if show == "suspicious":
        return (s.utterance.id for s in inspection.suspects)
    if show == "duplicates":
        groups = (*inspection.duplicates.sounds, *inspection.duplicates.texts)
        return dict.fromkeys(id for group in groups for id in group)
    if show == "changed":
        return (id for id in corrections.by_id if id in inspection.by_id)
    return (u.id for u in inspection.corpus.utterances)


def _waiting(inspection: Inspection, corrections: Corrections) -> str:
    """How many corrections preparation has not applied yet, in words."""
    count = sum(
        (c.verdict == "rejected" and id in inspection.by_id)
        or bool(c.text and id in inspection.by_id and inspection.by_id[id].utterance.text != c.text)
        for id, c in corrections.by_id.items()
    )
    return f"{count} {'change waits' if count == 1 else 'changes wait'}" if count else "No change waits"


def _notice(inspection: Inspection, corrections: Corrections) -> str:
    return (
        f"<p class=notice><span id=waiting>{_waiting(inspection, corrections)}</span>. Changes are kept in "
        f"<code>{escape(str(inspection.corpus.folder))}/corrections.jsonl</code> and applied when you prepare the "
        "corpus again, with the command that you prepared it with. Your own files stay as they are, unless you give "
        "<code>write_back=true</code> with it.</p>"
    )


def _choice(asked: _Asked) -> str:
    options = "".join(
        f"<option{attributes({'value': value, 'selected': value == asked.show})}>{escape(said)}</option>"
        for value, said in SHOWS.items()
    )
    return (
        f"<form class=row method=get><label>Show <select name=show>{options}</select></label>"
        f'<label>with <input type=search name=find placeholder="words or id"{attributes({"value": asked.find})}>'
        "</label><button>Show</button></form>"
    )


def _pager(asked: _Asked, number: int, last: int) -> str:
    before = f"<a rel=prev{attributes({'href': asked.address(number - 1)})}>previous</a>" if number > 1 else ""
    after = f"<a rel=next{attributes({'href': asked.address(number + 1)})}>next</a>" if number < last else ""
    return f'<nav class=row aria-label="Pages">{before}<span class=soft>page {number} of {last}</span>{after}</nav>'


def _gone(inspection: Inspection, corrections: Corrections) -> list[str]:
    """What was rejected, and is not in the prepared corpus any more."""
    gone = [c for id, c in corrections.by_id.items() if id not in inspection.by_id]
    lines = (
        f"<article{attributes({'data-id': c.id, 'data-original': c.was, 'data-verdict': c.verdict, 'tabindex': '-1'})}>"
        f"<header><h3>{escape(c.id)}</h3><span class=soft>not in the prepared corpus, recording "
        f"{escape(recording_of(c.id))}</span><span class=verdict role=status>{escape(c.verdict)}</span></header>"
        f"<label><span class=hidden>Text of {escape(c.id)}</span>"
        f"<textarea rows=1 maxlength=5000 dir=auto{attributes({'data-was': c.was})}>\n{escape(c.text or c.was)}"
        "</textarea></label><p class=said role=status></p><div class=row>"
        "<button type=button data-do=undo>Take it back <kbd>u</kbd></button></div></article>"
        for c in gone
    )
    return list(lines)


def _served(suspect: Suspect) -> Media:
    named = urlencode({"id": suspect.utterance.id})
    return Media(f"sound?{named}", f"picture?{named}")
