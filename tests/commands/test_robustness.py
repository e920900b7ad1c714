"""`tts-evaluate metric=robustness` and `metric=detector`, and an autoregressive voice on the way from run to sound."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from matplotlib.figure import Figure

from tts.alignment import Aligner
from tts.audio import waveform
from tts.commands.align import main as align
from tts.commands.evaluate import main as evaluate
from tts.commands.synthesize import main as synthesize
from tts.data.manifest import read_manifest
from tts.evaluation.robustness import in_picture, mark
from tts.intervals import Interval
from tts.synthesis.voice import Endless, Synthesis, Voice
from tts.text.tokens import Tokens

SMALL = ("model.mixtures=4", "model.iterations=3")


@pytest.fixture(scope="module")
def autoregressive_run(make_trainer: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    run_dir = tmp_path_factory.mktemp("runs") / "autoregressive"
    make_trainer(run_dir, "experiment=transformer_smma", "debug=fast").fit()
    return run_dir


@pytest.fixture
def aligner(call: Callable[..., Any], prepared: Path, tmp_path: Path) -> Path:
    assert call(align, "corpus=espeak", f"corpus.out={prepared}", f"out={tmp_path}/aligned", *SMALL).status == 0
    return tmp_path / "aligned" / "aligner"


def test_bad_cases_are_counted_by_class_and_shown(call: Callable[..., Any], aligner: Path, tmp_path: Path) -> None:
    """A system that hums: every sentence is a bad case, or its phones would be found in a hum."""
    (tmp_path / "hum").mkdir()
    hum = 0.1 * torch.sin(2 * torch.pi * 150 / 16000 * torch.arange(24000))
    for number in (1, 2):
        waveform.write(tmp_path / f"hum/{number:04d}.wav", hum, 16000)
    (tmp_path / "hard.tsv").write_text("<b>sea</b>\tWe keep the sea in view.\nred\tShe sold nine red hats.\n", "utf-8")
    result = call(
        evaluate, "metric=robustness", f"recordings={tmp_path}/hum", f"aligner={aligner}",
        f"sentences={tmp_path}/hard.tsv", f"out={tmp_path}/out",
    )  # fmt: skip
    assert result.status == 0, result.err
    figures = json.loads((tmp_path / "out/results.json").read_text("utf-8"))
    bad = [case for case in figures["cases"] if case["faults"]]
    assert bad and figures["bad_cases"]["total"] == len(bad)
    assert sum(count for kind, count in figures["bad_cases"].items() if kind != "total") == len(bad)
    assert [case["kind"] for case in figures["cases"]] == ["<b>sea</b>", "red"]
    assert not figures["unscored"]
    page = (tmp_path / "out/report.html").read_text("utf-8")
    assert "<b>" not in page
    assert "heard there" in page and all(fault["heard"] for case in bad for fault in case["faults"])
    for case in bad:
        assert f'src="{case["number"]:04d}.wav"' in page
        assert (tmp_path / f"out/{case['number']:04d}.wav").is_file()


def test_a_voice_is_judged_by_who_knows_its_speaker(
    call: Callable[..., Any], tiny_run: Path, prepared: Path, tmp_path: Path
) -> None:
    """Without an aligner one is trained on the speaker's recordings; one that does not know the speaker is refused."""
    (tmp_path / "hard.tsv").write_text("We keep the sea in view. She sold nine red hats.\n", "utf-8")
    command = (
        evaluate, "metric=robustness", f"voice={tiny_run}", "corpus=espeak", f"corpus.out={prepared}",
        f"sentences={tmp_path}/hard.tsv", "vocoder=griffin_lim", "vocoder.iterations=1",
    )  # fmt: skip
    result = call(*command, "speaker=en-us+m3", f"out={tmp_path}/out")
    assert result.status == 0, result.err
    judge = Aligner.load(tmp_path / "out/judge")
    assert judge.learnt_from == {"espeak": ("en-us+m3",)}
    [case] = json.loads((tmp_path / "out/results.json").read_text("utf-8"))["cases"]
    assert case["faults"], "a voice of six steps makes no known sounds"
    assert (tmp_path / "out/0001.png").is_file() and "heard there" in (tmp_path / "out/report.html").read_text("utf-8")
    again = call(*command, "speaker=en-us+m3", f"out={tmp_path}/out")
    assert again.status == 0 and "trained before on the same recordings" in again.out
    refused = call(*command, f"aligner={tmp_path}/out/judge", f"out={tmp_path}/other")  # the first speaker is another
    assert refused.status == 1 and len(refused.errors) == 1
    assert "trained on en-us+m3, not on en-us+f3" in refused.errors[0]
    assert "leave aligner out" in refused.errors[0]
    judge.save(tmp_path / "old", "as versions did that did not keep whose speech it was")
    old = call(*command, f"aligner={tmp_path}/old", f"out={tmp_path}/other")
    assert old.status == 0 and "warning: " in old.err and "does not say which speakers it was trained on" in old.err
    assert "did you mean 'en-us+m3'" in call(*command, "speaker=en-us+m4", f"out={tmp_path}/other").errors[0]


def test_faults_are_marked_where_they_are() -> None:
    """Pictures lack the pauses between sentences, which the sound has."""
    figure = Figure()
    figure.subplots(2, 1)
    mark(figure, [(0.5, "skipped"), (1.25, "run on")])
    for axes in figure.axes:
        assert [line.get_xdata()[0] for line in axes.lines] == [0.5, 1.25]
    assert [text.get_text().strip() for text in figure.axes[0].texts] == ["skipped", "run on"]
    tokens = Tokens(("<s>", "a", "</s>") * 2, (0,) * 6, (-1, 0, -1, -1, 1, -1), ("a", "a"))
    edges = [0.0, 0.2, 0.5, 0.6, 0.7, 0.8, 1.0, 1.1]
    labels = ("sil", "a", "sil", "sil", "sil", "a", "sil")
    phones = [Interval(*row) for row in zip(labels, edges, edges[1:], strict=False)]
    speech = Synthesis(torch.zeros(8), 8, [], phones, torch.zeros(1, 1), torch.ones(6), tokens)
    found = [in_picture(seconds, speech) for seconds in (0.3, 0.6, 0.65, 0.7, 1.0)]
    assert found == pytest.approx([0.3, 0.6, 0.6, 0.6, 0.9])


def test_what_evaluation_did_not_write_is_not_overwritten(
    call: Callable[..., Any], prepared: Path, aligner: Path, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    shutil.copyfile(read_manifest(prepared).audio_path(read_manifest(prepared).utterances[0]), theirs / "0001.wav")
    before = (theirs / "0001.wav").read_bytes()
    (tmp_path / "hard.tsv").write_text("We keep the sea in view.\n", "utf-8")
    command = (evaluate, "metric=robustness", f"recordings={theirs}", f"aligner={aligner}")
    refused = call(*command, f"sentences={tmp_path}/hard.tsv", f"out={theirs}")
    assert refused.status == 1 and "theirs: holds 0001.wav" in refused.errors[0]
    assert (theirs / "0001.wav").read_bytes() == before
    assert call(*command, f"sentences={tmp_path}/hard.tsv", f"out={tmp_path}/out").status == 0
    (tmp_path / "out/.smma-tts.json").unlink()  # as versions left it that made no marks
    assert call(*command, f"sentences={tmp_path}/hard.tsv", f"out={tmp_path}/out").status == 0


def test_speech_of_another_system_is_judged_too(
    call: Callable[..., Any], prepared: Path, aligner: Path, tmp_path: Path
) -> None:
    corpus = read_manifest(prepared)
    [spoken, *_] = corpus.utterances
    (tmp_path / "theirs").mkdir()
    shutil.copyfile(corpus.audio_path(spoken), tmp_path / "theirs/0001.wav")
    (tmp_path / "hard.tsv").write_text(f"{spoken.text}\nShe sold nine red hats.\n", "utf-8")
    result = call(
        evaluate, "metric=robustness", f"recordings={tmp_path}/theirs", f"aligner={aligner}",
        f"sentences={tmp_path}/hard.tsv", f"out={tmp_path}/out",
    )  # fmt: skip
    assert result.status == 0, result.err
    figures = json.loads((tmp_path / "out/results.json").read_text("utf-8"))
    [case] = figures["cases"]
    assert case["text"] == spoken.text and case["seconds"] == pytest.approx(spoken.seconds, abs=0.01)
    assert "0002.wav" in figures["unscored"]["She sold nine red hats."]


def test_the_detector_hears_what_is_planted_and_little_else(
    call: Callable[..., Any], prepared: Path, aligner: Path, tmp_path: Path
) -> None:
    result = call(
        evaluate, "metric=detector", f"aligner={aligner}", "corpus=espeak", f"corpus.out={prepared}",
        f"out={tmp_path}/out", "splits=[train,valid,test]",
    )  # fmt: skip
    assert result.status == 0, result.err
    found = json.loads((tmp_path / "out/results.json").read_text("utf-8"))["found"]
    rates = [found[fault] for fault in ("cut", "doubled", "truncated", "babble", "run on", "other text")]
    assert len(found) == 1 + len(rates)
    assert sum(rates) / len(rates) > found["none"] + 0.2, "it is trained on forty seconds; full corpora: docs/LOG.md"
    assert min(rates) > 0.4


@pytest.mark.parametrize("path", ["hard", "soft"])
def test_an_autoregressive_voice_speaks_along_either_path(
    call: Callable[..., Any], autoregressive_run: Path, tmp_path: Path, path: str
) -> None:
    result = call(
        synthesize, f"voice={autoregressive_run}", f"path={path}", f"out={tmp_path}/spoken",
        "text=We keep the sea in view.",
    )  # fmt: skip
    if path == "soft" and result.status:
        assert "no end of" in result.errors[-1], "after six steps the expectation may not reach the end"
        return
    assert result.status == 0, result.err
    said = json.loads((tmp_path / "spoken/0001.json").read_text("utf-8"))
    assert [word["label"] for word in said["words"]] == ["We", "keep", "the", "sea", "in", "view"]
    assert all(a["end"] == pytest.approx(b["start"]) for a, b in zip(said["phones"], said["phones"][1:], strict=False))


def test_a_voice_that_finds_no_end_says_so(autoregressive_run: Path) -> None:
    voice = Voice.load(autoregressive_run)
    voice.model.smma_tunable = False  # the stop logit alone decides
    with torch.no_grad():
        voice.model.decoder.stop.bias.fill_(-60.0)
    with pytest.raises(Endless, match="no end of “We keep"):
        voice.synthesize("We keep the sea in view.")
    assert 0.2 < voice.expected_seconds("We keep the sea in view.") < 60


def test_word_errors_count_a_sentence_without_an_end_as_silence(
    autoregressive_run: Path, tmp_path: Path, call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[str] = []

    def synthesize(voice: Voice, text: str, **_: Any) -> Any:
        modes.append(voice.model.decoder.mode)
        raise Endless("no end")

    monkeypatch.setattr(Voice, "synthesize", synthesize)
    monkeypatch.setattr("tts.commands.evaluate.Recogniser", lambda threads: None)
    (tmp_path / "lines.txt").write_text("We keep the sea in view.\n", "utf-8")
    result = call(
        evaluate, "metric=speech", f"voice={autoregressive_run}", "path=soft", f"sentences={tmp_path}/lines.txt",
        f"out={tmp_path}/out",
    )  # fmt: skip
    assert result.status == 0, result.err
    figures = json.loads((tmp_path / "out/results.json").read_text("utf-8"))
    assert modes == ["soft"] and figures["endless"] == ["We keep the sea in view."]
    assert figures["rates"]["voice"]["rate"] == 1.0 and "counts as silent: We keep" in result.out
