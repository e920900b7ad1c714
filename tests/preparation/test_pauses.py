"""Levels of a recording, whatever its length."""

import pytest
import torch

from tts.preparation import pauses
from tts.preparation.pauses import levels, speech_spans


@pytest.mark.parametrize("rate", [8000, 16000, 22050])
@pytest.mark.parametrize("samples", [1, 79, 80, 4000, 16001])
def test_levels_are_the_same_in_stretches(monkeypatch: pytest.MonkeyPatch, rate: int, samples: int) -> None:
    wav = torch.randn(samples, generator=torch.Generator().manual_seed(0))
    whole = levels(wav, rate)
    monkeypatch.setattr(pauses, "AT_ONCE", 3)
    assert len(whole) == 1 + samples // max(1, round(0.005 * rate))
    assert torch.allclose(levels(wav, rate), whole, atol=1e-4)


def test_speech_is_where_the_sound_is() -> None:
    rate = 16000
    gap, noise = torch.zeros(rate // 2), 0.1 * torch.randn(rate, generator=torch.Generator().manual_seed(0))
    spans = speech_spans(torch.cat([gap, noise, gap, noise, gap]), rate)
    assert [(round(s.start, 1), round(s.end, 1)) for s in spans] == [(0.5, 1.5), (2.0, 3.0)]
