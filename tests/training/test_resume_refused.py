"""Another run is not written over, and none goes on with what would spoil it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.training.runs import SETTINGS
from tts.errors import UserError
from tts.preparation.prepare import prepare
from tts.training.acoustic.trainer import AcousticTrainer
from tts.training.checkpoint import load_checkpoint


def test_a_folder_that_holds_a_run_is_not_written_over(make_trainer: Callable[..., Any], tiny_run: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in tiny_run.rglob("*")}
    with pytest.raises(UserError, match=r"holds a run already.*resume=auto"):
        make_trainer(tiny_run, "debug=fast")
    assert {path: path.stat().st_mtime_ns for path in tiny_run.rglob("*")} == before


def test_another_run_is_not_written_over(make_trainer: Callable[..., Any], tiny_run: Path, tmp_path: Path) -> None:
    mine = shutil.copytree(tiny_run, tmp_path / "mine")
    before = {path: path.read_bytes() for path in mine.rglob("*") if path.is_file()}
    with pytest.raises(UserError, match=r"mine: holds a run already, which is not the one of .*last\.pt.*resume=auto"):
        make_trainer(mine, "debug=fast", f"resume={tiny_run}/checkpoints/last.pt")
    assert {path: path.read_bytes() for path in mine.rglob("*") if path.is_file()} == before
    assert make_trainer(mine, "debug=fast", f"resume={mine}/checkpoints/best.pt").step in (3, 6)


@pytest.mark.parametrize("lost", ["symbols", "speakers"])
def test_other_symbols_or_speakers_are_refused(
    lost: str, make_trainer: Callable[..., Any], tiny_run: Path, tmp_path: Path
) -> None:
    state = load_checkpoint(tiny_run / "checkpoints" / "last.pt")
    torch.save(state | {lost: [*state[lost][:-1], "ʘ"]}, tmp_path / "other.pt")
    with pytest.raises(UserError, match=rf"resume: the checkpoint's {lost}.*init_from=VOICE"):
        make_trainer(tmp_path / "run", "debug=fast", f"resume={tmp_path}/other.pt")


def test_another_corpus_is_refused(make_trainer: Callable[..., Any], tiny_run: Path, tmp_path: Path) -> None:
    from tts.audio.config import AudioConfig
    from tts.corpora.synthetic.espeak import EspeakCorpus
    from tts.preparation.limits import Limits
    from tts.text.config import TextConfig

    listing = tmp_path / "other.txt"
    listing.write_text("The ox drank milk.\nA fox ran past us.\nJoin the game.\n", "utf-8")
    corpus = EspeakCorpus(str(tmp_path), str(listing), ("en-us+f3", "en-us+m3"), hours=None)
    prepare(corpus, tmp_path / "corpus", AudioConfig(), TextConfig(), Limits(), workers=0)
    settings = ("debug=fast", f"resume={tiny_run}/checkpoints/last.pt")
    with pytest.raises(UserError, match="resume: the checkpoint's symbols are not those of the corpora"):
        make_trainer(tmp_path / "run", *settings, corpus_out=tmp_path / "corpus")


def test_another_model_is_refused(make_trainer: Callable[..., Any], tiny_run: Path, tmp_path: Path) -> None:
    state = load_checkpoint(tiny_run / "checkpoints" / "last.pt")
    state["config"]["model"]["width"] = 32
    torch.save(state, tmp_path / "other.pt")
    with pytest.raises(UserError, match="resume: the checkpoint is of another model"):
        make_trainer(tmp_path / "run", "debug=fast", f"resume={tmp_path}/other.pt", last=["model.width=32"])


@pytest.mark.parametrize(
    "setting",
    [
        "audio.f_max=7000",
        "text.normalize=false",
        "model.width=32",
        "model/attention=contrast",
        "model.decoder.layers=2",
    ],
)
@pytest.mark.parametrize("earlier", [False, True], ids=["", "earlier"])
def test_settings_that_would_spoil_a_run_are_refused_and_its_config_stays(
    setting: str, earlier: bool, make_trainer: Callable[..., Any], tiny_run: Path, tmp_path: Path
) -> None:
    run = shutil.copytree(tiny_run, tmp_path / "run")
    if earlier:  # versions that stored no settings with a checkpoint
        state = load_checkpoint(run / "checkpoints" / "last.pt")
        del state["config"]
        torch.save(state, run / "checkpoints" / "last.pt")
    config = (run / "config.yaml").read_bytes()
    key = setting.partition("=")[0].replace("/", ".")
    with pytest.raises(UserError, match=rf"resume: .*last\.pt was trained with {key}.*this run has.*take the former"):
        make_trainer(run, "debug=fast", "resume=auto", last=[setting])
    assert (run / "config.yaml").read_bytes() == config


def test_a_checkpoint_that_only_some_machines_have_is_refused(
    make_trainer: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AcousticTrainer, "mean", lambda *_: torch.tensor(0.5))  # one of two found it
    with pytest.raises(UserError, match=r"last\.pt: not on every machine of the run"):
        make_trainer(tmp_path, *SETTINGS, "resume=auto")
