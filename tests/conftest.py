"""What tests share: NaN in uninitialised memory, and a corpus and a model so small that a run takes seconds."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch

from tts.audio.config import AudioConfig
from tts.corpora.synthetic.espeak import EspeakCorpus
from tts.preparation.limits import Limits
from tts.preparation.prepare import prepare
from tts.text.config import TextConfig

SENTENCES = (
    "We keep the sea in view.",
    "A lamp stood by the door.",
    "Rain fell on the old town.",
    "She sold nine red hats.",
    "Go home, then call me back.",
    "Did the bird sing at noon?",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
VOICES = ("en-us+f3", "en-us+m3")
TINY = (
    "model.width=16",
    "model.text_encoder.layers=1",
    "model.reference_encoder.channels=[2,2,2]",
    "model.reference_encoder.gru=8",
    "model.reference_encoder.style_tokens=2",
    "model.reference_encoder.style_heads=2",
    "model.attention.head_dim=8",
    "model.prosody.layers=1",
    "model.duration.layers=1",
    "model.decoder.layers=1",
)
TINY_VOCODER = (
    "generator.width=16",
    "generator.hidden=32",
    "generator.layers=1",
    "generator.pitch_width=16",
    "generator.pitch_layers=1",
    "segment_frames=24",
    "trainer.frames_per_batch=96",
)
ONE_THREAD = (
    "trainer.accelerator=cpu",
    "trainer.devices=1",
    "trainer.threads=1",
    "trainer.precision=32-true",
    "trainer.loader_workers=0",
)


@pytest.fixture(autouse=True, scope="session")
def uninitialised_memory_is_nan() -> Iterator[None]:
    """Code which forgets to write an element fails."""
    # Torch fills only while deterministic algorithms are on; warn_only leaves those without such a variant usable.
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = True
    yield
    torch.use_deterministic_algorithms(False)


@pytest.fixture(autouse=True, scope="session")
def ctrl_c_interrupts() -> Iterator[None]:
    """Also where a shell started pytest in the background, which has its processes ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared `espeak` corpus: six sentences, each by two voices, with exact phone times."""
    folder = tmp_path_factory.mktemp("corpus")
    listing = folder / "sentences.txt"
    listing.write_text("\n".join(SENTENCES), "utf-8")
    corpus = EspeakCorpus(str(folder / "downloads"), str(listing), VOICES, hours=None)
    report = prepare(corpus, folder / "espeak", AudioConfig(), TextConfig(), Limits(), workers=0)
    assert not report.rejected
    return folder / "espeak"


@pytest.fixture(scope="session")
def tiny(prepared: Path) -> Callable[..., list[str]]:
    """Overrides of `train.yaml`: what is asked for, but with a tiny model, on the tiny corpus or another folder."""

    def overrides(*asked: str, corpus_out: Path = prepared, last: Sequence[str] = ()) -> list[str]:
        corpora = [] if any(a.startswith(("experiment=", "corpus=")) for a in asked) else ["corpus=espeak"]
        return [*corpora, *asked, *TINY, *ONE_THREAD, *corpora_at(corpus_out, *corpora, *asked), *last]

    return overrides


def corpora_at(folder: Path, *asked: str) -> list[str]:
    """Overrides that take every corpus of a run from one folder."""
    corpus = composed(*(a for a in asked if a.startswith(("experiment=", "corpus"))))["corpus"]
    outs = [f"corpus.parts.{part}.out" for part in corpus.get("parts", ())] or ["corpus.out"]
    return [f"{out}={folder}" for out in outs]


@cache
def composed(*overrides: str) -> dict[str, Any]:
    """The config of `train`, composed once for all tests that ask for the same, as it takes a third of a second. Read
    only."""
    from tts.commands.cli import load_config

    return load_config("train", overrides)


def settings_of_a_run(run_dir: Path, overrides: Sequence[str]) -> Any:
    """What `train.py` would make of `overrides` and `run_dir=`."""
    from tts.commands.train import read_config

    return read_config(deepcopy(composed(*overrides)) | {"run_dir": str(run_dir)})


@pytest.fixture(scope="session")
def make_trainer(tiny: Callable[..., list[str]]) -> Callable[..., Any]:
    """`make_trainer(run_dir, *overrides)` → a `Trainer` of a tiny run, as `train.py` would make it; see `tiny`."""
    from tts.training.acoustic.trainer import AcousticTrainer
    from tts.training.hardware.fabric import launch

    def make(run_dir: Path, *asked: str, **settings: Any) -> AcousticTrainer:
        config = settings_of_a_run(run_dir, tiny(*asked, **settings))
        fabric = launch(config.trainer)
        return AcousticTrainer(config, fabric)

    return make


@pytest.fixture(scope="session")
def tiny_vocoder_overrides(prepared: Path) -> Callable[..., list[str]]:
    """Overrides of a vocoder's training, likewise."""

    def overrides(*asked: str, last: Sequence[str] = ()) -> list[str]:
        experiment = [] if any(a.startswith("experiment=") for a in asked) else ["experiment=vocoder_universal"]
        outs = corpora_at(prepared, *experiment, *asked)
        return [*experiment, *TINY_VOCODER, *ONE_THREAD, *asked, *outs, *last]

    return overrides


@pytest.fixture(scope="session")
def make_vocoder_trainer(tiny_vocoder_overrides: Callable[..., list[str]]) -> Callable[..., Any]:
    """`make_vocoder_trainer(run_dir, *overrides)` → the trainer of a tiny vocoder on the tiny corpus, likewise."""
    from tts.training.hardware.fabric import launch
    from tts.training.vocoder.trainer import VocoderTrainer

    def make(run_dir: Path, *asked: str) -> VocoderTrainer:
        config = settings_of_a_run(run_dir, tiny_vocoder_overrides(*asked))
        fabric = launch(config.trainer)
        return VocoderTrainer(config, fabric)

    return make


@pytest.fixture(scope="session")
def tiny_vocoder(make_vocoder_trainer: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run of a few steps with discriminators. Read only."""
    run_dir = tmp_path_factory.mktemp("runs") / "tiny_vocoder"
    make_vocoder_trainer(run_dir, "debug=vocoder_fast", "name=tiny_vocoder", "half=false").fit()
    return run_dir


@pytest.fixture(scope="session")
def tiny_run(make_trainer: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run of a few steps through both phases. Read only."""
    run_dir = tmp_path_factory.mktemp("runs") / "tiny"
    make_trainer(run_dir, "debug=fast", "name=tiny").fit()
    return run_dir


@pytest.fixture(scope="module")
def launch() -> Iterator[Callable[..., Any]]:
    """`launch(*flags)` → a browser of Playwright; the test is skipped where there is none.

    Of a module: while Playwright's loop runs, no other test can have one.
    """
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install playwright")
    installed = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with api.sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        if not own.is_file() and installed is None:
            pytest.skip("no Chromium: python -m playwright install chromium, or apt install chromium")
        browsers = []

        def start(*flags: str) -> Any:
            path = None if own.is_file() else installed
            browsers.append(playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *flags]))
            return browsers[-1]

        yield start
        for browser in browsers:
            browser.close()
