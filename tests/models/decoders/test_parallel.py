"""The parallel decoder: padding, and what it makes of pitch."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tts.audio.pitch import STEPS
from tts.models.decoders.decoder import TeacherForcing
from tts.models.decoders.parallel import ParallelDecoder, ParallelDecoderConfig
from tts.models.predictors.duration import hard_alignment


class Decoder(torch.nn.Module):
    """The decoder along an alignment and at a pitch, both given."""

    def __init__(self, layers: int, kernel: int) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.decoder = ParallelDecoder(8, 5, ParallelDecoderConfig(layers=layers, kernel=kernel))
        self.decoder.harmonics.copy_(torch.randn(STEPS, 5))
        self.eval()

    def forward(self, states: Tensor, alignment: Tensor, pitch: Tensor, mel_lengths: Tensor) -> Tensor:
        nothing = torch.zeros(*alignment.shape[:2], 5)
        text_lengths = torch.full((len(states),), states.shape[1])
        teacher = TeacherForcing(nothing, pitch, mel_lengths, alignment, durations=alignment.sum(1))
        return self.decoder(states, text_lengths, teacher).mel


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.integers(1, 6), min_size=1, max_size=4), min_size=2, max_size=3))
def test_padding_changes_nothing(rows: list[list[int]]) -> None:
    decoder = Decoder(layers=3, kernel=5)
    durations = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.int64)
    for b, row in enumerate(rows):
        durations[b, : len(row)] = torch.tensor(row)
    mel_lengths = durations.sum(1)
    states = torch.randn(*durations.shape, 8)
    alignment = hard_alignment(durations, int(mel_lengths.max()) + 2)
    pitch = torch.rand(alignment.shape[:2]) * 200
    mel = decoder(states, alignment, pitch, mel_lengths)
    assert mel.shape == (*alignment.shape[:2], 5)
    for b, row in enumerate(rows):
        n, t, one = len(row), sum(row), slice(b, b + 1)
        alone = decoder(states[one, :n], alignment[one, :t, :n], pitch[one, :t], mel_lengths[one])
        torch.testing.assert_close(mel[b, :t], alone[0], rtol=1e-4, atol=1e-5)


def test_frames_of_one_token_differ() -> None:
    """Without its place, every frame in the middle of a long token would be the same."""
    decoder = Decoder(layers=1, kernel=1)
    mel = decoder(torch.randn(1, 1, 8), torch.ones(1, 6, 1), torch.zeros(1, 6), torch.tensor([6]))[0]
    assert (mel.diff(dim=0).norm(dim=1) > 1e-3).all()


def test_pitch_moves_the_harmonics_of_voiced_frames_alone() -> None:
    decoder = Decoder(layers=1, kernel=1)
    states, alignment, lengths = torch.randn(1, 1, 8), torch.ones(1, 4, 1), torch.tensor([4])
    low = decoder(states, alignment, torch.tensor([[100.0, 100.0, 0.0, 0.0]]), lengths)
    high = decoder(states, alignment, torch.tensor([[200.0, 200.0, 0.0, 0.0]]), lengths)
    moved = (low - high).abs().amax(-1)[0]
    assert (moved[:2] > 1e-2).all() and (moved[2:] == 0).all()
