"""The parallel decoder: text states, spread over frames by the alignment, to mel."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tts.audio.pitch import STEPS, harmonics_at
from tts.models.config import DecoderConfig
from tts.models.layers import GatedConvStack
from tts.models.pitch import octaves_of

PLACES = 4


class Upsampler(nn.Module):
    """Token states `[B, N, D]` and alignment `[B, T, N]` → what each frame is part of, `[B, T, D]`."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.place = nn.Linear(PLACES, width)

    def forward(self, states: Tensor, alignment: Tensor) -> Tensor:
        return alignment.to(states.dtype) @ states + self.place(place_in_token(alignment).to(states.dtype))


class ParallelDecoder(nn.Module):
    """Frames `[B, T, D]` and their pitch `[B, T]` in Hz → normalised mel `[B, T, M]`: an envelope, and on it as much of
    the harmonics' fine structure as each channel shows.

    An L1 loss blurs harmonics that the decoder has to guess: above 1 kHz a third of the fine structure was left, and it
    is what a recogniser misses first.
    """

    harmonics: Tensor

    def __init__(self, width: int, n_mels: int, config: DecoderConfig) -> None:
        super().__init__()
        self.pitch = nn.Linear(2, width)
        self.stack = GatedConvStack(width, config.layers, config.kernel, config.dropout)
        self.envelope = nn.Linear(width, n_mels)
        self.harmonicity = nn.Linear(width, n_mels)
        self.register_buffer("harmonics", torch.zeros(STEPS, n_mels))

    def forward(self, frames: Tensor, pitch: Tensor, inside: Tensor) -> Tensor:
        heard = torch.stack([octaves_of(pitch), (pitch > 0).float()], -1).to(frames.dtype)
        hidden = self.stack(frames + self.pitch(heard), inside)
        return self.envelope(hidden).float() + self.harmonicity(hidden).float() * harmonics_at(self.harmonics, pitch)


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
