"""Folders that are in use, somebody else's, or prepared before."""

import os
from pathlib import Path

import pytest
import torch
from recordings import RATE, fail, rec, run, spoken

from tts.corpora.corpus import Recording
from tts.data.manifest import read_manifest
from tts.errors import UserError
from tts.preparation.limits import Limits
from tts.storage.locks import exclusive
from tts.storage.ownership import MARK, kind_of


def test_two_preparations_of_one_folder_at_once_are_refused(tmp_path: Path) -> None:
    run(tmp_path, rec("a", spoken(1.0)))
    before = (tmp_path / "manifest.jsonl").read_bytes()
    with (
        exclusive(tmp_path, "corpus.out"),
        pytest.raises(UserError, match=rf"in use by process {os.getpid()} .*corpus\.out=PATH"),
    ):
        run(tmp_path, rec("b", spoken(1.0)))
    assert (tmp_path / "manifest.jsonl").read_bytes() == before


def test_nothing_usable_and_foreign_folders_are_errors(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none of 1 .*silent \(1\).*rejected.tsv"):
        run(tmp_path / "a", rec("quiet", torch.zeros(RATE)))
    (tmp_path / "b" / "audio").mkdir(parents=True)
    (tmp_path / "b" / "audio" / "mine.wav").write_text("mine")
    with pytest.raises(UserError, match=r"holds audio/, which preparation did not write .*corpus\.out=PATH"):
        run(tmp_path / "b", rec("a", spoken(1.0)))
    (tmp_path / "b" / "manifest.jsonl").write_text('{"audio_filepath": "audio/mine.wav"}\n')  # as NeMo has it
    (tmp_path / "b" / "prepared.jsonl").write_text("[1]\n")
    with pytest.raises(UserError, match=r"holds audio/, manifest\.jsonl, prepared\.jsonl"):
        run(tmp_path / "b", rec("a", spoken(1.0)))
    assert (tmp_path / "b" / "audio" / "mine.wav").exists()


def test_only_files_that_a_preparation_wrote_are_removed(tmp_path: Path) -> None:
    run(tmp_path, rec("a", spoken(1.0)), rec("b", spoken(1.0)), rec("c", spoken(1.0)))
    names = (".ipynb_checkpoints", "notes.txt", "old.flac", "song~1.flac", "a.flac.7.part", "b.flac.7.part")
    others = [tmp_path / "audio" / name for name in names]
    others[0].mkdir()
    for path in others[1:]:
        path.write_text("x")
    left = {".ipynb_checkpoints", "notes.txt", "old.flac", "song~1.flac", "a.flac"}
    run(tmp_path, rec("a", spoken(1.0)), rec("b", spoken(1.0)))
    assert {p.name for p in (tmp_path / "audio").iterdir()} == left | {"b.flac"}
    # What was written under other settings is ours as well.
    run(tmp_path, rec("a", spoken(1.0)), limits=Limits(margin_seconds=0.05))
    assert {p.name for p in (tmp_path / "audio").iterdir()} == left


def test_what_was_prepared_before_folders_were_marked_goes_on(tmp_path: Path) -> None:
    run(tmp_path, rec("a", spoken(1.0)))
    (tmp_path / MARK).unlink()
    run(tmp_path, Recording("a", "me", "one two three", fail))  # done before: not read again
    assert [u.id for u in read_manifest(tmp_path).utterances] == ["a"] and kind_of(tmp_path) == "preparation"
    for name in (MARK, "prepared.jsonl"):
        (tmp_path / name).unlink()
    run(tmp_path, rec("a", spoken(1.0)))
    (tmp_path / "fetched" / "downloads").mkdir(parents=True)
    run(tmp_path / "fetched", rec("a", spoken(1.0)))
