"""A voice gets the vocoder it is asked to speak through, and none that knows other mels."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tts.audio.config import AudioConfig
from tts.audio.griffin_lim import GriffinLim
from tts.audio.mel import LogMel
from tts.errors import UserError
from tts.vocoder import Generator, GeneratorConfig
from tts.vocoder.choice import (
    AUTO_VOCODER,
    UNIVERSAL,
    GriffinLimVocoder,
    IstftVocoder,
    make_vocoder,
)
from tts.vocoder.folder import VocoderInfo, save_vocoder

OTHER = AudioConfig(sample_rate=22050, hop_length=256)


def test_the_one_in_the_package_is_the_default_for_its_mels() -> None:
    vocoder = make_vocoder(AUTO_VOCODER, AudioConfig())
    assert isinstance(vocoder, Generator)
    assert isinstance(make_vocoder(AUTO_VOCODER, OTHER), GriffinLim)
    assert isinstance(make_vocoder(GriffinLimVocoder(), AudioConfig()), GriffinLim)
    assert sum(path.stat().st_size for path in UNIVERSAL.iterdir()) <= 8e6


def test_the_one_in_the_package_copies_a_voiced_sound() -> None:
    """Pulses through one resonance: the copy is as loud and as high."""
    audio = AudioConfig()
    time = torch.arange(audio.sample_rate) / audio.sample_rate
    harmonics = torch.arange(1, 30)
    strength = 0.02 / (1 + ((harmonics * 150 - 600) / 300).square())
    wav = (strength[:, None] * torch.cos(2 * torch.pi * 150 * harmonics[:, None] * time)).sum(0)
    log_mel, vocoder = LogMel(audio), make_vocoder(AUTO_VOCODER, audio)
    mel = log_mel(wav)
    copy = vocoder(mel)
    assert copy.shape == ((len(mel) - 1) * audio.hop_length,)
    assert 20 * (copy.std() / wav.std()).log10().abs() < 3
    spectrum = torch.fft.rfft(copy[4000:12000] * torch.hann_window(8000)).abs()
    assert 2 * int(spectrum[50:120].argmax() + 50) == pytest.approx(150, abs=4)


@pytest.mark.parametrize("setting", [{"hop_length": 160}, {"f_max": 7600.0}, {"n_mels": 64}])
def test_other_mels_are_refused_with_both_settings(setting: dict[str, float], tmp_path: Path) -> None:
    audio = replace(AudioConfig(), **setting)
    generator = Generator(GeneratorConfig(width=8, hidden=8, layers=1, pitch_width=8, pitch_layers=1), AudioConfig())
    save_vocoder(tmp_path / "vocoder", generator, VocoderInfo("none", "nobody", {}))
    with pytest.raises(UserError, match=f"trained on mels of .*the voice makes .*differ in {next(iter(setting))}"):
        make_vocoder(IstftVocoder(path=str(tmp_path / "vocoder")), audio)
