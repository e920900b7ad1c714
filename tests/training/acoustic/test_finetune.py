"""From another voice to one's own: a run of any length ends with a voice in its monotonic phase."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tts.data.manifest import read_manifest, write_manifest
from tts.errors import UserError
from tts.synthesis.voice import Voice
from tts.training.acoustic.low_rank import matrices

FAST = ("trainer.frames_per_batch=400", "trainer.validation_utterances=1", "trainer.max_steps=1")
LONGER = ("trainer.max_steps=3",)


@pytest.fixture(scope="module")
def base(make_trainer: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A voice whose second head has become its path."""
    run = tmp_path_factory.mktemp("runs") / "base"
    trainer = make_trainer(run, "debug=fast", last=["trainer.max_steps=4", *FAST[:2]])
    attention = trainer.model.attention

    def sharper(*_: Any) -> None:
        if not attention.smma_tunable:
            attention.focus.copy_(torch.tensor([0.1, 0.9]))

    attention.register_forward_hook(sharper)
    trainer.fit()
    assert Voice.load(run).model.attention.monotonic == (1,)
    return run


def test_it_goes_on_with_the_voice_s_own_heads(
    make_trainer: Callable[..., Any], base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trainer = make_trainer(tmp_path, "experiment=finetune", f"init_from={base}", last=FAST)
    trainer.fit()
    assert "before its switch" not in capsys.readouterr().err
    voice = Voice.load(tmp_path)
    assert voice.model.smma_tunable
    assert voice.model.attention.monotonic == (1,)
    assert voice.info.training["switched_at"] == 0
    assert trainer.phase.switched_at == 0
    assert any(trainer.phase.conditions(step).hard for step in range(20)), "the decoder hears what it will be given"
    again = make_trainer(tmp_path, "experiment=finetune", f"init_from={base}", "resume=auto", last=FAST)
    assert again.phase.switched_at == 0
    assert again.model.attention.monotonic == (1,)


def test_other_heads_are_chosen_anew(make_trainer: Callable[..., Any], base: Path, tmp_path: Path) -> None:
    trainer = make_trainer(
        tmp_path, "experiment=finetune", f"init_from={base}", last=[*FAST, "model.attention.selection=all"]
    )
    trainer.fit()
    assert trainer.model.attention.monotonic == (0, 1)


def test_a_voice_that_never_learnt_to_align_needs_a_plain_phase(
    make_trainer: Callable[..., Any], base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = Voice.load

    def timed(path: str) -> Voice:
        voice = load(path)
        voice.info.training["alignment"] = "from_files"
        return voice

    monkeypatch.setattr(Voice, "load", timed)
    with pytest.raises(UserError, match=r"never learnt to align.*smma\.switch_step"):
        make_trainer(tmp_path / "run", "experiment=finetune", f"init_from={base}", last=FAST)
    make_trainer(tmp_path / "run", "experiment=finetune", f"init_from={base}", last=[*FAST, "smma.switch_step=9"])


@pytest.mark.parametrize(
    ("settings", "begins", "ends"),
    [
        (["smma.switch_step=2"], True, True),
        (["smma.switch_step=1"], True, True),
        (["smma.switch_on=focus_rate"], False, True),
        (["smma.switch_on=never"], False, False),
        (["smma.switch_step=0"], False, False),
    ],
)
def test_a_run_says_so_where_it_ends_before_its_switch(
    settings: list[str],
    begins: bool,
    ends: bool,
    make_trainer: Callable[..., Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_trainer(tmp_path, *FAST, last=settings).fit()
    lines = capsys.readouterr().err.splitlines()
    assert (
        bool([line for line in lines if "trainer.max_steps=1 ends before the switch, smma.switch_step=" in line])
        == begins
    )
    told = [line for line in lines if line.startswith("step 1: the run ended before its switch at ")]
    assert len(told) == ends
    assert all("lower smma.switch_step" in line and "resume=auto" in line for line in told)


def test_a_voice_keeps_the_symbols_that_a_new_corpus_lacks(
    make_trainer: Callable[..., Any], base: Path, other_corpus: Path, tmp_path: Path
) -> None:
    trainer = make_trainer(
        tmp_path, "experiment=finetune", f"init_from={base}", last=[*FAST, "trainer.max_steps=2"],
        corpus_out=other_corpus,
    )  # fmt: skip
    before = Voice.load(base)
    assert set(before.table.symbols) <= set(trainer.data.table.symbols)
    trainer.fit()
    assert Voice.load(tmp_path).table.symbols[: len(before.table)] == before.table.symbols
    again = make_trainer(
        tmp_path, "experiment=finetune", f"init_from={base}", "resume=auto", last=FAST, corpus_out=other_corpus
    )
    assert again.data.table == trainer.data.table


def test_a_run_goes_on_without_the_voice_that_it_began_from(
    make_trainer: Callable[..., Any], base: Path, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    shutil.copytree(base / "voice", gone)
    run = tmp_path / "run"
    make_trainer(run, "experiment=finetune", f"init_from={gone}", last=FAST).fit()
    origins = Voice.load(run).info.training["init_from"]
    shutil.rmtree(gone)
    again = make_trainer(run, "experiment=finetune", f"init_from={gone}", "resume=auto", last=[*FAST, *LONGER])
    again.fit()
    assert again.step == 3
    assert Voice.load(run).info.training["init_from"] == origins


def test_a_new_speaker_starts_as_the_average_of_the_voice_s(
    make_trainer: Callable[..., Any], base: Path, other_corpus: Path, tmp_path: Path
) -> None:
    trainer = make_trainer(tmp_path, "experiment=finetune", f"init_from={base}", last=FAST, corpus_out=other_corpus)
    voice = Voice.load(base)
    [new] = [i for i, name in enumerate(trainer.data.speakers) if name not in voice.info.speakers]
    torch.testing.assert_close(trainer.model.speaker.weight[new], voice.model.speaker.weight.mean(0))
    assert trainer.model.style_seen[new] == 0


def test_without_held_out_recordings_those_for_training_validate(
    make_trainer: Callable[..., Any], base: Path, prepared: Path, tmp_path: Path
) -> None:
    corpus = read_manifest(prepared)
    few = tmp_path / "few"
    (few / "audio").mkdir(parents=True)
    kept = corpus.split("train")[:2]
    for utterance in kept:
        shutil.copy(corpus.audio_path(utterance), few / "audio")
    write_manifest(few, corpus.info, kept)
    trainer = make_trainer(tmp_path / "run", "experiment=finetune", f"init_from={base}", last=FAST, corpus_out=few)
    assert trainer.fit()["mel_from_text"] > 0


def ranks(run: Path, base: Path) -> list[int]:
    """Of the changes of all matrices from one voice to another."""
    before, after = (matrices(Voice.load(path).model) for path in (base, run))
    return [int(torch.linalg.matrix_rank((after[n] - w).flatten(1).double(), rtol=1e-3)) for n, w in before.items()]


def test_a_voice_differs_from_the_one_it_began_from_by_matrices_of_low_rank(
    make_trainer: Callable[..., Any], base: Path, tmp_path: Path
) -> None:
    for rank, least, most in (("null", 3, 1000), ("2", 1, 2)):
        run = tmp_path / rank
        trainer = make_trainer(
            run, "experiment=finetune", f"init_from={base}", f"update_rank={rank}", last=FAST + LONGER
        )
        trainer.fit()
        assert least <= max(ranks(run, base)) <= most
        tables = (Voice.load(path).model.speaker.weight for path in (base, run))
        assert not torch.equal(*tables)


def test_what_a_run_began_with_is_kept_until_it_goes_on(
    make_trainer: Callable[..., Any], base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("experiment=finetune", f"init_from={base}", "update_rank=1")
    make_trainer(tmp_path / "low", *asked, last=FAST).fit()
    make_trainer(tmp_path / "low", *asked, "resume=auto", last=[*FAST[:2], *LONGER]).fit()
    make_trainer(tmp_path / "at_once", *asked, last=[*FAST[:2], *LONGER]).fit()
    assert max(ranks(tmp_path / "low", base)) == 1 == max(ranks(tmp_path / "at_once", base))
    make_trainer(tmp_path / "free", *asked[:2], last=FAST).fit()
    make_trainer(tmp_path / "free", *asked, "resume=auto", last=[*FAST[:2], *LONGER]).fit()
    assert "began without update_rank" in capsys.readouterr().err
    assert max(ranks(tmp_path / "free", base)) > 1


def test_a_rank_needs_a_voice_to_begin_from(make_trainer: Callable[..., Any], tmp_path: Path) -> None:
    with pytest.raises(UserError, match="with init_from=VOICE"):
        make_trainer(tmp_path, "debug=fast", "update_rank=1", last=FAST)
