"""The parallel decoder: text states, spread over frames by the alignment, to mel."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tts.attention.masks import length_mask
from tts.models.config import DecoderConfig
from tts.models.layers import GatedConvStack

PLACES = 4


class ParallelDecoder(nn.Module):
    """Token states `[B, N, D]` and alignment `[B, T, N]` → normalised mel `[B, T, M]`."""

    def __init__(self, width: int, n_mels: int, config: DecoderConfig) -> None:
        super().__init__()
        self.place = nn.Linear(PLACES, width)
        self.stack = GatedConvStack(width, config.layers, config.kernel, config.dropout)
        self.out = nn.Linear(width, n_mels)

    def forward(self, states: Tensor, alignment: Tensor, mel_lengths: Tensor) -> Tensor:
        frames = alignment.to(states.dtype) @ states + self.place(place_in_token(alignment).to(states.dtype))
        return self.out(self.stack(frames, length_mask(mel_lengths, frames.shape[1]))).float()


def place_in_token(alignment: Tensor) -> Tensor:
    """Where in its token each frame is, `[B, T, N]` → `[B, T, 4]`: share passed, frames passed, frames left, length.

    Expected values under the alignment: a soft one gives gradients, a hard one the exact place. Frames are counted on a
    logarithmic scale.
    """
    passed = alignment.cumsum(1) - 0.5 * alignment
    total = alignment.sum(1, keepdim=True)
    left = (total - passed).clamp(min=0.0)
    share = passed / total.clamp(min=1e-3)
    logs = (torch.log1p(passed), torch.log1p(left), torch.log1p(total).expand_as(passed))
    return torch.stack([(alignment * x).sum(-1) for x in (share, *logs)], -1)
