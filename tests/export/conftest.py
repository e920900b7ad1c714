"""A voice in every format, exported once for all processes that run tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from filelock import FileLock

from tts.commands.export import export
from tts.synthesis.voice import Voice, save_voice
from tts.vocoder.choice import IstftVocoder
from tts.vocoder.generator import Generator

Shared = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """`shared(name, make)`: a folder that one of the processes makes."""
    own = tmp_path_factory.getbasetemp()
    root = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def get(name: str, make: Callable[[Path], None]) -> Path:
        folder = root / f"exported_{name}"
        with FileLock(f"{folder}.lock"):
            if not folder.is_dir():
                draft = folder.with_suffix(".draft")
                shutil.rmtree(draft, ignore_errors=True)
                make(draft)
                draft.rename(folder)
        return folder

    return get


@pytest.fixture(scope="session")
def source(shared: Shared, tiny_run: Path, tiny_vocoder: Path) -> Path:
    """The folder of a tiny voice of two speakers, whose durations are like those of speech, and of its vocoder."""

    def make(folder: Path) -> None:
        voice = Voice.load(tiny_run)
        with torch.no_grad():
            voice.model.duration_predictor.out.bias.fill_(1.8)
        folder.mkdir()
        save_voice(folder / "voice", voice.model, voice.config, voice.table, voice.info)
        shutil.copytree(tiny_vocoder / "vocoder", folder / "vocoder")

    return shared("source", make)


@pytest.fixture(scope="session")
def voice(source: Path) -> Voice:
    """The voice that is exported."""
    return Voice.load(source / "voice", IstftVocoder(path=str(source / "vocoder")))


def generator(voice: Voice) -> Generator:
    assert isinstance(voice.vocoder, Generator)
    return voice.vocoder


@pytest.fixture(scope="session")
def exported(shared: Shared, source: Path) -> Callable[[str], Path]:
    """`exported(format)`: the folder that the command writes."""

    def get(format: str) -> Path:
        pytest.importorskip("onnxscript")
        vocoder = {"kind": "istft", "path": str(source / "vocoder")}
        config = {"voice": str(source / "voice"), "vocoder": vocoder, "format": format}
        return shared(format, lambda out: export(config | {"out": str(out)}))

    return get


@pytest.fixture(scope="session")
def onnx_folder(exported: Callable[[str], Path]) -> Path:
    return exported("onnx")


@pytest.fixture(scope="session")
def piper_folder(exported: Callable[[str], Path]) -> Path:
    return exported("piper")


@pytest.fixture(scope="session")
def sherpa_folder(exported: Callable[[str], Path]) -> Path:
    return exported("sherpa")
