"""How long each token lasts, predicted from text."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from tts.attention.masks import length_mask
from tts.models.config import DurationConfig
from tts.models.layers import GatedConvStack
from tts.models.statistics import Told

LONGEST = 400
"""Frames of one token at most: a bound on what a bad prediction can do."""
SHORTER_SHARE, QUANTILE_STEP, MOST_COUNTED = 0.05, 0.2, 20
"""Share of a symbol's occurrences below its shortest duration, the frames by which that moves for each in learning, and
the occurrences in a batch beyond which it moves no further: large batches would throw it to and fro."""


class DurationPredictor(nn.Module):
    """Text states `[B, N, D]` → log of the frames per token, float32 `[B, N]`."""

    def __init__(self, width: int, config: DurationConfig) -> None:
        super().__init__()
        self.stack = GatedConvStack(width, config.layers, config.kernel, config.dropout)
        self.out = nn.Linear(width, 1)
        nn.init.constant_(self.out.bias, 1.5)

    def forward(self, states: Tensor, inside: Tensor) -> Tensor:
        return self.out(self.stack(states, inside))[..., 0].float().clamp(max=math.log(LONGEST))


class ShortestDurations(nn.Module):
    """What hardly any occurrence of a symbol is shorter than, in frames.

    Speech can be hurried so far and no further (Klatt 1976, "Linguistic uses of segmental duration in English"); a
    predictor does not know, and a phone that it makes shorter than any in the recordings is not heard.
    """

    frames: Tensor

    def __init__(self, symbols: int) -> None:
        super().__init__()
        self.register_buffer("frames", torch.zeros(symbols))

    @torch.no_grad()
    def told(self, durations: Tensor, symbols: Tensor, tokens: Tensor) -> Told:
        """What frames per token `[B, N]` tell where `tokens` `[B, N]` is true: a quantile by stochastic approximation
        (Robbins and Monro 1951), which moves up a little at every longer occurrence and down a lot at a shorter one."""
        told = torch.stack([tokens, tokens & (durations < self.frames[symbols])]).to(self.frames)
        sums = self.frames.new_zeros(2, len(self.frames)).index_add_(1, symbols.flatten(), told.flatten(1))

        def learn(sums: Tensor) -> None:
            count, shorter = sums
            share = MOST_COUNTED / count.clamp(min=MOST_COUNTED)
            self.frames.add_(QUANTILE_STEP * share * (SHORTER_SHARE * count - shorter)).clamp_(min=0)

        return Told(sums, learn)

    def forward(self, durations: Tensor, symbols: Tensor) -> Tensor:
        """Frames per token `[B, N]`, none below its symbol's shortest."""
        return durations.maximum(self.frames[symbols])


def whole_frames(durations: Tensor, text_lengths: Tensor, least: float = 1.0) -> Tensor:
    """Round fractional frames `[B, N]`, at least `least` per token, to whole ones, 0 in the padding, int64 `[B, N]`.

    Ends of tokens are rounded, not durations, so that rounding errors do not add up over a sentence.
    """
    inside = length_mask(text_lengths, durations.shape[1])
    ends = (durations.double().clamp(min=least) * inside).cumsum(1).add(0.5).floor().long()
    return torch.diff(ends, dim=1, prepend=torch.zeros_like(ends[:, :1])) * inside


def hard_alignment(durations: Tensor, frames: int) -> Tensor:
    """One-hot alignment `[B, frames, N]` of int64 durations `[B, N]`; frames past their sum are zero."""
    ends = durations.cumsum(1)[:, None, :]
    time = torch.arange(frames, device=durations.device)[None, :, None]
    return ((time < ends) & (time >= ends - durations[:, None, :])).float()
