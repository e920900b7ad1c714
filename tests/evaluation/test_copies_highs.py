"""Distance of copies in the highs."""

import pytest
import torch

from tts.evaluation.copies import log_spectral_distance


def noise(seed: int) -> torch.Tensor:
    return torch.randn(48000, generator=torch.Generator().manual_seed(seed))


def test_two_stretches_of_noise_are_as_far_apart_as_is_said() -> None:
    assert log_spectral_distance(noise(0), noise(1), 24000, 8000) == pytest.approx(7.88, abs=0.1)
    assert log_spectral_distance(noise(0), noise(0), 24000, 8000) == 0
    assert log_spectral_distance(noise(0), 2 * noise(0), 24000, 8000) == pytest.approx(6.02, abs=0.01)


def test_only_what_lies_above_counts() -> None:
    low = torch.sin(torch.arange(48000) * 0.3)  # 1.1 kHz
    assert log_spectral_distance(noise(0), noise(0) + low, 24000, 8000) < 1
    assert log_spectral_distance(noise(0), noise(0) + low, 24000, 500) > 1
