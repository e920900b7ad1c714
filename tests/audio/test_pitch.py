"""Pitch contours and harmonic templates."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import numpy as np
import pytest
import torch

from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel
from tts.audio.pitch import (
    HIGHEST,
    LOWEST,
    STEPS,
    compile_pitch_tracking,
    harmonic_template,
    harmonics_at,
    pitch_contour,
)
from tts.storage.locks import LOCK


def buzz(hertz: float, config: AudioConfig, seconds: float = 1.0) -> torch.Tensor:
    time = torch.arange(int(seconds * config.sample_rate)) / config.sample_rate
    return sum(torch.cos(2 * math.pi * hertz * k * time) / 20 for k in range(1, 12))


@pytest.mark.parametrize("rate", [16000, 24000])
@pytest.mark.parametrize("hertz", [90.0, 217.0])
def test_pitch_of_a_buzz_between_silences(rate: int, hertz: float) -> None:
    config = AudioConfig(sample_rate=rate, hop_length=rate // 80, f_max=8000.0)
    silence = torch.zeros(rate // 2)
    wav = torch.cat([silence, buzz(hertz, config), silence])
    pitch = pitch_contour(wav, config)
    assert len(pitch) == len(LogMel(config)(wav)) and pitch.dtype == torch.float32
    frames = round(1 / config.frame_seconds)
    inside = pitch[frames // 2 + 8 : frames + frames // 2 - 8]
    assert (inside / hertz).log2().abs().max() < 0.02
    assert (pitch[: frames // 2 - 8] == 0).all()


def test_compiling_waits_in_a_folder_of_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = tmp_path / "tmp"  # where anybody else may hold a lock
    shared.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(shared))
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "mine"))
    compile_pitch_tracking(AudioConfig())
    assert (tmp_path / "mine" / LOCK).exists() and not list(shared.iterdir())


def test_template_has_the_peaks_of_a_buzz() -> None:
    config = AudioConfig()
    template = harmonic_template(config)
    assert template.shape == (STEPS, config.n_mels) and torch.isfinite(template).all()
    row = harmonics_at(template, torch.tensor([200.0, 0.0]))
    assert (row[1] == 0).all()
    mel = LogMel(config)(buzz(200.0, config))[20:-20].mean(0)
    assert np.corrcoef(row[0, 4:36], mel[4:36])[0, 1] > 0.8


def test_frequencies_out_of_range_are_taken_as_the_nearest() -> None:
    template = torch.randn(STEPS, 3)
    rows = harmonics_at(template, torch.tensor([10.0, LOWEST, HIGHEST, 2000.0]))
    assert torch.equal(rows[0], rows[1]) and torch.equal(rows[2], rows[3])
    torch.testing.assert_close(rows[[1, 2]], template[[0, -1]])
