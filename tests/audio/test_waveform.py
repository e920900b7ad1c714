import contextlib
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tts.audio import decoding, sound_file, waveform
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


@pytest.mark.parametrize(("old", "new"), [(48001, 16000), (4001, 16000), (16000, 22051), (44056, 22050)])
def test_resampling_between_rates_with_little_in_common(old: int, new: int) -> None:
    wav = sine(1000, old)
    resampled = waveform.resample(wav, old, new)
    assert len(resampled) == math.ceil(len(wav) * new / old) and resampled.dtype == wav.dtype
    assert torch.allclose(resampled[800:-800], sine(1000, new)[800 : len(resampled) - 800], atol=2e-3)


@pytest.mark.parametrize(("old", "new"), itertools.permutations([8000, 11025, 22050, 44100, 48000, 16000, 24000], 2))
def test_usual_rates_go_through_the_one_filter(old: int, new: int) -> None:
    assert waveform._cells(old, new) < waveform.MOST_CELLS


def test_what_a_file_says_of_itself_is_not_believed(tmp_path: Path) -> None:
    waveform.write(tmp_path / "a.flac", sine(440, 16000), 16000)
    content = bytearray((tmp_path / "a.flac").read_bytes())
    content[21] |= 0x0F  # of the 36 bits that hold the number of samples
    (tmp_path / "long.flac").write_bytes(content)
    soundfile.write(tmp_path / "slow.wav", np.zeros(100), 1)
    soundfile.write(tmp_path / "fast.wav", np.zeros(100), 2_000_000)
    (tmp_path / "bare.raw").write_bytes(bytes(1000))
    for name, complaint in (
        ("long.flac", "67109 min long"),
        ("slow.wav", "1 Hz"),
        ("fast.wav", "Hz"),
        ("bare.raw", "audio"),
    ):
        with pytest.raises(UserError, match=f"{name}: .*{complaint}"):
            waveform.read(tmp_path / name, 16000)


def test_a_full_disk_is_an_os_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound_file, "atomic_write", lambda _: contextlib.nullcontext(Path("/dev/full")))
    for suffix in (".wav", ".flac"):
        with pytest.raises(OSError, match="No space left"):
            waveform.write(tmp_path / f"a{suffix}", sine(440, 16000), 16000)


def test_channels_are_averaged(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "s.wav", np.stack([np.full(100, 0.5), np.full(100, -0.25)], 1), 16000)
    assert torch.allclose(waveform.read(tmp_path / "s.wav", 16000), torch.full((100,), 0.125), atol=1e-4)


def test_channels_that_are_silent_or_cancel_each_other_take_nothing_away(tmp_path: Path) -> None:
    speech = sine(440, 16000)
    faint, constant = 0.01 * sine(100, 16000), torch.full_like(speech, 0.5)
    for name, channels in {
        "film": [0 * speech, faint, speech, 0 * speech, constant, 0 * speech],
        "left": [speech, 0 * speech],
        "both": [speech, speech],
        "crossed": [speech, -0.99 * speech],
    }.items():
        soundfile.write(tmp_path / f"{name}.wav", torch.stack(channels, 1).numpy(), 16000)
        assert torch.allclose(waveform.read(tmp_path / f"{name}.wav", 16000), speech, atol=1e-4), name


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    gain=st.floats(0.15, 1.0),
    noise=st.floats(0.0, 0.3),
    inverted=st.booleans(),
    second=st.booleans(),
    offset=st.sampled_from([0.0, 0.2]),
    seed=st.integers(0, 99),
)
def test_of_a_channel_and_the_same_upside_down_the_louder_is_taken(
    tmp_path: Path, gain: float, noise: float, inverted: bool, second: bool, offset: float, seed: int
) -> None:
    drawn = torch.Generator().manual_seed(seed)
    speech = 0.1 * torch.randn(4000, generator=drawn)
    other = gain * (speech + 0.1 * noise * torch.randn(4000, generator=drawn))
    channels = [speech, -other + offset if inverted else other + offset]
    soundfile.write(tmp_path / "a.wav", torch.stack(channels[:: -1 if second else 1], 1).numpy(), 16000, "FLOAT")
    source = waveform.open_source(tmp_path / "a.wav")
    if inverted:
        loudest = int(channels[1].std() > channels[0].std())
        assert source.channel == f"{(loudest ^ second) + 1} of 2"
        assert torch.equal(torch.cat(list(source.blocks)), channels[loudest])
    else:
        assert source.channel == "mean of 2"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gain=st.floats(0.15, 1.0), common=st.floats(0.0, 1.0), seed=st.integers(0, 99))
def test_of_channels_with_sounds_of_their_own_the_mean_is_taken(
    tmp_path: Path, gain: float, common: float, seed: int
) -> None:
    own, other, both = 0.1 * torch.randn(3, 1000, generator=torch.Generator().manual_seed(seed))
    channels = torch.stack([own + common * both, gain * (other + common * both)], 1)
    soundfile.write(tmp_path / "a.wav", channels.numpy(), 16000, "FLOAT")
    source = waveform.open_source(tmp_path / "a.wav")
    assert source.channel == "mean of 2"
    assert torch.allclose(torch.cat(list(source.blocks)), channels.mean(1))


def test_a_flac_that_does_not_say_how_long_it_is_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wav = sine(440, 16000)
    waveform.write(tmp_path / "a.flac", wav, 16000)
    content = bytearray((tmp_path / "a.flac").read_bytes())
    content[21] &= 0xF0  # of the 36 bits that hold the number of samples
    content[22:26] = bytes(4)
    (tmp_path / "streamed.flac").write_bytes(content)
    assert waveform.open_source(tmp_path / "streamed.flac").seconds is None
    assert torch.allclose(waveform.read(tmp_path / "streamed.flac", 16000), wav, atol=1e-4)
    monkeypatch.setattr(waveform, "MOST_SAMPLES", len(wav) - 1)
    with pytest.raises(UserError, match=r"streamed\.flac: too long; .*cut it"):
        waveform.read(tmp_path / "streamed.flac", 16000)


def test_what_is_too_long_for_memory_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waveform.write(tmp_path / "a.wav", sine(440, 8000, 90.0), 8000)
    monkeypatch.setattr(waveform, "MOST_SAMPLES", 60 * 16000)
    assert len(waveform.read(tmp_path / "a.wav", 8000)) == 90 * 8000
    monkeypatch.setattr(waveform, "resampled", None)
    with pytest.raises(UserError, match=r"a\.wav: 2 min long; a recording may have 1 min at 16000 Hz: cut it"):
        waveform.read(tmp_path / "a.wav", 16000)


@pytest.mark.parametrize(("old", "new"), [(44100, 16000), (16000, 22050), (8000, 16000), (16000, 16000), (4001, 16000)])
def test_stretches_become_what_the_whole_becomes(tmp_path: Path, monkeypatch, old: int, new: int) -> None:
    wav = 0.1 * torch.randn(3 * old, generator=torch.Generator().manual_seed(0))
    whole = waveform.resample(wav, old, new)
    for size in (old, old // 7, 100):
        assert torch.allclose(torch.cat(list(waveform.resampled(wav.split(size), old, new))), whole, atol=2e-4)
    waveform.write(tmp_path / "a.wav", wav, old)
    monkeypatch.setattr(decoding, "BLOCK", 1000)
    assert torch.allclose(waveform.read(tmp_path / "a.wav", new), whole, atol=3e-4)


def test_unreadable_is_the_users_error(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("no audio")
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 16000)
    for name in ("text.wav", "empty.wav", "missing.wav"):
        with pytest.raises(UserError, match=name):
            waveform.read(tmp_path / name, 16000)
