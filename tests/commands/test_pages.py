"""`tts-review` and `tts-record` as commands: what they write, print and refuse, and that Ctrl-C ends them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tts.commands import record, review
from tts.commands.cli import command
from tts.data.manifest import corpus_folder
from tts.storage.locks import exclusive


@pytest.fixture
def corpus(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "my corpus's"))


def test_a_report_is_written_without_a_server(corpus: Path, call: Callable[..., Any]) -> None:
    result = call(review.main, f"corpus.out={corpus}", "serve=false")
    assert result.status == 0, result.err
    report = (corpus / "report.html").read_text("utf-8")
    assert result.out == f"report: {corpus}/report.html\n" and "<script" not in report
    assert "To record next" in report and 'src="audio/' in report and "12</b>utterances" in report
    assert len((corpus / "measures.jsonl").read_text().splitlines()) == 12


def test_an_aligner_s_ranking_comes_first(corpus: Path, call: Callable[..., Any]) -> None:
    ids = [json.loads(line)["id"] for line in (corpus / "manifest.jsonl").read_text("utf-8").splitlines()]
    head = "id\tdeviation\tleast_certain_phone\tat\tits_confidence\ttext\tmisfit\tfile\n"
    (corpus / "timings").mkdir()
    (corpus / "timings/ranking.tsv").write_text(
        f'{head}{ids[7]}\t-9.10\ta\t0.1\t0.2\t"x\t1.40\t\n{ids[3]}\t-4\tb\t0\t0\t\t\t\n'
    )
    assert call(review.main, f"corpus.out={corpus}", "serve=false", f"timings={corpus}/timings").status == 0
    report = (corpus / "report.html").read_text("utf-8")
    first = re.findall(r'<article[^>]*aria-label="([^"]*)"', report)[:2]
    assert first == [ids[7], ids[3]] and "sounds like another text" in report and "least at b" in report
    result = call(review.main, f"corpus.out={corpus}", "serve=false", f"timings={corpus}")
    assert result.status == 1 and "no ranking" in result.errors[0] and "tts-align" in result.errors[0]


def test_a_prepared_corpus_is_named_by_its_folder(prepared: Path, call: Callable[..., Any]) -> None:
    for name, *rest in (("review",), ("train",), ("evaluate", "metric=speech", "voice=base")):
        configs: list[dict[str, Any]] = []
        assert call(command(configs.append, name, prepared=True), f"corpus={prepared}/", *rest).status == 0
        assert corpus_folder(configs[0]["corpus"]) == prepared and configs[0]["corpus"]["name"] == "espeak"
    result = call(review.main, f"corpus={prepared.parent}")
    assert result.status == 1 and "no prepared corpus here" in result.errors[0]


def test_a_folder_that_is_not_prepared_is_said_to_be_none(
    tmp_path: Path, call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_recordings").mkdir()
    result = call(review.main, "corpus=my_recordings")
    assert result.status == 1 and "my_recordings: no prepared corpus here" in result.errors[0]
    assert "tts-prepare" in result.errors[0] and "may still be at it" not in result.errors[0]
    with exclusive(tmp_path / "my_recordings", "corpus.out"):
        result = call(review.main, "corpus=my_recordings")
    assert f"process {os.getpid()} on " in result.errors[0] and "may still be at it" in result.errors[0]
    assert "no such config" in call(review.main, "corpus=nothing").errors[0]


@pytest.mark.parametrize("port", ["-1", "65536", "x"])
def test_a_port_that_cannot_be_is_refused(port: str, call: Callable[..., Any]) -> None:
    for main in (call(record.main, "out=new", f"port={port}"), call(review.main, "corpus.name=x", f"port={port}")):
        assert main.status == 1 and "port" in main.errors[0]
    assert list(Path.cwd().iterdir()) == []


def test_recording_needs_a_folder_of_its_own_and_sentences(call: Callable[..., Any], tmp_path: Path) -> None:
    pytest.importorskip("fastapi")
    (tmp_path / "full").mkdir()
    (tmp_path / "full/thesis.doc").write_text("mine")
    assert "out is missing" in call(record.main).errors[0]
    assert "thesis.doc" in call(record.main, f"out={tmp_path}/full").errors[0]
    assert "sentences=FILE" in call(record.main, "out=new", "language=ru").errors[0]
    assert "nowhere.txt" in call(record.main, "out=new", "sentences=nowhere.txt").errors[0]
    assert list(Path.cwd().iterdir()) == []


def test_without_the_extra_it_is_named(call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fastapi", None)
    for module in ("tts.pages.record", "tts.pages.review", "tts.pages.server"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    assert "smma-tts[serve]" in call(record.main, "out=new").errors[0]


def test_a_folder_that_was_begun_keeps_its_own_sentences(
    call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("fastapi")
    from tts.pages import server

    monkeypatch.setattr(server, "serve", lambda *_, **__: None)
    (tmp_path / "mine.txt").write_text("One sentence.\nAnother.\n")
    assert call(record.main, "out=mine", f"sentences={tmp_path}/mine.txt").status == 0
    assert call(record.main, "out=mine").status == 0
    prompts = json.loads(Path("mine/session/prompts.json").read_text("utf-8"))["prompts"]
    assert {prompt["text"] for prompt in prompts} == {"One sentence.", "Another."}
    assert "language=en-us" in call(record.main, "out=mine", "language=de").errors[0]


def test_ctrl_c_ends_the_server_and_the_next_command_is_printed(tmp_path: Path) -> None:
    pytest.importorskip("fastapi")
    started = subprocess.Popen(
        [sys.executable, "-m", "tts.commands.record", "out=mine", "browser=false"], cwd=tmp_path, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert started.stdout is not None
    address = re.search(r"http://127\.0\.0\.1:\d+/[\w-]{32}/", started.stdout.readline())
    assert address is not None
    with urllib.request.urlopen(f"{address[0]}state", timeout=20) as answer:
        assert len(json.load(answer)["prompts"]) > 500
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=30)
    assert started.returncode == 0, err
    assert "tts-prepare corpus=auto corpus.root=mine" in out and "Traceback" not in err
