import librosa
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.audio.config import AudioConfig
from tts.audio.griffin_lim import GriffinLim
from tts.audio.mel import LogMel

CONFIGS = [
    AudioConfig(),
    AudioConfig(sample_rate=22050, n_fft=1024, win_length=1024, hop_length=256, n_mels=80, f_max=8000.0),
    AudioConfig(sample_rate=24000, n_fft=2048, win_length=1200, hop_length=300, n_mels=100, f_max=12000),
]


def chirp(seconds: float, rate: int) -> torch.Tensor:
    t = torch.arange(round(seconds * rate), dtype=torch.float64) / rate
    noise = torch.randn(len(t), generator=torch.Generator().manual_seed(1))
    return (0.4 * torch.sin(2 * np.pi * (150 * t + 900 * t**2))).float() + 0.01 * noise


@pytest.mark.parametrize("config", CONFIGS, ids=lambda c: str(c.sample_rate))
def test_log_mel_is_librosas(config: AudioConfig) -> None:
    wav = chirp(1.3, config.sample_rate)
    expected = librosa.feature.melspectrogram(
        y=wav.numpy(), sr=config.sample_rate, n_fft=config.n_fft, win_length=config.win_length,
        hop_length=config.hop_length, n_mels=config.n_mels, fmin=config.f_min, fmax=config.f_max,
        power=1.0, center=True, pad_mode="reflect",
    )  # fmt: skip
    expected = np.log(np.maximum(expected, config.floor)).T
    np.testing.assert_allclose(LogMel(config)(wav).numpy(), expected, atol=2e-4)


@settings(max_examples=20, deadline=None)
@given(samples=st.integers(769, 4000), hop=st.integers(50, 400), batch=st.integers(1, 3))
def test_frame_count(samples: int, hop: int, batch: int) -> None:
    config = AudioConfig(hop_length=hop)
    assert LogMel(config)(torch.zeros(batch, samples)).shape == (batch, 1 + samples // hop, config.n_mels)


def test_silence_is_the_floor_and_too_short_is_refused() -> None:
    config = AudioConfig()
    mel = LogMel(config)(torch.zeros(2000))
    assert torch.allclose(mel, torch.full_like(mel, float(np.log(config.floor))))
    with pytest.raises(ValueError, match="768 samples"):
        LogMel(config)(torch.zeros(768))


def test_griffin_lim_gives_the_mel_back() -> None:
    config = AudioConfig()
    log_mel = LogMel(config)
    mel = log_mel(chirp(1.0, config.sample_rate))
    invert = GriffinLim(config)
    wav = invert(mel)
    assert wav.shape == ((len(mel) - 1) * config.hop_length,)
    again = log_mel(wav)
    assert (again[4:-4] - mel[4:-4]).abs().mean() < 0.35
    assert torch.equal(wav, invert(mel))
