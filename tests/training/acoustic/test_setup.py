"""What a run is made of: corpora and their weights, and a model that starts from a voice."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tts.errors import UserError
from tts.models.acoustic import Conditions
from tts.synthesis.voice import Voice
from tts.training.acoustic.data import filled_by_most, with_room
from tts.training.acoustic.warm_start import LEFT


def test_the_same_voice_starts_where_the_voice_ended(
    make_trainer: Callable[..., Any], tiny_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trainer = make_trainer(tmp_path, "debug=fast", f"init_from={tiny_run}/voice")
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("init_from")]
    assert told == [f"init_from: {LEFT}"], "everything fits, so there is nothing else to say"
    voice, batch = Voice.load(tiny_run), trainer.data.valid.collate(trainer.data.valid.items)
    model = trainer.model.eval()
    assert not model.attention.smma_tunable, "a run starts in its own plain phase"
    ours, theirs = model.infer(batch.text), voice.model.infer(batch.text)
    torch.testing.assert_close(ours.mel, theirs.mel, rtol=0, atol=0)
    model.copy_phase(voice.model)
    assert model.attention.smma_tunable
    with torch.no_grad():
        ours, theirs = model(batch, Conditions()), voice.model(batch, Conditions())
    torch.testing.assert_close(ours.mel, theirs.mel, rtol=0, atol=0)
    model.attention.smma_tunable = False
    trainer.fit()
    assert trainer.phase.switched_at == 3


def test_other_symbols_and_speakers_start_fresh_and_are_named(
    make_trainer: Callable[..., Any],
    tiny_run: Path,
    other_corpus: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    trainer = make_trainer(tmp_path, "debug=fast", f"init_from={tiny_run}", corpus_out=other_corpus)
    printed = capsys.readouterr().out.splitlines()
    voice, table = Voice.load(tiny_run), trainer.data.table
    fresh = [s for s in table.symbols if s not in voice.table]
    assert fresh
    (line,) = [line for line in printed if line.startswith("init_from: symbols")]
    assert line.endswith("start from its average: " + " ".join(fresh))
    assert [line for line in printed if "speakers" in line] == [
        "init_from: speakers that the voice does not know start from its average: en-us+f2"
    ]
    theirs, ours = voice.model.state_dict(), trainer.model.state_dict()
    assert theirs["shortest.frames"].any()
    for symbol in ("<s>", "ð", "m"):
        row, source = table.symbols.index(symbol), voice.table.symbols.index(symbol)
        for name in ("text_encoder.symbol.weight", "shortest.frames"):
            assert torch.equal(ours[name][row], theirs[name][source])
    for name in ("speaker.weight", "average_style"):
        here, there = list(trainer.data.speakers).index("en-us+m3"), voice.info.speakers.index("en-us+m3")
        assert torch.equal(ours[name][here], theirs[name][there])
    assert torch.equal(ours["decoder.envelope.weight"], theirs["decoder.envelope.weight"])
    trainer.fit()


def test_another_size_starts_fresh_and_is_named(
    make_trainer: Callable[..., Any], tiny_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_trainer(tmp_path, "debug=fast", f"init_from={tiny_run}", last=["model.prosody.channels=3"])
    printed = capsys.readouterr().out
    assert "init_from: prosody_projection.weight: (16, 4) there, (16, 3) here, starts fresh" in printed
    assert "decoder" not in printed


@pytest.mark.parametrize(("setting", "told"), [("smma.switch_step=0", False), ("smma.switch_step=2", True)])
def test_a_run_says_when_it_leaves_the_monotonic_phase(
    make_trainer: Callable[..., Any],
    tiny_run: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    setting: str,
    told: bool,
) -> None:
    make_trainer(tmp_path, "debug=fast", f"init_from={tiny_run}", last=["smma.switch_on=step", setting])
    assert (LEFT in capsys.readouterr().out) == told


def test_a_deeper_model_names_the_layers_that_start_fresh(
    make_trainer: Callable[..., Any], tiny_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_trainer(tmp_path, "debug=fast", f"init_from={tiny_run}", last=["model.decoder.layers=2"])
    lines = [line for line in capsys.readouterr().out.splitlines() if LEFT not in line]
    assert lines
    assert all(line.startswith("init_from: decoder.") and line.endswith("starts fresh") for line in lines)


def test_another_mel_definition_is_refused(make_trainer: Callable[..., Any], tiny_run: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="init_from: the voice's audio is"):
        make_trainer(tmp_path, "debug=fast", f"init_from={tiny_run}", last=["audio.hop_length=160"])


@pytest.mark.parametrize(
    ("override", "complaint"),
    [
        ("text.normalize=false", "prepared with text.normalize=True, but this run has text.normalize=False"),
        (
            "audio.n_fft=4096 audio.win_length=4096 audio.hop_length=3200",
            "frames for .* tokens; use a shorter audio.hop_length",
        ),
        ("smma.hard_share=[[3,0],[1,1]]", "steps of a schedule must rise"),
        ("loss.mel=[[1]]", "schedule"),
        ("model.width=17", "multiple of style_heads"),
        ("model.reference_encoder.channels=[]", "channels must be"),
        ("smma.switch_on=sometimes", "'sometimes' is not one of step, focus_rate, never"),
        ("trainer.max_steps=many", "trainer.max_steps: expected int, got 'many'"),
        ("model.decoder.dropout=1.5", "dropout must lie between 0 and 1, got 1.5"),
        ("loss.guided_width=0", "guided_width must be above 0"),
        ("smma.hold=0", "hold must be 1 or more"),
        ("trainer.precision=bf16-true", "'bf16-true' is not one of auto, 32-true"),
        ("trainer.devices=0", "trainer.devices=0: on a CPU this is the number of processes"),
        ("trainer.devices=two", "trainer.devices=two: on a CPU"),
        ("trainer.nodes=0", "nodes must be positive"),
        ("trainer.loader_workers=-1", "loader_workers must be auto or a number of processes, got -1"),
        ("trainer.loader_workers=many", "loader_workers must be auto or a number of processes, got many"),
        ("trainer.accelerator=gpu", "trainer.accelerator=gpu: there is no CUDA GPU here"),
        (
            "model/decoder=autoregressive model.decoder.reduction=16",
            "no utterance has a step of 16 frames for every token",
        ),
    ],
)
def test_settings_that_do_not_fit_are_refused(
    override: str, complaint: str, make_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=complaint):
        make_trainer(tmp_path / "run", "debug=fast", last=override.split())
    assert not (tmp_path / "run").exists()


def test_a_missing_corpus_says_how_to_make_it(make_trainer: Callable[..., Any], tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no prepared corpus here.*tts-prepare"):
        make_trainer(tmp_path / "run", "debug=fast", corpus_out=tmp_path / "nowhere")


def test_a_mix_has_the_speakers_and_symbols_of_its_parts(
    make_trainer: Callable[..., Any], prepared: Path, other_corpus: Path, tmp_path: Path
) -> None:
    trainer = make_trainer(
        tmp_path, "corpus=mix", "debug=fast",
        last=[
            f"+corpus.parts.mine={{out: {other_corpus}, weight: 3.0}}", "~corpus.parts.espeak", "~corpus.parts.hibari",
        ],
    )  # fmt: skip
    assert list(trainer.config.corpora) == ["voice", "mine"]
    assert list(trainer.data.speakers) == ["en-us+f3", "en-us+m3", "en-us+f2"]
    assert {item.part for item in trainer.data.train.items} == {0, 1}
    assert trainer.data.weights == [1.0, 3.0]


def test_a_few_utterances_of_a_mix_come_from_each_part(
    make_trainer: Callable[..., Any], prepared: Path, other_corpus: Path, tmp_path: Path
) -> None:
    mix = [f"+corpus.parts.mine={{out: {other_corpus}, weight: 3.0}}", "~corpus.parts.espeak", "~corpus.parts.hibari"]
    for count, parts in ((3, [0, 1, 0]), (1, [0])):
        trainer = make_trainer(
            tmp_path / str(count), "corpus=mix", "debug=fast", last=[*mix, f"trainer.utterances={count}"]
        )
        assert [item.part for item in trainer.data.train.items] == parts
        assert set(next(trainer.batches()).ids) <= {item.id for item in trainer.data.train.items}


@pytest.mark.parametrize(
    ("weight", "complaint"),
    [
        ("null", "mine without a weight beside others"),
        ("0", "weight must be above 0"),
        ("-1", "weight must be above 0"),
    ],
)
def test_weights_that_relate_to_nothing_are_refused(
    weight: str, complaint: str, make_trainer: Callable[..., Any], other_corpus: Path, tmp_path: Path
) -> None:
    mix = [f"+corpus.parts.mine={{out: {other_corpus}, weight: {weight}}}", "~corpus.parts.espeak"]
    with pytest.raises(UserError, match=complaint):
        make_trainer(tmp_path / "run", "corpus=mix", "debug=fast", last=[*mix, "~corpus.parts.hibari"])


def test_utterances_without_a_step_for_every_token_are_left_out(
    make_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    items = make_trainer(tmp_path, "debug=fast").data.train.items
    for reduction in range(1, 17):
        left_out: dict[str, str] = {}
        fit = [len(item.utterance.tokens.symbols) <= -(-item.frames // reduction) for item in items]
        if any(fit):
            assert with_room(items, reduction, left_out) == [
                item for item, fits in zip(items, fit, strict=True) if fits
            ]
            assert list(left_out) == [item.id for item, fits in zip(items, fit, strict=True) if not fits]
    assert not any(fit), "the last was too much for all"


def test_an_autoregressive_voice_goes_through_both_phases_again(
    make_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    decoder = ("debug=fast", "model/decoder=autoregressive", "trainer.validation_utterances=1")
    first = make_trainer(tmp_path / "first", *decoder, "trainer.frames_per_batch=800")
    first.fit()
    assert all(attention.smma_tunable for attention in first.model.attentions)
    again = make_trainer(tmp_path / "again", *decoder, f"init_from={tmp_path / 'first'}")
    assert not any(attention.smma_tunable for attention in again.model.attentions)
    assert not any(attention.focus.any() for attention in again.model.attentions)


@pytest.mark.parametrize(("narrow", "read"), [(2, 90), (3, 57)])
def test_a_few_narrow_recordings_do_not_decide_what_is_read(narrow: int, read: int) -> None:
    assert filled_by_most([90, *[57] * narrow, *[90] * (39 - narrow)]) == read


def test_a_run_draws_utterances_as_a_ranking_says(make_trainer: Callable[..., Any], tmp_path: Path) -> None:
    everyone = make_trainer(tmp_path / "all", "debug=fast")
    ids = [item.utterance.id for item in everyone.data.train.items]
    rows = ["id\tdeviation\tmisfit", f"{ids[0]}\t-20\t1.5", f"{ids[1]}\t-5\t0.5", *(f"{id}\t0\t0.3" for id in ids[2:])]
    (tmp_path / "ranking.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    trainer = make_trainer(tmp_path / "ranked", "debug=fast", f"ranking={tmp_path}/ranking.tsv")
    assert "1 of them drawn less often and 1 never (ranking)" in trainer.describe()
    drawn = {id.partition("/")[2] for batch, _ in zip(trainer.batches(), range(40), strict=False) for id in batch.ids}
    assert drawn >= set(ids[2:]) and ids[0] not in drawn
    for content, complaint in (
        ("id\tdeviation\tmisfit\nx\t0\t0\n", "names no utterance of the run's first corpus"),
        ("\n".join([rows[0], *(f"{id}\t0\t2" for id in ids)]) + "\n", "sound like another text"),
    ):
        (tmp_path / "ranking.tsv").write_text(content, "utf-8")
        with pytest.raises(UserError, match=complaint):
            make_trainer(tmp_path / "refused", "debug=fast", f"ranking={tmp_path}/ranking.tsv")
