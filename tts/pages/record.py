"""The application of `tts-record`: a page that shows prompts, records them and keeps what is accepted."""

from __future__ import annotations

from html import escape
from threading import Lock

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from tts.pages.document import attributes, document, written_in
from tts.pages.server import application
from tts.pages.takes import LONGEST, Session
from tts.settings.schema import plain


def record(session: Session) -> FastAPI:
    """An application that fills the folder of a session, and writes nowhere else."""
    app = application()
    lock = Lock()

    @app.get("/")
    def page() -> Response:
        return HTMLResponse(_page(session))

    @app.get("/state")
    def state() -> Response:
        with lock:
            return JSONResponse(session.state())

    @app.get("/take/{id}")
    def sound(id: str) -> Response:
        with lock:
            found = session.sound(id)
        return Response(found, media_type="audio/wav") if found is not None else Response(status_code=404)

    @app.put("/take/{id}")
    async def keep(id: str, request: Request) -> Response:
        content = await request.body()  # of a bounded size: tts.pages.guard

        def kept() -> Response:
            with lock:
                return JSONResponse(plain(session.record(id, content)))

        return await run_in_threadpool(kept)

    @app.post("/take/{id}/accept")
    def accept(id: str, draft: str) -> Response:
        with lock:
            session.accept(id, draft)
            return JSONResponse(session.state())

    return app


def _page(session: Session) -> str:
    buttons = (
        ("previous", "← Previous", "arrow left"),
        ("record", "Turn on the microphone", "space"),
        ("hear", "Hear", "p"),
        ("repeat", "Repeat", "r"),
        ("accept", "Accept", "enter"),
        ("next", "Next →", "arrow right"),
    )
    shown = "".join(
        f'<button type=button class="{name}" id="{name}">{escape(label)}</button>' for name, label, _ in buttons
    )
    keys = ", ".join(
        (
            "<kbd>space</kbd> record and stop", "<kbd>enter</kbd> accept and go on", "<kbd>r</kbd> repeat",
            "<kbd>p</kbd> hear", "<kbd>←</kbd> <kbd>→</kbd> other prompts",
        )
    )  # fmt: skip
    parts = [
        f"<h1>Record</h1><p class=soft>Into <code>{escape(str(session.folder))}</code>. "
        f"{len(session.prompts)} prompts in {escape(session.language)}.</p>",
        '<main><section class=stage id=stage data-state=off aria-label="Prompt">',
        "<p class=soft id=place></p>",
        f"<p class=prompt id=prompt tabindex=-1{attributes(written_in(session.language))}></p>",
        '<svg class=meter id=meter viewBox="-60 0 60 10" preserveAspectRatio="none" role="meter" aria-label="Level" '
        'aria-valuemin="-60" aria-valuemax="0" aria-valuenow="-60">'
        '<rect x="-60" y="0" width="0" height="10"/>'
        '<line x1="-1" x2="-1" y1="0" y2="10" vector-effect="non-scaling-stroke"/></svg>',
        "<p class=soft id=peak>The microphone is off.</p>",
        f"<div class=row>{shown}</div>",
        "<p class=said id=said role=status></p><ul class=advice id=advice aria-live=polite></ul>",
        "</section>",
        f"<p class=keys>{keys}.</p>",
        "<div class=row><label>Microphone <select id=microphone>"
        '<option value="">the usual one</option></select></label>'
        "<label><input type=checkbox id=playback checked> hear each take at once</label></div>",
        '<progress id=progress value=0 max=1 aria-label="Recorded"></progress><p class=soft id=summary></p>',
        f"<h2>Prompts</h2><ol class=prompts id=prompts{attributes(written_in(session.language))}></ol>",
        "<noscript><p>Recording needs JavaScript.</p></noscript></main>",
    ]
    page = document("Record", parts, script="static/record.js")
    return page.replace("<body>", f"<body data-longest={LONGEST:.0f}>")
