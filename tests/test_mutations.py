"""Whatever a voice's, a vocoder's or an aligner's folder holds, it serves or is refused in one line."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from mutations import mutate

from tts.alignment import Aligner, AlignerConfig, train_aligner
from tts.audio import waveform
from tts.data.manifest import read_manifest
from tts.errors import UserError
from tts.synthesis.voice import Voice
from tts.vocoder.choice import IstftVocoder

MUTATIONS = 60


def serves(use: Callable[[Path], None], source: Path, card: str, tmp_path: Path) -> None:
    refused = 0
    for seed in range(MUTATIONS):
        folder, draw = shutil.copytree(source, tmp_path / "m", dirs_exist_ok=True), random.Random(seed)
        what = mutate(folder, draw, card)
        try:
            use(folder)
        except UserError as error:
            refused += 1
            assert "\n" not in str(error) and len(str(error)) < 1000, f"seed {seed}: {what}"
        except Exception as error:
            raise AssertionError(f"seed {seed}: {what}") from error
    assert MUTATIONS / 4 < refused < MUTATIONS, "nearly all or none was refused: the mutations test nothing"


@pytest.mark.filterwarnings("ignore")
def test_a_voice_speaks_or_is_refused(tiny_run: Path, tmp_path: Path) -> None:
    def use(folder: Path) -> None:
        assert Voice.load(folder).synthesize("Go home.").wav.isfinite().all()

    serves(use, tiny_run / "voice", "voice.json", tmp_path)


@pytest.mark.filterwarnings("ignore")
def test_a_vocoder_sounds_or_is_refused(tiny_run: Path, tiny_vocoder: Path, tmp_path: Path) -> None:
    def use(folder: Path) -> None:
        voice = Voice.load(tiny_run, IstftVocoder(path=str(folder)))
        assert voice.synthesize("Go home.").wav.isfinite().all()

    numbers = iter(range(MUTATIONS))  # `trained` keeps what it read by its path: each folder has one of its own
    source = tiny_vocoder / "vocoder"
    serves(lambda folder: use(folder.rename(tmp_path / str(next(numbers)))), source, "vocoder.json", tmp_path)


@pytest.mark.filterwarnings("ignore")
def test_an_aligner_aligns_or_is_refused(prepared: Path, tmp_path: Path) -> None:
    corpus = read_manifest(prepared)
    recordings = [(u.id, waveform.read(corpus.audio_path(u), 16000), u.tokens) for u in corpus.utterances]
    config = AlignerConfig(states=2, mixtures=2, iterations=1)
    train_aligner(recordings, config).save(tmp_path / "aligner", "x", {"espeak": ["someone"]})
    name, wav, tokens = recordings[0]

    def use(folder: Path) -> None:
        aligned = Aligner.load(folder).align(wav, 16000, tokens, name)
        assert torch.tensor([aligned.score, *aligned.confidence]).isfinite().all()

    serves(use, tmp_path / "aligner", "aligner.json", tmp_path)
