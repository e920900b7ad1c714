"""`tts-evaluate metric=robustness` and `metric=detector`, and an autoregressive voice on the way from run to sound."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tts.audio import waveform
from tts.commands.align import main as align
from tts.commands.evaluate import main as evaluate
from tts.commands.synthesize import main as synthesize
from tts.data.manifest import read_manifest
from tts.synthesis.voice import Endless, Voice

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
    for case in bad:
        assert f'src="{case["number"]:04d}.wav"' in page
        assert (tmp_path / f"out/{case['number']:04d}.wav").is_file()


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
    planted = [found[fault] for fault in ("cut", "doubled", "truncated", "babble", "run on", "other text")]
    assert len(found) == 1 + len(planted)
    assert sum(planted) / len(planted) > found["none"] + 0.2, "it learns from forty seconds; full corpora: docs/LOG.md"
    assert min(planted) > 0.4


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
    voice.model.smma_tunable = False  # the stop head alone decides
    with torch.no_grad():
        voice.model.decoder.over.bias.fill_(-60.0)
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
