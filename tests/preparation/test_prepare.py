"""A preparation that is stopped, run again, or meets what kills it."""

import dataclasses
import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from recordings import AUDIO, RATE, TEXT, die, fail, reasons, rec, run, spoken

from tts.audio import waveform
from tts.corpora.corpus import Recording, Sound
from tts.corpora.lists.layouts import LJSpeech
from tts.data.manifest import read_manifest
from tts.errors import UserError
from tts.preparation import prepare as preparation
from tts.preparation.limits import Limits
from tts.preparation.prepare import prepare


def test_stopped_preparation_goes_on_and_changes_are_noticed(tmp_path: Path, monkeypatch) -> None:
    calls: list[str] = []
    original = preparation.UtteranceMaker.__call__

    def watched(self, recording):
        if recording.id == "stop":
            raise KeyboardInterrupt
        calls.append(recording.id)
        return original(self, recording)

    monkeypatch.setattr(preparation.UtteranceMaker, "__call__", watched)
    a, b = rec("a", spoken(1.0)), rec("b", spoken(1.0), "four five")
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, a, rec("stop", spoken(1.0)), b)
    assert calls == ["a"] and not (tmp_path / "manifest.jsonl").exists()
    run(tmp_path, a, b)
    assert calls == ["a", "b"]
    first = (tmp_path / "manifest.jsonl").read_bytes()
    run(tmp_path, a, b)
    assert calls == ["a", "b"] and (tmp_path / "manifest.jsonl").read_bytes() == first
    run(tmp_path, dataclasses.replace(a, stamp="new"), b)
    assert calls == ["a", "b", "a"]
    run(tmp_path, a, b, limits=Limits(margin_seconds=0.05))
    assert calls[3:] == ["a", "b"]


def test_a_corpus_that_is_half_prepared_again_is_not_taken_for_finished(tmp_path: Path) -> None:
    def stop() -> Sound:
        raise KeyboardInterrupt

    run(tmp_path, rec("a", spoken(1.0)), rec("b", spoken(1.0)))
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, rec("a", spoken(1.5), stamp="new"), Recording("b", "me", "one two", stop, stamp="new"))
    with pytest.raises(UserError, match="no prepared corpus"):
        read_manifest(tmp_path)


def test_trying_the_rejected_again_leaves_a_finished_corpus_finished(tmp_path: Path) -> None:
    def stop() -> Sound:
        raise KeyboardInterrupt

    def denied() -> Sound:
        raise PermissionError("no")

    good = rec("a", spoken(1.0))
    run(tmp_path, good, Recording("b", "me", "one two", denied))
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, good, Recording("b", "me", "one two", stop))
    assert [u.id for u in read_manifest(tmp_path).utterances] == ["a"]


def test_what_may_have_been_mended_is_tried_again_and_what_the_recording_says_is_not(tmp_path: Path) -> None:
    def lacking(error: Exception) -> Sound:
        raise error

    good, short = rec("good", spoken(1.0)), rec("short", spoken(0.05))
    failing = [
        Recording(id, "me", "one two three", partial(lacking, error))
        for id, error in (("denied", PermissionError("no")), ("memory", MemoryError()), ("codec", UserError("what?")))
    ]
    run(tmp_path, good, short, *failing)
    assert set(reasons(tmp_path)) == {"short", "denied", "memory", "codec"}
    mended = [dataclasses.replace(f, load=good.load) for f in failing]
    run(tmp_path, good, dataclasses.replace(short, load=fail), *mended)
    assert set(reasons(tmp_path)) == {"short"} and reasons(tmp_path)["short"] != "unreadable or empty audio"
    assert len(read_manifest(tmp_path).utterances) == 4


def test_a_recording_that_kills_its_process_is_lost_alone_each_time(tmp_path: Path) -> None:
    recordings = [rec(f"r{i}", spoken(0.8 + 0.1 * i)) for i in range(3)]
    bomb = Recording("bomb", "me", "boom", die)
    run(tmp_path / "many", recordings[0], bomb, *recordings[1:], workers=1)
    run(tmp_path / "one", *recordings)
    assert reasons(tmp_path / "many") == {"bomb": "failed"}
    assert "its process ended with status 11" in (tmp_path / "many/rejected.tsv").read_text()
    assert (tmp_path / "many/manifest.jsonl").read_bytes() == (tmp_path / "one/manifest.jsonl").read_bytes()
    run(tmp_path / "many", recordings[0], bomb, *recordings[1:], workers=2)
    assert reasons(tmp_path / "many") == {"bomb": "failed"}


def test_a_damaged_journal_costs_time_and_nothing_else(tmp_path: Path) -> None:
    run(tmp_path, rec("a", spoken(1.0)), rec("b", spoken(1.0)))
    first = (tmp_path / "manifest.jsonl").read_bytes()
    with (tmp_path / "prepared.jsonl").open("a") as journal:
        journal.write('[1]\n7\n{"id": 3, "key": "", "accepted": [], "rejected": []}\n{"id": "b", "key": ')
    run(tmp_path, rec("a", spoken(1.0)), rec("b", spoken(1.0)))
    assert (tmp_path / "manifest.jsonl").read_bytes() == first


def test_prepared_from_a_users_folder(tmp_path: Path) -> None:
    (tmp_path / "in/wavs").mkdir(parents=True)
    for name in ("a", "b"):
        waveform.write(tmp_path / "in/wavs" / f"{name}.wav", spoken(1.0), RATE)
    (tmp_path / "in/metadata.csv").write_text("a|One two.\nb|Three four.\nc|Missing.\n")
    prepare(LJSpeech(str(tmp_path / "in")), tmp_path / "out", AUDIO, TEXT, Limits(), 0)
    assert [u.id for u in read_manifest(tmp_path / "out").utterances] == ["a", "b"]
    assert json.loads((tmp_path / "out/report.json").read_text())["rejected"] == {"unreadable or empty audio": 1}
    assert np.isclose(read_manifest(tmp_path / "out").utterances[0].seconds, 1.2, atol=0.03)
