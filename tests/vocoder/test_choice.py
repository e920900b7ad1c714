"""A voice gets the vocoder it is asked to speak through, and none that knows other mels."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tts.audio.config import AudioConfig
from tts.audio.griffin_lim import GriffinLim
from tts.audio.mel import LogMel
from tts.errors import UserError
from tts.vocoder.choice import (
    AUTO_VOCODER,
    UNIVERSAL,
    GriffinLimVocoder,
    IstftVocoder,
    make_vocoder,
)
from tts.vocoder.config import GeneratorConfig
from tts.vocoder.folder import VocoderInfo, save_vocoder
from tts.vocoder.generator import Generator

OTHER = AudioConfig(sample_rate=22050, n_fft=1024, win_length=1024, hop_length=256, n_mels=80, f_max=8000.0)


KHZ_16 = AudioConfig(16000, 1024, 1024, 200, 80, 0.0, 8000.0, 1e-5)


@pytest.mark.parametrize("audio", [AudioConfig(), KHZ_16], ids=["24khz", "16khz"])
def test_those_in_the_package_are_the_default_for_their_mels(audio: AudioConfig) -> None:
    for choice in (AUTO_VOCODER, IstftVocoder()):
        vocoder = make_vocoder(choice, audio)
        assert isinstance(vocoder, Generator) and vocoder.audio == audio
    assert isinstance(make_vocoder(AUTO_VOCODER, OTHER), GriffinLim)
    assert isinstance(make_vocoder(GriffinLimVocoder(), AudioConfig()), GriffinLim)
    for folder in UNIVERSAL:
        assert sum(path.stat().st_size for path in folder.iterdir()) <= 8e6


@pytest.mark.parametrize("audio", [AudioConfig(), KHZ_16], ids=["24khz", "16khz"])
def test_those_in_the_package_copy_a_voiced_sound(audio: AudioConfig) -> None:
    """Pulses through one resonance: the copy is as loud and as high."""
    time = torch.arange(audio.sample_rate) / audio.sample_rate
    harmonics = torch.arange(1, 30)
    strength = 0.02 / (1 + ((harmonics * 150 - 600) / 300).square())
    wav = (strength[:, None] * torch.cos(2 * torch.pi * 150 * harmonics[:, None] * time)).sum(0)
    log_mel, vocoder = LogMel(audio), make_vocoder(AUTO_VOCODER, audio)
    mel = log_mel(wav)
    copy = vocoder(mel)
    assert copy.shape == ((len(mel) - 1) * audio.hop_length,)
    assert 20 * (copy.std() / wav.std()).log10().abs() < 3
    second = copy[audio.sample_rate // 4 :][: audio.sample_rate // 2]
    spectrum = torch.fft.rfft(second * torch.hann_window(len(second))).abs()
    assert 2 * int(spectrum[50:120].argmax() + 50) == pytest.approx(150, abs=4)


@pytest.mark.parametrize("setting", [{"hop_length": 160}, {"f_max": 7600.0}, {"n_mels": 64}])
def test_other_mels_are_refused_with_both_settings(setting: dict[str, float], tmp_path: Path) -> None:
    audio = replace(AudioConfig(), **setting)
    generator = Generator(GeneratorConfig(width=8, hidden=8, layers=1, pitch_width=8, pitch_layers=1), AudioConfig())
    save_vocoder(tmp_path / "vocoder", generator, VocoderInfo("none", "nobody", {}))
    with pytest.raises(UserError, match=f"trained on mels of .*the voice makes .*differ in {next(iter(setting))}"):
        make_vocoder(IstftVocoder(path=str(tmp_path / "vocoder")), audio)
