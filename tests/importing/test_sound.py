"""Loudness and noise of a piece."""

from __future__ import annotations

import math

import pytest
import torch

from tts.importing.sound import at_loudness, without_noise

RATE = 16000


def tone(seconds: float = 2.0, amplitude: float = 0.05) -> torch.Tensor:
    return amplitude * torch.sin(2 * math.pi * 440 * torch.arange(round(seconds * RATE)) / RATE)


def test_quiet_and_loud_sound_come_to_the_same_loudness() -> None:
    meter = pytest.importorskip("pyloudnorm").Meter(RATE)
    for amplitude in (0.01, 0.05, 0.9):
        even, gain = at_loudness(tone(amplitude=amplitude), RATE, -23.0)
        assert meter.integrated_loudness(even.numpy()) == pytest.approx(-23, abs=0.1)
        assert float(even.abs().max()) / amplitude == pytest.approx(10 ** (gain / 20), rel=0.01)


def test_no_gain_makes_it_clip() -> None:
    pytest.importorskip("pyloudnorm")
    wav = tone(amplitude=0.01)
    wav[8000] = 0.5
    even, _ = at_loudness(wav, RATE, -10.0)
    assert float(even.abs().max()) == pytest.approx(0.95)


def test_silence_and_what_is_too_short_to_measure_stay_as_they_are() -> None:
    pytest.importorskip("pyloudnorm")
    for wav in (torch.zeros(RATE), tone(0.1), torch.zeros(0)):
        even, gain = at_loudness(wav, RATE, -23.0)
        assert torch.equal(even, wav) and gain == 0


def test_steady_noise_is_turned_down_and_the_rest_is_not() -> None:
    pytest.importorskip("noisereduce")
    generator = torch.Generator().manual_seed(0)
    noise = 0.01 * torch.randn(3 * RATE, generator=generator)
    buzz = torch.zeros(RATE)
    buzz[::107] = 0.9  # a voice's pulses, 150 a second
    wav = torch.cat([torch.zeros(RATE), buzz, torch.zeros(RATE)]) + noise
    clean = without_noise(wav, RATE, 0.01 * torch.randn(RATE, generator=generator))
    power = [[float(w[a * RATE + 2000 : (a + 1) * RATE - 2000].square().mean()) for a in (0, 1)] for w in (wav, clean)]
    assert power[1][0] < power[0][0] / 10
    assert power[1][1] == pytest.approx(power[0][1], rel=0.2)
