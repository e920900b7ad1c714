"""Text to hidden states: every feature of a token matters, padding does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from tts.batch import Batch
from tts.models.encoders.text import TextEncoder, TextEncoderConfig


@pytest.fixture
def encoder() -> TextEncoder:
    torch.manual_seed(0)
    return TextEncoder(9, 1, 8, TextEncoderConfig(layers=3, kernel=5)).eval()


def test_padding_changes_nothing(
    encoder: TextEncoder, make_batch: Callable[..., Batch], take: Callable[[Batch, int], Batch]
) -> None:
    batch = make_batch([7, 1, 4], [9, 9, 9])
    hidden = encoder(batch.text)
    assert hidden.shape == (3, 7, 8)
    for b, n in enumerate([7, 1, 4]):
        torch.testing.assert_close(hidden[b, :n], encoder(take(batch, b).text)[0], rtol=1e-4, atol=1e-5)
        assert not hidden[b, n:].any()


@pytest.mark.parametrize("feature", ["symbols", "stress", "boundary"])
def test_every_feature_of_a_token_matters(encoder: TextEncoder, make_batch: Callable[..., Batch], feature: str) -> None:
    text = make_batch([6], [9]).text
    values = getattr(text, feature).clone()
    values[0, 3] = (values[0, 3] + 1) % 3 + (feature == "symbols")
    change = (encoder(replace(text, **{feature: values})) - encoder(text))[0].norm(dim=1)
    assert change[3] > 1e-2
