"""The losses are least where copy and recording are alike, and discriminators take any stretch of sound."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.vocoder.discriminators import DiscriminatorConfig, Discriminators
from tts.vocoder.losses import (
    Spectra,
    VocoderLossConfig,
    adversarial_loss,
    discriminator_loss,
    feature_loss,
    octave_error,
    spectral_distance,
)

SECOND = 8000


def noise(seed: int) -> torch.Tensor:
    return torch.randn(2, SECOND, generator=torch.Generator().manual_seed(seed))


def test_spectra_tell_loudness_and_colour_from_mere_phase() -> None:
    spectra, wav = Spectra(), 0.1 * noise(0)
    same, flipped, louder = spectra(wav), spectra(-wav), spectra(2 * wav)
    dull = spectra(torch.nn.functional.avg_pool1d(wav, 5, 1, 2))
    assert spectral_distance(same, same) < 1e-3
    assert spectral_distance(same, flipped) < 1e-3
    other = spectral_distance(same, spectra(0.1 * noise(1)))
    assert spectral_distance(same, louder) > 0.5
    assert spectral_distance(same, dull) > other


def test_the_pitch_is_compared_where_there_is_one() -> None:
    pitch = torch.tensor([[0.0, 120.0, 240.0, 0.0]])
    exact = torch.tensor([[7.0, 1.0, 2.0, -3.0]])
    assert octave_error(exact, pitch) == pytest.approx(0, abs=1e-6)
    assert octave_error(exact + 1, pitch) == pytest.approx(1)
    assert octave_error(exact, torch.zeros_like(pitch)) == 0


def test_hinges_are_at_rest_beyond_the_margin() -> None:
    sure, fooled = [torch.full((2, 3), 1.5)], [torch.full((2, 3), -1.5)]
    assert discriminator_loss(sure, fooled) == 0
    assert discriminator_loss(fooled, sure) == 5
    assert adversarial_loss(sure) == 0
    assert adversarial_loss(fooled) == 2.5


def test_features_are_compared_relative_to_their_size() -> None:
    layers = [[torch.ones(2, 3), torch.full((2, 3), 100.0)]]
    louder = [[1.5 * layer for layer in layers[0]]]
    assert feature_loss(layers, layers) == 0
    assert feature_loss(layers, louder) == pytest.approx(0.5)


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 3), st.integers(600, 3000))
def test_discriminators_score_any_stretch_and_give_the_generator_a_gradient(size: int, samples: int) -> None:
    torch.manual_seed(0)
    discriminators = Discriminators(DiscriminatorConfig(periods=(2, 3, 11), windows=(256, 1024), channels=2))
    wav = torch.randn(size, samples, requires_grad=True)
    scores, features = discriminators(wav)
    assert len(scores) == len(features) == 5
    assert all(len(score) == size for score in scores)
    adversarial_loss(scores).backward()
    assert wav.grad is not None
    assert (wav.grad.abs().sum(1) > 0).all()


@pytest.mark.parametrize(
    "change", [{"periods": (), "windows": ()}, {"periods": (2, 0)}, {"windows": (-1,)}, {"channels": 0}]
)
def test_discriminators_of_no_size_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        DiscriminatorConfig(**change)


def test_terms_follow_their_schedules() -> None:
    config = VocoderLossConfig(spectral=2.0, adversarial=[[10, 0.0], [20, 1.0]])
    assert config.uses_discriminators
    assert not VocoderLossConfig().uses_discriminators
    assert config.weights_at(15) == {"spectral": 2.0, "pitch": 1.0, "adversarial": 0.5, "features": 0.0}
    with pytest.raises(ValueError, match="must rise"):
        VocoderLossConfig(features=[[3, 0.0], [2, 1.0]])
