"""The mel definitions that come with the package: which contain which, and that each trains."""

from __future__ import annotations

import math

import pytest
import torch

from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel
from tts.commands.cli import load_config
from tts.settings.schema import parse
from tts.vocoder.config import GeneratorConfig

NAMES = ("16khz", "22khz", "24khz", "24khz_100", "24khz_vocos", "44khz", "48khz")


def definition(name: str) -> AudioConfig:
    return parse(AudioConfig, load_config("prepare", [f"audio={name}"])["audio"])


def test_the_default_is_24_khz() -> None:
    assert definition("24khz") == AudioConfig() and AudioConfig().sample_rate == 24000


@pytest.mark.parametrize(("wide", "narrow"), [("24khz", "16khz"), ("48khz", "24khz"), ("48khz", "16khz")])
def test_the_lowest_channels_of_the_wider_are_those_of_the_narrower(wide: str, narrow: str) -> None:
    more, less = definition(wide), definition(narrow)
    assert more.widens(less) and not less.widens(more) and not more.widens(more)
    draw = torch.Generator().manual_seed(0)
    cut = waveform.resample(0.1 * torch.randn(2 * less.sample_rate, generator=draw), less.sample_rate, more.sample_rate)
    high = LogMel(more)(cut)[8:100]
    low = LogMel(less)(waveform.resample(cut, more.sample_rate, less.sample_rate))[8:100]
    below = less.channels_below(0.9 * less.sample_rate / 2)  # of the filter's edge
    louder = math.log(more.sample_rate / less.sample_rate)
    torch.testing.assert_close(high[:, :below], low[:, :below] + louder, rtol=0, atol=1e-3)


def test_no_other_pair_shares_its_channels() -> None:
    pairs = {(a, b) for a in NAMES for b in NAMES if definition(a).widens(definition(b))}
    assert pairs == {("24khz", "16khz"), ("48khz", "24khz"), ("48khz", "16khz")}


@pytest.mark.parametrize("name", NAMES)
def test_channels_that_a_recording_fills_are_those_that_end_below_its_highest_frequency(name: str) -> None:
    audio = definition(name)
    assert audio.channels_below(audio.sample_rate / 2) == audio.n_mels
    assert audio.channels_below(0) == 0
    edge = float(audio.edges[6])
    assert audio.channels_below(edge) == 5 and audio.channels_below(0.99 * edge) == 4


@pytest.mark.parametrize("name", NAMES)
def test_a_vocoders_filters_fit_every_definition(name: str) -> None:
    audio = definition(name)
    assert GeneratorConfig().window_of(audio) / audio.sample_rate == pytest.approx(0.02, abs=1e-4)
