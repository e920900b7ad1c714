"""What a run validated last, as files in its folder and as the server shows it."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import soundfile
from PIL import Image

from tests.serving.conftest import HERE
from tts.reporting.last_validation import CARD, FOLDER, read_shown, read_validation
from tts.serving.config import ServeConfig
from tts.serving.server import make_app
from tts.serving.service import Service
from tts.serving.voices import Library
from tts.training.monitoring import pictures


def get(run: Path, path: str, shows: bool = True, **more: Any) -> httpx.Response:
    async def ask() -> httpx.Response:
        service = Service(ServeConfig(voices=str(run), reload=0, validation=shows), Library(str(run)))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(make_app(service)), base_url=HERE) as client:
            answer = await client.get(path, **more)
        service.engine.close()
        return answer

    return asyncio.run(ask())


@pytest.fixture
def run(tiny_run: Path, tmp_path: Path) -> Path:
    """A copy, to change."""
    return shutil.copytree(tiny_run, tmp_path / "tiny")


def test_a_run_leaves_its_last_validation(tiny_run: Path) -> None:
    card = read_validation(tiny_run)
    assert card is not None and card.step > 0 and card.values["mel"] > 0
    for number, utterance in enumerate(card.utterances, 1):
        assert utterance.text and utterance.id
        lengths = []
        for kind in ("recording", "reconstructed", "synthesised"):
            wav, rate = soundfile.read(tiny_run / FOLDER / f"shown_{number}_{kind}.wav")
            assert rate == 24000 and abs(wav).max() > 0
            lengths.append(len(wav))
        assert abs(lengths[0] - lengths[1]) < 0.05 * 24000
        with Image.open(tiny_run / FOLDER / f"shown_{number}.png") as picture:
            assert min(picture.size) > 100


def test_the_server_shows_it_where_it_is_asked_to(run: Path) -> None:
    card = get(run, "/v1/validation").json()
    known = read_validation(run)
    assert known is not None
    assert card["model"] == "tiny" and card["step"] == known.step
    assert [one["text"] for one in card["utterances"]] == [one.text for one in known.utterances]
    assert get(run, "/v1/voices").json()["validation"]
    sound = get(run, "/v1/validation/shown_1_recording.wav?model=tiny")
    assert sound.headers["content-type"] == "audio/wav"
    assert sound.content == (run / FOLDER / "shown_1_recording.wav").read_bytes()
    Image.open(io.BytesIO(get(run, "/v1/validation/shown_1.png").content)).verify()

    assert not get(run, "/v1/voices", shows=False).json()["validation"]
    for path in ("/v1/validation", "/v1/validation/shown_1.png"):
        assert get(run, path, shows=False).status_code == 404


@pytest.mark.parametrize(
    "name", ["shown_9.png", "validation.json", "..%2Fconfig.yaml", "shown_1.png%00", "shown_1_.wav"]
)
def test_other_files_are_not_given(run: Path, name: str) -> None:
    assert get(run, f"/v1/validation/{name}").status_code == 404


def test_links_large_files_and_damaged_cards_are_none(run: Path) -> None:
    picture = run / FOLDER / "shown_1.png"
    picture.unlink()
    picture.symlink_to(run / "config.yaml")
    assert read_shown(run, "shown_1.png") is None
    (run / FOLDER).rename(run / "elsewhere")
    (run / FOLDER).symlink_to(run / "elsewhere")
    assert read_shown(run, "shown_2.png") is None and read_validation(run) is None
    (run / FOLDER).unlink()
    (run / "elsewhere").rename(run / FOLDER)
    with (run / FOLDER / "shown_1_recording.wav").open("r+b") as file:
        file.truncate(1 << 26)
    assert read_shown(run, "shown_1_recording.wav") is None
    for damaged in ("", "[]", '{"step": "x"}', json.dumps({"step": 1, "values": {}, "utterances": [{"id": 1}]})):
        (run / FOLDER / CARD).write_text(damaged, "utf-8")
        assert read_validation(run) is None
        assert get(run, "/v1/validation").json()["step"] is None


def test_what_cannot_be_shown_does_not_end_a_run(
    make_trainer: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(view: Any) -> Any:
        raise RuntimeError("no picture today")

    for name in pictures.VALIDATION:
        monkeypatch.setitem(pictures.VALIDATION, name, fails)
    make_trainer(tmp_path / "drawn", "debug=fast").fit()
    card = read_validation(tmp_path / "drawn")
    assert card is not None and (tmp_path / "drawn" / FOLDER / "shown_1_recording.wav").is_file()
    assert not list((tmp_path / "drawn" / FOLDER).glob("*.png"))

    (tmp_path / "full").mkdir()
    (tmp_path / "full" / ".smma-tts.json").write_text('{"made_by": "smma-tts", "kind": "training"}', "utf-8")
    (tmp_path / "full" / FOLDER).write_text("in the way", "utf-8")
    make_trainer(tmp_path / "full", "debug=fast").fit()
    assert "is not kept for tts-serve" in caplog.text and (tmp_path / "full/voice/voice.json").is_file()
