"""A run that was stopped and goes on is the run that was never stopped."""

import errno
import os
import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from tts.errors import UserError
from tts.preparation.prepare import prepare
from tts.reporting import progress
from tts.synthesis.voice import Voice
from tts.training.acoustic.trainer import AcousticTrainer
from tts.training.checkpoint import load_checkpoint
from tts.training.hardware.stopping import StopRequest

SETTINGS = (
    "debug=fast", "trainer.frames_per_batch=400", "trainer.batches_per_pool=2", "optimizer.warmup_steps=2",
    "smma.switch_step=4", "smma.hard_share=0.5", "model.attention.gate_noise=0.5", "optimizer.decay_from=0.5",
    "trainer.validation_utterances=1", "name=run",
)  # fmt: skip


class PowerCut(Exception):
    pass


def watch(trainer: Any, stop_before: int | None = None) -> list[dict[str, Any]]:
    """What each step was given, from here on; the power goes off before step `stop_before`."""
    seen: list[dict[str, Any]] = []
    step = trainer.train_step

    def watched(batch: Any, progress: float) -> Any:
        if trainer.step == stop_before:
            raise PowerCut
        result = step(batch, progress)
        seen.append(
            {
                "step": trainer.step,
                "ids": batch.ids,
                "lr": trainer.optimizer.param_groups[0]["lr"],
                "phase": trainer.model.attention.smma_tunable,
                "conditions": trainer.phase.conditions(trainer.step),
                "loss": result[0].item(),
            }
        )
        return result

    trainer.train_step = watched
    return seen


def last(run_dir: Path) -> dict[str, Any]:
    """The last checkpoint of a run, without what differs between two runs of the same."""
    state = load_checkpoint(run_dir / "checkpoints" / "last.pt")
    assert state.pop("minutes") > 0
    for key in ("run_dir", "resume"):
        del state["config"][key]
    return state


def assert_same(ours: Any, theirs: Any, where: str = "state") -> None:
    if isinstance(ours, torch.Tensor):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0, equal_nan=True, msg=lambda m: f"{where}: {m}")
    elif isinstance(ours, dict):
        assert ours.keys() == theirs.keys(), where
        for key in ours:
            assert_same(ours[key], theirs[key], f"{where}.{key}")
    elif isinstance(ours, (list, tuple)):
        assert len(ours) == len(theirs), where
        for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            assert_same(a, b, f"{where}[{i}]")
    else:
        assert ours == theirs, where


@pytest.mark.parametrize("switch", ["smma.switch_on=step", "smma.switch_on=focus_rate"])
def test_stopped_and_resumed_equals_never_stopped(
    switch: str, make_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    settings = (*SETTINGS, switch, "smma.focus_rate=0.01", "smma.hold=4")
    whole = make_trainer(tmp_path / "whole", *settings)
    seen_whole = watch(whole)
    whole.fit()

    first = make_trainer(tmp_path / "parts", *settings)
    seen_parts = watch(first, stop_before=3)
    with pytest.raises(PowerCut):
        first.fit()
    torch.manual_seed(12345)  # whatever happened on the machine since
    second = make_trainer(tmp_path / "parts", *settings, "resume=auto")
    assert second.step == 3
    seen_rest = watch(second)
    second.fit()

    assert seen_parts + seen_rest == seen_whole
    assert [s["phase"] for s in seen_whole] == [False] * 4 + [True] * 2
    assert_same(last(tmp_path / "whole"), last(tmp_path / "parts"))


def test_resume_auto_starts_a_run_that_is_not_there(make_trainer: Callable[..., Any], tmp_path: Path) -> None:
    assert make_trainer(tmp_path, *SETTINGS, "resume=auto").step == 0


def test_resume_from_a_checkpoint_by_name(
    make_trainer: Callable[..., Any], tiny_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trainer = make_trainer(tmp_path, "debug=fast", "trainer.max_steps=7", f"resume={tiny_run}/checkpoints/last.pt")
    assert trainer.step == 6
    assert trainer.phase.switched_at == 3
    assert trainer.model.attention.smma_tunable
    assert "resumed at step 6" in capsys.readouterr().err
    trainer.fit()
    assert load_checkpoint(tmp_path / "checkpoints" / "last.pt")["step"] == 7


def test_a_finished_run_resumed_does_nothing(make_trainer: Callable[..., Any], tmp_path: Path) -> None:
    make_trainer(tmp_path, *SETTINGS).fit()
    before = (tmp_path / "checkpoints" / "last.pt").read_bytes()
    trainer = make_trainer(tmp_path, *SETTINGS, "resume=auto")
    trainer.fit()
    assert trainer.step == 6
    assert (tmp_path / "checkpoints" / "last.pt").read_bytes() == before


def test_a_folder_that_holds_a_run_is_not_written_over(make_trainer: Callable[..., Any], tiny_run: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in tiny_run.rglob("*")}
    with pytest.raises(UserError, match=r"holds a run already.*resume=auto"):
        make_trainer(tiny_run, "debug=fast")
    assert {path: path.stat().st_mtime_ns for path in tiny_run.rglob("*")} == before


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


def test_a_run_that_ended_before_its_voice_was_written_writes_it_when_it_goes_on(
    make_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    trainer = make_trainer(tmp_path, *SETTINGS)
    export = trainer.export

    def killed() -> None:
        if trainer.step == 6:
            raise PowerCut
        export()

    trainer.export = killed
    with pytest.raises(PowerCut):
        trainer.fit()
    make_trainer(tmp_path, *SETTINGS, "resume=auto").fit()
    assert Voice.load(tmp_path).info.training["step"] == 6


def test_a_checkpoint_that_only_some_machines_have_is_refused(
    make_trainer: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AcousticTrainer, "mean", lambda *_: torch.tensor(0.5))  # one of two found it
    with pytest.raises(UserError, match=r"last\.pt: not on every machine of the run"):
        make_trainer(tmp_path, *SETTINGS, "resume=auto")


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


def test_other_settings_are_named(
    make_trainer: Callable[..., Any], tiny_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = shutil.copytree(tiny_run, tmp_path / "run")
    changed = ["trainer.max_steps=7", "optimizer.lr=1e-4", "model.decoder.dropout=0.2", "name=tiny"]
    make_trainer(run, "debug=fast", "resume=auto", last=changed)
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("resume")]
    assert said[0] == "resumed at step 6"
    assert said[1].startswith("resume: goes on with other settings: ")
    for change in ("trainer.max_steps=7 (was 6)", "optimizer.lr=0.0001 (was 0.002)", "model.decoder.dropout=0.2 (was"):
        assert change in said[1]
    assert said[1].count("(was") == 3
    assert yaml.safe_load((run / "config.yaml").read_text())["trainer"]["max_steps"] == 7
    make_trainer(run, "debug=fast", "resume=auto", last=["trainer.max_steps=7", *changed])
    assert "was trained with" not in capsys.readouterr().err


def test_another_run_is_not_written_over(make_trainer: Callable[..., Any], tiny_run: Path, tmp_path: Path) -> None:
    mine = shutil.copytree(tiny_run, tmp_path / "mine")
    before = {path: path.read_bytes() for path in mine.rglob("*") if path.is_file()}
    with pytest.raises(UserError, match=r"mine: holds a run already, which is not the one of .*last\.pt.*resume=auto"):
        make_trainer(mine, "debug=fast", f"resume={tiny_run}/checkpoints/last.pt")
    assert {path: path.read_bytes() for path in mine.rglob("*") if path.is_file()} == before
    assert make_trainer(mine, "debug=fast", f"resume={mine}/checkpoints/best.pt").step in (3, 6)


@pytest.mark.parametrize("trained", [2, 3])
def test_a_run_of_more_processes_goes_on_with_one(
    trained: int, make_trainer: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_trainer(tmp_path, *SETTINGS, "trainer.max_steps=3").fit()
    path = tmp_path / "checkpoints" / "last.pt"
    state = load_checkpoint(path)
    torch.save(state | {"rng": list(torch.stack(state["rng"] * trained).unbind(0))}, path)
    trainer = make_trainer(tmp_path, *SETTINGS, "resume=auto")
    assert f"resumed at step 3 with 1 process instead of {trained}" in capsys.readouterr().err
    trainer.fit()
    assert last(tmp_path)["step"] == 6


@pytest.mark.parametrize(("number", "within"), [(signal.SIGINT, "train_step"), (signal.SIGTERM, "validate")])
def test_a_signal_lets_the_step_end_and_keeps_it(
    number: signal.Signals, within: str, make_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    settings = (*SETTINGS, "trainer.checkpoint_every=100")
    whole = make_trainer(tmp_path / "whole", *settings)
    seen_whole = watch(whole)
    whole.fit()
    first = make_trainer(tmp_path / "parts", *settings)
    seen = watch(first)
    work = getattr(first, within)

    def interrupted(*arguments: Any) -> Any:
        if first.step == 3:
            signal.raise_signal(number)
            assert signal.getsignal(signal.SIGINT) == signal.SIG_DFL, "a second one ends the process at once"
        return work(*arguments)

    setattr(first, within, interrupted)
    before = signal.getsignal(number)
    with first.stop:
        first.fit()
    assert signal.getsignal(number) == before
    assert first.stopped
    assert first.stop.number == number
    assert first.step == 4
    assert Voice.load(tmp_path / "parts").info.training["step"] == 4
    second = make_trainer(tmp_path / "parts", *settings, "resume=auto")
    seen_rest = watch(second)
    second.fit()
    assert not second.stopped
    assert seen + seen_rest == seen_whole
    assert_same(last(tmp_path / "whole"), last(tmp_path / "parts"))


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system does not tell of closed terminals")
def test_a_closed_terminal_stops_a_run_unless_it_was_started_to_ignore_that() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        with StopRequest() as stop, stop.deferred():
            signal.raise_signal(signal.SIGHUP)
        assert stop.number == signal.SIGHUP
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as by nohup
        with StopRequest() as stop:
            signal.raise_signal(signal.SIGHUP)
        assert stop.number is None
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_signal_before_the_steps_ends_the_run() -> None:
    with pytest.raises(KeyboardInterrupt), StopRequest() as stop:
        signal.raise_signal(signal.SIGTERM)
    assert stop.number == signal.SIGTERM


def test_a_signal_in_the_last_step_stops_nothing(make_trainer: Callable[..., Any], tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path, *SETTINGS)
    step = trainer.train_step

    def interrupted(*arguments: Any) -> Any:
        if trainer.step == 5:
            signal.raise_signal(signal.SIGINT)
        return step(*arguments)

    trainer.train_step = interrupted
    with trainer.stop:
        assert trainer.fit(), "the last validation"
    assert not trainer.stopped


@pytest.mark.parametrize("work", ["export", "validate", "log_step"])
def test_a_full_disk_is_one_line_that_names_what_is_kept(
    work: str, make_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    trainer = make_trainer(tmp_path, *SETTINGS)
    do = getattr(trainer, work)

    def full(*arguments: Any) -> Any:
        if trainer.step >= 5:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / "voice"))
        return do(*arguments)

    setattr(trainer, work, full)
    with pytest.raises(UserError, match=r"step [56]: .*voice: No space left.*last\.pt is as it was.*resume=auto"):
        trainer.fit()
    assert last(tmp_path)["step"] == 3
    assert Voice.load(tmp_path).info.training["step"] == 3


def test_a_log_without_a_terminal_says_how_far_the_run_is(
    make_trainer: Callable[..., Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(progress, "SILENCE", 0.0)
    make_trainer(tmp_path, *SETTINGS).fit()
    said = capsys.readouterr().err
    assert "2 speakers" in said
    assert "1 process on cpu" in said
    for step in range(2, 7):
        assert re.search(rf"step {step} of 6 mel \d\.\d+ focus .* min$", said, re.MULTILINE)
