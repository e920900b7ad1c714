"""What is asked of each token in synthesis: its length, melody and loudness.

B batch, N tokens, T frames.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from tts.audio.pitch import HIGHEST, LOWEST
from tts.batch import Tensors

NATS_PER_DECIBEL = math.log(10) / 20
SMOOTH = 9
"""Frames over which melody and loudness go from what one token is asked for to what the next is."""


@dataclass
class TokenControls(Tensors):
    """float32 `[B, N]` each, but for `group`."""

    lengthening: Tensor
    """Factor of the frames."""
    frames: Tensor
    """Frames instead of those predicted; 0 for these."""
    group: Tensor
    """int64; tokens of the same number above 0 share `frames` as they were predicted. 0: all of them are one's own."""
    pitch: Tensor
    """Semitones up."""
    pitch_range: Tensor
    """Factor of the distance of the melody from its mean."""
    energy: Tensor
    """Decibels up."""

    def durations(self, predicted: Tensor, speed: float | Tensor) -> Tensor:
        """Frames per token `[B, N]`, which are divided by `speed` afterwards, of those predicted."""
        durations = predicted * self.lengthening
        same = (self.group[:, :, None] == self.group[:, None, :]).to(durations.dtype)
        share = durations / (same @ durations[..., None])[..., 0]
        return torch.where(self.group > 0, share * self.frames * speed, durations)

    def melody(self, pitch: Tensor, token: Tensor) -> Tensor:
        """A fundamental frequency `[B, T]` in Hz, 0 where unvoiced, as it is asked for; `token` is the number of each
        frame's, int64 `[B, T]`."""
        voiced = pitch > 0
        octaves = torch.where(voiced, pitch.clamp(min=LOWEST), LOWEST).log2()
        mean = (octaves * voiced).sum(1, keepdim=True) / voiced.sum(1, keepdim=True).clamp(min=1)
        spread = _smooth(self.pitch_range.gather(1, token))
        changed = mean + (octaves - mean) * spread + _smooth(self.pitch.gather(1, token)) / 12
        return torch.where(voiced, changed.exp2().clamp(LOWEST, HIGHEST), 0.0)

    def louder(self, mel: Tensor, token: Tensor) -> Tensor:
        """A log-mel `[B, T, M]` as loud as asked for."""
        return mel + _smooth(self.energy.gather(1, token))[..., None] * NATS_PER_DECIBEL


def _smooth(frames: Tensor) -> Tensor:
    """`[B, T]` without steps."""
    padded = F.pad(frames[:, None], (SMOOTH // 2, SMOOTH // 2), mode="replicate")
    return F.avg_pool1d(padded, SMOOTH, 1)[:, 0]
