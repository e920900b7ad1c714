"""What commit 36138a3 made on torch 2.11 still loads, speaks, goes on and is recognised.

The folder beside this file holds, all tiny: a prepared corpus of three sentences by two of espeak-ng's speakers
(`sentences.txt`), a run of six steps of each decoder and of a vocoder (`debug=fast`, `debug=vocoder_fast`), timings of
the corpus with their aligner, what the voices and the vocoder said (`expected.safetensors`: "The old sea." by
`en-us+m3`), and the losses of the two steps after each checkpoint (`losses.json`).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from tests.conftest import ONE_THREAD, TINY, TINY_VOCODER
from tts.alignment import Aligner
from tts.audio import pitch, pyin, waveform
from tts.audio.config import AudioConfig
from tts.commands.align import align
from tts.commands.cli import load_config
from tts.commands.train import read_config, with_data_of_run
from tts.corpora.synthetic.espeak import EspeakCorpus
from tts.data.manifest import read_manifest
from tts.preparation.limits import Limits
from tts.preparation.prepare import prepare
from tts.synthesis.voice import Voice
from tts.text.config import TextConfig
from tts.training.acoustic.trainer import AcousticTrainer
from tts.training.hardware.fabric import launch
from tts.training.vocoder.trainer import VocoderTrainer
from tts.vocoder.folder import load_vocoder

KHZ_16 = AudioConfig(16000, 1024, 1024, 200, 80, 0.0, 8000.0, 1e-5)
"""The mel definition of that time, which a run keeps where no other is asked for."""
EARLIER = Path(__file__).parent / "36138a3"
EXACT = torch.__version__.startswith("2.11.")
"""On the libraries of that commit every bit of a model's output is the same."""
EDGE, INAUDIBLE = 240, 2e-3
"""Since 0.10.0 the noise of a vocoder does not begin and end with the sound, which changes up to so many samples; and
its pulses are summed in single precision, which is nothing beside the loudest sample."""


def assert_same(found: Tensor, expected: Tensor, atol: float) -> None:
    assert found.shape == expected.shape
    torch.testing.assert_close(found, expected, rtol=0, atol=0 if EXACT else atol)


def assert_sounds_the_same(found: Tensor, expected: Tensor) -> None:
    assert found.shape == expected.shape
    within, loudest = slice(EDGE, -EDGE), float(expected.abs().max())
    torch.testing.assert_close(found[within], expected[within], rtol=0, atol=INAUDIBLE * loudest)
    assert found.abs().max() < 1.1 * loudest


@pytest.fixture
def earlier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the folder, and the place that its runs were started from."""
    shutil.copytree(EARLIER, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    return tmp_path / "copy"


@pytest.fixture
def pitch_of_that_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(pyin, "STRICTNESS", 18)
    pitch._tracker.cache_clear()
    yield
    pitch._tracker.cache_clear()


@pytest.mark.parametrize("name", ["parallel", "autoregressive"])
def test_a_voice_says_the_same(name: str) -> None:
    expected = load_file(EARLIER / "expected.safetensors")
    speech = Voice.load(EARLIER / name).synthesize("The old sea.", speaker="en-us+m3")
    assert torch.equal(speech.durations, expected[f"{name}.durations"])
    assert_same(speech.mel, expected[f"{name}.mel"], 1e-3)
    assert_sounds_the_same(speech.wav, expected[f"{name}.wav"])


def test_a_vocoder_makes_the_same_sound() -> None:
    expected = load_file(EARLIER / "expected.safetensors")
    with torch.inference_mode():
        sound = load_vocoder(EARLIER / "vocoder")[0](expected["parallel.mel"])
    assert_sounds_the_same(sound, expected["vocoder.wav"])


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("parallel", ("corpus=espeak", "debug=fast", *TINY)),
        ("autoregressive", ("corpus=espeak", "debug=fast", "model/decoder=autoregressive", *TINY)),
        ("vocoder", ("experiment=vocoder_universal", "debug=vocoder_fast", "half=false", *TINY_VOCODER)),
    ],
)
def test_a_run_goes_on(name: str, asked: tuple[str, ...], earlier: Path, pitch_of_that_time: None) -> None:
    outs = [f"corpus.parts.{part}.out=corpus" for part in load_config("train", asked)["corpus"].get("parts", ())]
    overrides = [
        *asked, *ONE_THREAD, *(outs or ["corpus.out=corpus"]), f"run_dir={name}", f"name={name}", "resume=auto",
        "trainer.max_steps=8",
    ]  # fmt: skip
    config = read_config(with_data_of_run(load_config("train", overrides), overrides))
    assert config.audio == KHZ_16
    kind: Any = VocoderTrainer if name == "vocoder" else AcousticTrainer
    trainer = kind(config, launch(config.trainer))
    losses: list[float] = []
    step: Callable[..., Any] = trainer.train_step

    def watched(batch: Any, progress: float) -> Any:
        result = step(batch, progress)
        losses.append(result[0].item())
        return result

    trainer.train_step = watched
    trainer.fit()
    expected = json.loads((EARLIER / "losses.json").read_text("utf-8"))[name]
    assert losses == (expected if EXACT and name != "vocoder" else pytest.approx(expected, rel=1e-3))
    assert trainer.step == 8


def test_a_prepared_corpus_is_finished_and_stays_as_it_is(earlier: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in (earlier / "corpus" / "audio").iterdir()}
    corpus = EspeakCorpus("downloads", "sentences.txt", ("en-us+f3", "en-us+m3"), hours=None)
    report = prepare(corpus, Path("corpus"), KHZ_16, TextConfig(), Limits(valid_percent=20.0), workers=1)
    assert {path.name: path.stat().st_mtime_ns for path in (earlier / "corpus" / "audio").iterdir()} == before
    assert not report.rejected
    assert len(read_manifest("corpus").utterances) == len(before) == 6


def test_an_aligner_finds_the_same_times() -> None:
    aligner, corpus = Aligner.load(EARLIER / "timings" / "aligner"), read_manifest(EARLIER / "corpus")
    for utterance in corpus.utterances:
        wav = waveform.read(corpus.audio_path(utterance), corpus.info.sample_rate)
        found = aligner.align(wav, corpus.info.sample_rate, utterance.tokens, utterance.id)
        expected = json.loads((EARLIER / "timings" / f"{utterance.id}.json").read_text("utf-8"))["phones"]
        assert [phone.label for phone in found.phones] == [row["label"] for row in expected]
        assert [phone.start for phone in found.phones] == pytest.approx([row["start"] for row in expected], abs=1e-3)


def test_timings_are_recognised_and_those_changed_by_hand_stay(
    earlier: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grid = next((earlier / "timings").glob("*.TextGrid"))
    grids = {path.name: path.read_bytes() for path in (earlier / "timings").glob("*.TextGrid") if path != grid}
    grid.write_text(grid.read_text("utf-8").replace('"sil"', '"SIL"'), "utf-8")
    changed = grid.read_bytes()
    config = load_config("align", ["corpus=espeak", "corpus.out=corpus", "out=timings", "aligner=timings/aligner"])
    align(config)
    said = capsys.readouterr().out
    assert "aligned before and have not changed" in said
    assert f"1 TextGrid changed by hand, {grid.stem} for one: left as it is" in said
    assert grid.read_bytes() == changed
    assert {name: (earlier / "timings" / name).read_bytes() for name in grids} == grids
