"""Other sites, other machines and pages that guess are refused, whatever they ask."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra `serve` is not installed")
from tests.pages.corpora import corpus, corrections, inspected
from tests.pages.served import Served, running
from tts.pages.review import review

SEEN = b'"seen": {"text": "one two", "verdict": ""}'
CHANGE = b'{"id": "a", "text": "four", "verdict": "", ' + SEEN + b"}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Path]]:
    folder = corpus(tmp_path_factory.mktemp("guarded") / "mine", {"a": "one two", "b": "three"})
    with running(review(lambda: inspected(folder)), largest=2000) as address:
        yield address, folder


def ask(
    served: Served, method: str = "GET", path: str | None = None, body: bytes | None = None, **headers: str | None
) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers; the headers of the page itself unless others are given, or None to leave one out."""
    own = {
        "Host": f"127.0.0.1:{served.port}",
        "Origin": f"http://127.0.0.1:{served.port}",
        "Content-Type": "application/json",
    }
    own |= {name.replace("_", "-"): value for name, value in headers.items()}  # type: ignore[misc]
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.putrequest(method, f"/{served.secret}/" if path is None else path, skip_host=True)
    for name, value in own.items():
        if value is not None:
            connection.putheader(name, value)
    if body is not None and "Content_Length" not in headers and "Transfer_Encoding" not in headers:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    read = answer.read(), {name.lower(): value for name, value in answer.getheaders()}
    connection.close()
    return answer.status, *read


def put(served: Served, **headers: str | None) -> int:
    return ask(served, "PUT", f"/{served.secret}/correction", CHANGE, **headers)[0]


def test_the_page_itself_may_change_a_text(served: tuple[Served, Path]) -> None:
    assert put(served[0]) == 200 and corrections(served[1])["a"]["text"] == "four"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "", None])
def test_a_name_that_was_pointed_here_is_refused(served: tuple[Served, Path], host: str | None) -> None:
    host = host and host.format(port=served[0].port)
    before = corrections(served[1])
    assert ask(served[0], Host=host)[0] in (400, 421)
    try:
        status = put(served[0], Host=host)
    except ConnectionResetError:  # it closes without reading the body, and its answer may be lost over that
        status = 421
    assert status in (400, 421) and corrections(served[1]) == before


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://localhost:{port}", None]
)
def test_another_site_changes_nothing(served: tuple[Served, Path], origin: str | None) -> None:
    assert put(served[0], Origin=origin and origin.format(port=served[0].port)) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_reads_nothing(served: tuple[Served, Path], site: str) -> None:
    assert ask(served[0], Origin=None, Sec_Fetch_Site=site)[0] == 403
    assert ask(served[0], Origin=None, Sec_Fetch_Site="none")[0] == 200


@pytest.mark.parametrize(
    "path", ["/", "/x/", "/static/style.css", "/{secret}", "/{short}/", "//{secret}/", "/{secret}x/"]
)
def test_without_the_secret_there_is_nothing(served: tuple[Served, Path], path: str) -> None:
    secret = served[0].secret
    status, body, _ = ask(served[0], path=path.format(secret=secret, short=secret[:-1]))
    assert status == 404 and secret.encode() not in body and b"one two" not in body


@pytest.mark.parametrize(
    "path",
    ["sound?id=../corpus.json", "sound?id=%2e%2e%2fcorpus.json", "sound?id=a.flac", "sound?id=",
     "picture?id=../audio/a", "static/../../corpus.json",
     "static/%2e%2e%2fdocument.py", "static/document.py", "docs", "openapi.json"],
)  # fmt: skip
def test_no_path_leads_to_another_file(served: tuple[Served, Path], path: str) -> None:
    assert ask(served[0], path=f"/{served[0].secret}/{path}")[0] == 404


def test_a_body_is_bounded_and_says_how_long_it_is(served: tuple[Served, Path]) -> None:
    address = f"/{served[0].secret}/correction"
    assert ask(served[0], "PUT", address, b"x" * 2001)[0] == 413
    assert ask(served[0], "PUT", address, b"", Content_Length="9" * 50)[0] in (400, 413)
    assert ask(served[0], "PUT", address, b"5\r\nabcde\r\n0\r\n\r\n", Transfer_Encoding="chunked")[0] == 411


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"id": "b"', b'{"id": "../b", "text": "x"', b'{"id": "c", "text": "x"',
     b'{"id": "b", "text": "?!"', b'{"id": "b", "text": "x\\u0000y"', b'{"id": "b", "text": "x \\u009f"',
     b'{"id": "b", "text": "\\ud800"', b'{"id": "b", "text": "x", "verdict": "other"', b'{"id": 3, "text": "x"'],
)  # fmt: skip
def test_a_change_of_anything_else_is_refused(served: tuple[Served, Path], body: bytes) -> None:
    before = corrections(served[1])
    if body.startswith(b'{"'):
        body += b', "seen": {"text": "three"}}'
    status, said, _ = ask(served[0], "PUT", f"/{served[0].secret}/correction", body)
    assert status == 422 and (b"control character U+00" in said) == (b"\\u00" in body)
    assert corrections(served[1]) == before


def test_a_change_of_what_is_another_by_now_is_refused_with_what_it_is(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "mine", {"a": "one two"})
    with running(review(lambda: inspected(folder))) as address:
        assert put(address) == 200
        accepted = b'{"id": "a", "text": "one two", "verdict": "accepted", ' + SEEN + b"}"
        status, said, _ = ask(address, "PUT", f"/{address.secret}/correction", accepted)
        assert status == 409 and json.loads(said) == {"text": "four", "verdict": "", "original": "one two"}
        assert put(address) == 200  # which says what is so already
    assert corrections(folder)["a"] == {"id": "a", "was": "one two", "text": "four", "verdict": ""}


def test_a_text_that_has_a_control_character_in_the_corpus_can_be_accepted(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "mine", {"a": "one\x07two"})
    body = {"id": "a", "text": "one\x07two", "verdict": "accepted", "seen": {"text": "one\x07two"}}
    with running(review(lambda: inspected(folder))) as address:
        assert ask(address, "PUT", f"/{address.secret}/correction", json.dumps(body).encode())[0] == 200
    assert corrections(folder)["a"]["verdict"] == "accepted"


def test_every_answer_has_the_policy(served: tuple[Served, Path]) -> None:
    for path in (None, "/", f"/{served[0].secret}/static/review.js", f"/{served[0].secret}/sound?id=a"):
        headers = ask(served[0], path=path)[2]
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in headers["content-security-policy"] and "unsafe" not in str(headers)
        assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store"


def test_what_cannot_be_written_is_said_and_the_server_goes_on(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "mine", {"a": "one two", "b": "very long " * 600})
    change = b'{"id": "b", "text": "short", "verdict": "rejected", ' + SEEN + b"}"
    with running(review(lambda: inspected(folder))) as address:
        (folder / "corrections.jsonl").mkdir()  # as good as a full disk
        status, said, _ = ask(address, "PUT", f"/{address.secret}/correction", CHANGE)
        assert status == 507 and b"directory" in said
        (folder / "corrections.jsonl").rmdir()
        status, said, _ = ask(address, "PUT", f"/{address.secret}/correction", change)
        assert status == 422 and b"more than 5000 characters" in said
        assert put(address) == 200 and corrections(folder).keys() == {"a"}
