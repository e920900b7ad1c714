"""A vocoder for wider mels from one for narrower: the same filters below, new ones above, kept in training."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from tests.audio.test_definitions import definition
from tts.data.segments import SegmentBatch
from tts.vocoder.config import GeneratorConfig
from tts.vocoder.generator import Generator
from tts.vocoder.losses import VocoderLossConfig, VocoderObjective, lowpass
from tts.vocoder.widen import keep_filters, widened

SIZES = GeneratorConfig(width=16, hidden=32, layers=2, pitch_width=8, pitch_layers=1)
OLD = 161
"""Filters up to 8 kHz, 50 Hz apart."""


@pytest.fixture
def both() -> tuple[Generator, Generator]:
    """One for 16 kHz, with weights of any kind, and what it becomes at 24."""
    torch.manual_seed(0)
    narrow, wide = Generator(SIZES, definition("16khz")), Generator(SIZES, definition("24khz"))
    for parameter in narrow.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    narrow.set_mel_statistics(torch.linspace(-6, -3, 80), torch.linspace(1, 2, 80))
    wide.set_mel_statistics(torch.zeros(90), torch.ones(90))
    wide.load_state_dict(widened(wide, narrow))
    return narrow, wide


def mels() -> tuple[Tensor, Tensor]:
    low = 1.5 * torch.randn(2, 30, 80, generator=torch.Generator().manual_seed(1)) - 4
    return low, torch.cat([low + math.log(1.5), torch.randn(2, 30, 10) - 6], 2)


def test_filters_that_both_have_are_the_same(both: tuple[Generator, Generator]) -> None:
    narrow, wide = both
    low, high = mels()
    torch.testing.assert_close(wide.pitch(high), narrow.pitch(low), rtol=1e-4, atol=1e-2)
    before, after = narrow.filters(low), wide.filters(high)
    inner = slice(0, OLD - 6)  # the last few lie between the highest channel there and the lowest new one
    torch.testing.assert_close(after.phase[..., inner], before.phase[..., inner], rtol=1e-4, atol=1e-4)
    # As many harmonics more share the pulses' power, and as much more band the noise's.
    for name in ("harmonic", "noise"):
        a, b = getattr(after, name)[..., inner], getattr(before, name)[..., inner]
        unbounded = b < 5
        torch.testing.assert_close(a[unbounded], b[unbounded] + 0.5 * math.log(1.5), rtol=1e-4, atol=1e-3)
    assert after.harmonic.shape[-1] == 241 and torch.isfinite(after.harmonic).all()


def test_training_of_new_filters_changes_no_other(both: tuple[Generator, Generator]) -> None:
    _, wide = both
    keep_filters(wide, OLD)
    before = {name: value.clone() for name, value in wide.state_dict().items()}
    objective = VocoderObjective(wide, VocoderLossConfig())
    optimizer = torch.optim.AdamW([p for p in wide.parameters() if p.requires_grad], 1e-2, weight_decay=0.0)
    _, mel = mels()
    wav = 0.1 * torch.randn(2, 29 * 300, generator=torch.Generator().manual_seed(2))
    for _ in range(2):
        loss, _ = objective(SegmentBatch(["a", "b"], wav, mel, torch.full((2, 30), 120.0)), 0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for name, value in wide.state_dict().items():
        if not name.startswith("filter_trunk.head."):
            assert torch.equal(value, before[name]), name
            continue
        rows, old = (x.unflatten(0, (SIZES.steps, 3, 241)) for x in (value, before[name]))
        assert torch.equal(rows[:, :, :OLD], old[:, :, :OLD])
        assert not torch.equal(rows[:, :, OLD:], old[:, :, OLD:])


def test_other_sizes_or_mels_are_refused(both: tuple[Generator, Generator]) -> None:
    narrow, wide = both
    with pytest.raises(ValueError, match="other sizes"):
        widened(wide, Generator(replace(SIZES, width=24), definition("16khz")))
    with pytest.raises(ValueError, match="do not share"):
        widened(narrow, wide)
    with pytest.raises(ValueError, match="another length"):
        widened(wide, Generator(replace(SIZES, window=400), definition("16khz")))


def test_what_lies_above_a_recordings_band_is_left_out(both: tuple[Generator, Generator]) -> None:
    """Neither the loss nor its gradients know what the copy holds there."""
    _, wide = both
    _, mel = mels()
    wav = 0.1 * torch.randn(2, 29 * 300, generator=torch.Generator().manual_seed(2))
    cut = lowpass(wav, torch.tensor([8000.0, 8000.0]), 24000)
    batch = SegmentBatch(["a", "b"], wav, mel, torch.full((2, 30), 120.0), torch.tensor([8000.0, 8000.0]))
    found = []
    for segment in (batch, replace(batch, wav=cut)):
        torch.manual_seed(3)
        wide.zero_grad()
        loss, _ = VocoderObjective(wide, VocoderLossConfig(pitch=0.0))(segment, 0)
        loss.backward()
        found.append((loss.detach(), wide.filter_trunk.head.bias.grad.clone()))
    (one, gradient), (two, _) = found
    torch.testing.assert_close(one, two, rtol=1e-3, atol=1e-3)
    each = gradient.unflatten(0, (SIZES.steps, 3, 241))
    assert each[:, :, 180:].abs().max() < 0.02 * each[:, :, :150].abs().max()


@pytest.mark.parametrize("hertz", [1000.0, 8000.0, 12000.0])
def test_lowpass_keeps_what_is_below_and_nothing_above(hertz: float) -> None:
    rate, count = 24000, 4800
    time = torch.arange(count) / rate
    tones = [torch.cos(2 * torch.pi * f * time) for f in (500.0, 5000.0, 10000.0)]
    passed = lowpass(sum(tones)[None], torch.tensor([hertz]), rate)[0]
    expected = sum(t for t, f in zip(tones, (500.0, 5000.0, 10000.0), strict=True) if f <= hertz)
    torch.testing.assert_close(passed, expected, rtol=0, atol=1e-3)
