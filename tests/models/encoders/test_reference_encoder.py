"""The reference encoder keeps time; neither it nor the style tokens notice padding."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.models.encoders.reference import ReferenceEncoder, ReferenceEncoderConfig, StyleTokens


def encoder(stride: int = 4, channels: tuple[int, ...] = (4, 6, 8), n_mels: int = 10) -> ReferenceEncoder:
    torch.manual_seed(0)
    config = ReferenceEncoderConfig(channels=channels, gru=8, gru_stride=stride)
    made = ReferenceEncoder(n_mels, 12, config)
    for name, parameter in made.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(parameter, std=0.5)  # biases are what leaks out of padding
    return made.eval()


@settings(max_examples=40, deadline=None)
@given(frames=st.integers(1, 40), stride=st.integers(1, 7))
def test_as_many_frames_come_out_as_went_in(frames: int, stride: int) -> None:
    encoded = encoder(stride)(torch.randn(2, frames, 10), torch.tensor([frames, 1]))
    assert encoded.shape == (2, frames, 12)


@pytest.mark.parametrize("n_mels", [1, 7, 80])
def test_any_number_of_mel_channels_fits(n_mels: int) -> None:
    assert encoder(n_mels=n_mels)(torch.randn(1, 9, n_mels), torch.tensor([9])).shape == (1, 9, 12)


@settings(max_examples=40, deadline=None)
@given(lengths=st.lists(st.integers(1, 25), min_size=1, max_size=4), extra=st.integers(0, 9), stride=st.integers(1, 6))
def test_padding_changes_nothing(lengths: list[int], extra: int, stride: int) -> None:
    config = ReferenceEncoderConfig(style_tokens=4, style_heads=2)
    model, style = encoder(stride), StyleTokens(12, config).eval()
    mel = torch.randn(len(lengths), max(lengths) + extra, 10)
    mel_lengths = torch.tensor(lengths)
    encoded = model(mel, mel_lengths)
    styles = style(encoded, mel_lengths)
    for b, frames in enumerate(lengths):
        alone = model(mel[b : b + 1, :frames], mel_lengths[b : b + 1])
        torch.testing.assert_close(encoded[b, :frames], alone[0], rtol=1e-4, atol=1e-5)
        assert not encoded[b, frames:].any()
        torch.testing.assert_close(styles[b], style(alone, mel_lengths[b : b + 1])[0], rtol=1e-4, atol=1e-5)


def test_each_frame_is_told_from_its_neighbours() -> None:
    """A click in one frame is strongest in that frame, whatever the stride of the memory."""
    model, mel = encoder(stride=8), torch.zeros(1, 24, 10)
    quiet = model(mel, torch.tensor([24]))
    for frame in (3, 11, 16):
        clicked = mel.clone()
        clicked[:, frame] = 3.0
        change = (model(clicked, torch.tensor([24])) - quiet)[0].norm(dim=1)
        assert abs(int(change.argmax()) - frame) <= 1


def test_a_style_is_a_mix_of_the_learnt_tokens() -> None:
    torch.manual_seed(0)
    config = ReferenceEncoderConfig(style_tokens=4, style_heads=2)
    style = StyleTokens(12, config).eval()
    first = style(torch.randn(1, 5, 12), torch.tensor([5]))
    with torch.no_grad():
        style.tokens.copy_(style.tokens[:1].expand(4, -1))  # one token only: no mix can differ
    one, other = (style(torch.randn(1, 5, 12), torch.tensor([5])) for _ in range(2))
    assert first.shape == (1, 12)
    torch.testing.assert_close(one, other)
