"""A run that was stopped and goes on is the run that was never stopped."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tts.data.prepare import prepare
from tts.errors import UserError
from tts.synthesis.voice import Voice
from tts.training.acoustic import AcousticTrainer
from tts.training.checkpoint import load_checkpoint

SETTINGS = (
    "debug=fast", "trainer.frames_per_batch=400", "trainer.batches_per_pool=2", "optimizer.warmup_steps=2",
    "smma.switch_step=4", "smma.hard_share=0.5", "model.attention.gate_noise=0.5", "optimizer.decay_from=0.5",
    "trainer.validation_utterances=1",
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
    states = [load_checkpoint(tmp_path / name / "checkpoints" / "last.pt") for name in ("whole", "parts")]
    for state in states:
        assert state.pop("minutes") > 0
    assert_same(*states)


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
    from tts.data.espeak import EspeakCorpus
    from tts.data.limits import Limits
    from tts.text.config import TextConfig

    listing = tmp_path / "other.txt"
    listing.write_text("The ox drank milk.\nA fox ran past us.\nJoin the game.\n", "utf-8")
    corpus = EspeakCorpus(str(tmp_path), str(listing), ("en-us+f3", "en-us+m3"), hours=None)
    prepare(corpus, tmp_path / "corpus", AudioConfig(), TextConfig(), Limits(), workers=0)
    settings = ("debug=fast", f"resume={tiny_run}/checkpoints/last.pt")
    with pytest.raises(UserError, match="resume: the checkpoint's symbols are not those of the corpora"):
        make_trainer(tmp_path / "run", *settings, corpus_out=tmp_path / "corpus")


def test_another_model_is_refused(make_trainer: Callable[..., Any], tiny_run: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="resume: the checkpoint is of another model"):
        make_trainer(tmp_path, "debug=fast", f"resume={tiny_run}/checkpoints/last.pt", last=["model.width=32"])


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
