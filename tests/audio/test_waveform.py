from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from tts.audio import waveform
from tts.errors import UserError


def sine(hertz: float, rate: int, seconds: float = 0.5) -> torch.Tensor:
    return 0.5 * torch.sin(2 * np.pi * hertz * torch.arange(round(rate * seconds)) / rate)


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_write_then_read(tmp_path: Path, suffix: str) -> None:
    wav = sine(440, 16000)
    waveform.write(tmp_path / f"a{suffix}", wav, 16000)
    assert torch.allclose(waveform.read(tmp_path / f"a{suffix}", 16000), wav, atol=1e-4)
    assert [p.name for p in tmp_path.iterdir()] == [f"a{suffix}"]


def test_too_loud_is_scaled_not_wrapped(tmp_path: Path) -> None:
    wav = 4 * sine(440, 16000)
    waveform.write(tmp_path / "a.wav", wav, 16000)
    assert torch.allclose(waveform.read(tmp_path / "a.wav", 16000), wav / wav.abs().max(), atol=1e-4)
    with pytest.raises(ValueError, match="finite"):
        waveform.write(tmp_path / "b.wav", torch.tensor([float("nan")]), 16000)


@pytest.mark.parametrize("rate", [22050, 44100, 48000, 8000])
def test_resampling_keeps_the_tone(rate: int) -> None:
    wav = waveform.resample(sine(1000, rate), rate, 16000)
    assert torch.allclose(wav[800:-800], sine(1000, 16000)[800:-800], atol=2e-3)


def test_resampling_removes_what_would_alias() -> None:
    assert waveform.resample(sine(11000, 44100), 44100, 16000)[800:-800].abs().max() < 1e-3


def test_channels_are_averaged(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "s.wav", np.stack([np.full(100, 0.5), np.full(100, -0.25)], 1), 16000)
    assert torch.allclose(waveform.read(tmp_path / "s.wav", 16000), torch.full((100,), 0.125), atol=1e-4)


def test_unreadable_is_the_users_error(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("no audio")
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 16000)
    for name in ("text.wav", "empty.wav", "missing.wav"):
        with pytest.raises(UserError, match=name):
            waveform.read(tmp_path / name, 16000)
