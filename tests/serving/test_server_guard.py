"""Who may ask: tokens, pages of other origins, and names that are not the server's."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.serving.conftest import Told, client_of, service_of
from tts.errors import UserError
from tts.serving.config import TOKEN_VARIABLE, ServeConfig
from tts.settings.schema import parse

TOKEN = "a-token-of-some-length"


def answered(path: str = "/v1/models", method: str = "GET", headers: Any = None, **settings: Any) -> httpx.Response:
    async def run() -> httpx.Response:
        async with client_of(service_of(Told(), **settings)) as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"authorization": f"Bearer {TOKEN}"}, 200),
        ({"authorization": f"bearer {TOKEN}"}, 200),
        ({"authorization": f"Bearer {TOKEN}x"}, 401),
        ({"authorization": TOKEN}, 401),
        ({"authorization": f"Basic {TOKEN}"}, 401),
        ({"authorization": "Bearer é".encode()}, 401),
    ],
)
def test_a_token_is_asked_for(headers: Any, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = answered(headers=headers, token=TOKEN)
    assert answer.status_code == status
    if status == 401:
        assert answer.headers["www-authenticate"] == "Bearer" and TOKEN not in answer.text
    monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
    assert answered(headers=headers).status_code == status
    assert answered("/healthz", headers=headers).status_code == 200
    assert answered("/metrics").status_code == 401


def test_a_token_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(UserError, match="16 characters"):
        parse(ServeConfig, {"voices": "base", "token": "secret"}, "")


@pytest.mark.parametrize(
    ("headers", "settings", "status"),
    [
        ({"origin": "http://127.0.0.1:8000"}, {}, 200),
        ({"origin": "https://evil.example"}, {}, 403),
        ({"origin": "null"}, {}, 403),
        ({"origin": "http://127.0.0.1:9999"}, {}, 403),
        ({"origin": "https://evil.example"}, {"host": "0.0.0.0"}, 403),
        ({"origin": "https://good.example"}, {"origins": ("https://good.example",)}, 200),
        ({"host": "evil.example", "origin": "http://evil.example"}, {}, 403),
        ({"host": "speech.lan:8000"}, {"hosts": ("speech.lan",)}, 200),
        ({"host": "speech.lan"}, {"host": "0.0.0.0"}, 200),
        ({"host": "other.lan"}, {"host": "0.0.0.0", "hosts": ("speech.lan",)}, 403),
        ({"host": "localhost:8000"}, {}, 200),
        ({"host": "[::1]:8000"}, {"host": "::1"}, 200),
        ({"host": "[::1"}, {}, 403),
    ],
)
def test_pages_and_names_of_others_are_refused(headers: Any, settings: Any, status: int) -> None:
    assert answered(headers=headers, **settings).status_code == status


def test_a_page_that_is_let_in_may_ask_first() -> None:
    asked = {
        "origin": "https://good.example", "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }  # fmt: skip
    answer = answered("/v1/audio/speech", "OPTIONS", asked, origins=("https://good.example",), token=TOKEN)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://good.example"
