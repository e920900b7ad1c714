"""Training on durations that files give, with no aligner inside."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.training.hardware.test_processes import launch
from tts.audio import waveform
from tts.commands.align import align as align_corpus
from tts.commands.align import main as align
from tts.commands.cli import load_config
from tts.commands.train import read_config
from tts.data.manifest import PreparedCorpus, read_manifest
from tts.errors import UserError
from tts.intervals import phone_tier, read_textgrid, write_textgrid
from tts.synthesis.voice import Voice
from tts.training.checkpoint import load_checkpoint

SHORT = ("debug=fast", "trainer.frames_per_batch=400", "trainer.validation_utterances=1")


@pytest.fixture(scope="module")
def exported(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `tts-align` writes for the tiny corpus."""
    out = tmp_path_factory.mktemp("timings")
    command = [
        "align", "corpus=espeak", f"corpus.out={prepared}", f"out={out}", "model.states=1", "model.mixtures=1",
        "model.iterations=2",
    ]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", command)
        align()
    return out


@pytest.fixture
def corpus(prepared: Path) -> PreparedCorpus:
    return read_manifest(prepared)


def given(folder: Path) -> tuple[str, str]:
    return "alignment=from_files", f"alignment.folder={folder}"


@pytest.fixture(scope="module")
def run(make_trainer: Callable[..., Any], exported: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a few steps on exported times. Read only."""
    run_dir = tmp_path_factory.mktemp("runs") / "given"
    trainer = make_trainer(run_dir, *SHORT, *given(exported))
    trainer.fit()
    assert trainer.phase.switched_at == 0
    return run_dir


def test_training_follows_the_files_and_leaves_the_aligner_as_it_was(
    make_trainer: Callable[..., Any], exported: Path, corpus: PreparedCorpus, tmp_path: Path
) -> None:
    trainer = make_trainer(tmp_path / "run", *SHORT, *given(exported), "loss.guided=1.0")
    before = {name: value.clone() for name, value in trainer.model.named_parameters()}
    metrics = trainer.fit()
    assert all(torch.tensor(value).isfinite() for value in metrics.values())
    assert metrics["monotonicity"] == metrics["focus_rate"] == 1
    still = {name for name, value in trainer.model.named_parameters() if torch.equal(value, before[name])}
    assert still == {"attention.text_projection.weight", "attention.mel_projection.weight"}
    assert (tmp_path / "run" / "left_out.tsv").read_text("utf-8") == "id\treason\n"

    hop = trainer.config.audio.frame_seconds
    batch = trainer.data.train.collate(trainer.data.train.items)
    assert torch.equal(batch.durations.sum(1), batch.mel_lengths)
    for item in trainer.data.train.items:
        phones = [i for i in phone_tier(exported / f"{item.utterance.id}.TextGrid") if i.label != "sil"]
        starts = torch.tensor(item.durations).cumsum(0) - torch.tensor(item.durations)
        ours = [float(t) * hop for t, w in zip(starts, item.utterance.word, strict=True) if w >= 0]
        errors = [abs(mine - i.start) for mine, i in zip(ours, phones, strict=True)]
        assert sum(errors) / len(errors) < hop


def test_stopped_and_resumed_equals_never_stopped(
    make_trainer: Callable[..., Any], exported: Path, tmp_path: Path
) -> None:
    settings = (*SHORT, *given(exported))
    make_trainer(tmp_path / "whole", *settings).fit()
    first = make_trainer(tmp_path / "parts", *settings)
    first.batches = lambda: islice(type(first).batches(first), 3)
    first.fit()
    second = make_trainer(tmp_path / "parts", *settings, "resume=auto")
    assert second.step == 3 and second.model.smma_tunable
    second.fit()
    whole, parts = (
        load_checkpoint(tmp_path / name / "checkpoints" / "last.pt")["model"] for name in ("whole", "parts")
    )
    assert all(torch.equal(value, parts[name]) for name, value in whole.items())


def test_a_run_does_not_change_sides_when_it_goes_on(
    make_trainer: Callable[..., Any], run: Path, exported: Path, tiny_run: Path, tmp_path: Path
) -> None:
    for checkpoint, settings, complaint in (
        (run, (), "trained with alignment.kind=from_files, this run has learnt"),
        (tiny_run, given(exported), "trained with alignment.kind=learnt, this run has from_files"),
    ):
        with pytest.raises(UserError, match=rf"resume: .*last\.pt was {complaint}.*init_from"):
            make_trainer(tmp_path / "run", *SHORT, *settings, f"resume={checkpoint}/checkpoints/last.pt")


def test_such_a_voice_speaks_and_takes_on_a_manner_but_does_not_align(
    run: Path, corpus: PreparedCorpus, tmp_path: Path
) -> None:
    voice, utterance = Voice.load(run), corpus.utterances[0]
    assert voice.info.training["alignment"] == "from_files"
    assert voice.synthesize("Go home.").wav.isfinite().all()
    path = corpus.audio_path(utterance)
    assert voice.synthesize("Go home.", reference=path, reference_mode="style").wav.isfinite().all()
    refusal = r"trained with alignment=from_files.*scripts/align\.py can.*reference_mode=style"
    with pytest.raises(UserError, match=refusal):
        voice.synthesize(utterance.text, reference=path)
    with pytest.raises(UserError, match=refusal):
        align_corpus(load_config("align", [f"corpus.out={corpus.folder}", f"voice={run}", f"out={tmp_path}/out"]))
    with pytest.raises(UserError, match=refusal):
        voice.align(waveform.read(path, 16000), 16000, utterance.text)


def test_a_learnt_voice_says_so_and_can_start_a_run_on_files(
    make_trainer: Callable[..., Any], exported: Path, tiny_run: Path, tmp_path: Path
) -> None:
    assert Voice.load(tiny_run).info.training["alignment"] == "learnt"
    trainer = make_trainer(tmp_path, *SHORT, *given(exported), f"init_from={tiny_run}", "trainer.max_steps=1")
    trainer.fit()
    assert trainer.phase.switched_at == 0


def test_what_an_outside_aligner_wrote_trains_too(
    make_trainer: Callable[..., Any], exported: Path, corpus: PreparedCorpus, tmp_path: Path
) -> None:
    """Blanks for silences, the speaker's name before the tiers', one folder a corpus."""
    folder = tmp_path / "mfa" / corpus.info.name
    folder.mkdir(parents=True)
    for utterance in corpus.utterances:
        tiers = read_textgrid(exported / f"{utterance.id}.TextGrid")
        spoken = {f"Ann - {name}": [i for i in tier if i.label != "sil"] for name, tier in tiers.items()}
        write_textgrid(folder / f"{utterance.id}.TextGrid", spoken, utterance.seconds)
    ours, theirs = (
        make_trainer(tmp_path / name, *SHORT, *given(source)).data.train.items
        for name, source in (("ours", exported), ("theirs", tmp_path / "mfa"))
    )
    assert [item.durations for item in ours] == [item.durations for item in theirs]


def test_utterances_that_do_not_fit_are_left_out_and_listed(
    make_trainer: Callable[..., Any],
    exported: Path,
    corpus: PreparedCorpus,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copytree(exported, tmp_path / "grids")
    lost, other, *rest = [u.id for u in corpus.split("train")]
    (tmp_path / "grids" / f"{lost}.TextGrid").unlink()
    shutil.copyfile(exported / f"{rest[0]}.TextGrid", tmp_path / "grids" / f"{other}.TextGrid")
    trainer = make_trainer(tmp_path / "run", *SHORT, *given(tmp_path / "grids"))
    assert [item.utterance.id for item in trainer.data.train.items] == rest
    rows = [line.split("\t") for line in (tmp_path / "run" / "left_out.tsv").read_text("utf-8").splitlines()]
    assert [row[0] for row in rows] == ["id", f"espeak/{lost}", f"espeak/{other}"]
    assert "no such file" in rows[1][1]
    printed = capsys.readouterr().out
    assert f"2 utterances are left out ({tmp_path}/run/left_out.tsv); {len(rest)} for training" in printed
    assert f"  espeak/{lost}: " in printed
    trainer.fit()


@pytest.mark.parametrize("split", ["train", "valid"])
def test_a_split_of_which_nothing_is_left_gives_the_first_reason(
    split: str, make_trainer: Callable[..., Any], exported: Path, corpus: PreparedCorpus, tmp_path: Path
) -> None:
    """As where an aligner was run with its own dictionary."""
    arpabet = {"ə": "AH0", "ɪ": "IH1", "iː": "IY1", "ð": "DH", "w": "W", "eɪ": "EY1"}
    shutil.copytree(exported, tmp_path / "grids")
    for utterance in corpus.split(split):
        phones = read_textgrid(exported / f"{utterance.id}.TextGrid")["phones"]
        renamed = [i._replace(label=arpabet.get(i.label, i.label.upper())) for i in phones]
        write_textgrid(tmp_path / "grids" / f"{utterance.id}.TextGrid", {"phones": renamed})
    count = len(corpus.split(split))
    with pytest.raises(
        UserError, match=rf"fits the {count} {split} utterances of espeak; the first: .*the aligner must"
    ):
        make_trainer(tmp_path / "run", *SHORT, *given(tmp_path / "grids"))
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(not torch.distributed.is_available(), reason="this torch has no distributed training")
def test_two_processes_train_one_voice(tiny: Callable[..., list[str]], exported: Path, tmp_path: Path) -> None:
    """Though no gradient reaches the aligner's projections."""
    overrides = tiny(*SHORT, *given(exported), "trainer.max_steps=3", last=["trainer.devices=2"])
    assert read_config(load_config("train", overrides)).alignment.kind == "from_files"
    first, second = launch(tmp_path, overrides)
    assert first["steps"] == second["steps"] == 3
    assert first["weights"] == second["weights"]
    assert json.loads((tmp_path / "run" / "voice" / "voice.json").read_text("utf-8"))["training"]["step"] == 3
    assert Voice.load(tmp_path / "run").synthesize("The lamp fell.").wav.isfinite().all()
