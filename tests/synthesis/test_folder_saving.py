"""Saving a voice: whatever happens meanwhile, one that loads is there, and files of the user's stay."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.synthesis.sealed import FILES
from tts.errors import UserError
from tts.storage.resources import PACKAGED
from tts.synthesis.folder import load_voice, save_voice
from tts.synthesis.voice import Voice


class PowerCut(BaseException):
    pass


def steps_of(saving: Callable[[], None], monkeypatch: pytest.MonkeyPatch, stop: int | None) -> int:
    """Run `saving`, counting what it does to the disk; the power goes off just before step `stop`."""
    count = 0

    def guard(original: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **named: Any) -> Any:
            nonlocal count
            if count == stop:
                raise PowerCut
            count += 1
            return original(*arguments, **named)

        return step

    with monkeypatch.context() as patch:
        for where, name in (
            (Path, "rename"), (Path, "write_text"), (Path, "mkdir"), (Path, "unlink"), (Path, "rmdir"), (os, "fsync"),
            (Path, "write_bytes"),
        ):  # fmt: skip
            patch.setattr(where, name, guard(getattr(where, name)))
        try:
            saving()
        except PowerCut:
            assert stop is not None
    return count


def test_a_crash_at_any_moment_leaves_a_loadable_voice(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, config, table, info = load_voice(copy)
    with torch.no_grad():
        model.decoder.envelope.bias.fill_(0.5)

    def marks(folder: Path) -> float:
        return load_voice(folder)[0].decoder.envelope.bias.mean().item()

    old = marks(copy)
    steps = steps_of(lambda: save_voice(tmp_path / "new", model, config, table, info), monkeypatch, None)
    steps = max(steps, steps_of(lambda: save_voice(tmp_path / "new", model, config, table, info), monkeypatch, None))
    assert steps >= 8
    found = set()
    for stop in range(steps + 1):
        folder = shutil.copytree(copy, tmp_path / f"run{stop}" / "voice")
        (folder / "README.md").write_text("the user's", "utf-8")
        steps_of(lambda folder=folder: save_voice(folder, model, config, table, info), monkeypatch, stop)
        mark = marks(folder)
        assert mark in (old, 0.5), stop
        assert Voice.load(folder.parent if folder.exists() else folder).info == info or mark == 0.5
        found.add(mark)
        save_voice(folder, model, config, table, info)
        assert marks(folder) == 0.5
        assert [path.name for path in folder.parent.iterdir()] == ["voice"], "a draft was left behind"
        assert (folder / "README.md").read_text("utf-8") == "the user's"
        assert sorted(path.name for path in folder.iterdir()) == sorted((*FILES, "README.md"))
    assert found == {old, 0.5}


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_who_may_read_new_files_may_read_a_voice(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "any").write_text("a file like any other", "utf-8")
    save_voice(tmp_path / "new", *load_voice(copy))
    assert {path.stat().st_mode for path in (tmp_path / "new").iterdir()} == {(tmp_path / "any").stat().st_mode}


@pytest.mark.parametrize("content", [None, "", "[]", '{"speakers": []}'])
def test_a_folder_that_holds_no_model_is_not_replaced(content: str | None, copy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "voice"
    folder.mkdir(parents=True)
    (folder / "rec.wav").write_bytes(b"the user's")
    if content is not None:
        (folder / "voice.json").write_text(content, "utf-8")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    model, config, table, info = load_voice(copy)
    with pytest.raises(UserError, match=r"mine/voice: holds rec\.wav.*no model"):
        save_voice(folder, model, config, table, info)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == ["voice"]


def test_a_full_disk_leaves_the_old_voice_and_says_so(copy: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits of POSIX")
    model, config, table, info = load_voice(copy)
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        with pytest.raises(OSError, match=r"(?i)file.* too large.*voice"):
            save_voice(copy, model, config, table, info)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before
    assert [path.name for path in copy.parent.iterdir()] == ["voice"], "a draft was left behind"


def test_a_voice_in_half_precision_takes_half_the_room_and_says_the_same(tiny_run: Path, tmp_path: Path) -> None:
    voice = Voice.load(tiny_run)
    save_voice(tmp_path / "half", voice.model, voice.config, voice.table, replace(voice.info, half=True))
    sizes = [(folder / "model.safetensors").stat().st_size for folder in (tmp_path / "half", tiny_run / "voice")]
    assert sizes[0] < 0.7 * sizes[1]
    half = Voice.load(tmp_path / "half")
    assert {value.dtype for value in half.model.state_dict().values() if value.is_floating_point()} == {torch.float32}
    ours, theirs = half.synthesize("Go home."), voice.synthesize("Go home.")
    if len(ours.mel) == len(theirs.mel):
        torch.testing.assert_close(ours.mel, theirs.mel, rtol=0, atol=0.3)
    assert abs(len(ours.mel) - len(theirs.mel)) <= 2


def test_a_name_stands_for_a_model_of_the_package_unless_there_is_such_a_folder(
    tiny_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PACKAGED, "base", tiny_run / "voice")
    monkeypatch.chdir(tmp_path)
    assert load_voice(Path("base"))[3] == load_voice(tiny_run)[3]
    (tmp_path / "base").mkdir()
    with pytest.raises(UserError, match="base: no voice here"):
        load_voice(Path("base"))
