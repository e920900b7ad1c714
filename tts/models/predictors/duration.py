"""How long each token lasts, predicted from text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from tts.attention.masks import length_mask
from tts.models.layers import GatedConvStack
from tts.models.statistics import RunningUpdate
from tts.settings.schema import check_shares, check_sizes

LONGEST = 400
"""Frames of one token at most: a bound on what a bad prediction can do."""
SHORTER_SHARE, QUANTILE_STEP, MOST_COUNTED = 0.05, 0.2, 20
"""Share of a symbol's occurrences below its shortest duration, the frames by which that moves for each occurrence, and
the occurrences in a batch beyond which it moves no further: large batches would make it oscillate."""


@dataclass(frozen=True)
class DurationConfig:
    layers: int = 3
    """Number of convolution layers; more see farther along the text and take longer."""
    kernel: int = 5
    """Width of each convolution, in tokens; odd."""
    dropout: float = 0.1
    """Share of channels that training switches off at random, 0 to 1; more keeps a model from learning little speech
    by heart."""

    def __post_init__(self) -> None:
        check_sizes(self, layers=64, kernel=63)
        check_shares(dropout=self.dropout)


class DurationPredictor(nn.Module):
    """Text states `[B, N, D]` → log of the frames per token, float32 `[B, N]`."""

    def __init__(self, width: int, config: DurationConfig, ahead: int | None = None) -> None:
        super().__init__()
        self.stack = GatedConvStack(width, config.layers, config.kernel, config.dropout, ahead)
        self.out = nn.Linear(width, 1)
        nn.init.constant_(self.out.bias, 1.5)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        return self.out(self.stack(states, mask))[..., 0].float().clamp(max=math.log(LONGEST))


class ShortestDurations(nn.Module):
    """A low quantile of each symbol's durations in frames, the lower bound of predicted ones.

    Phones can be shortened only so far (Klatt 1976, "Linguistic uses of segmental duration in English"). The predictor
    has no such bound, and a phone predicted shorter than any in the recordings is inaudible.
    """

    per_symbol: ClassVar[tuple[str, ...]] = ("frames",)
    frames: Tensor

    def __init__(self, symbols: int) -> None:
        super().__init__()
        self.register_buffer("frames", torch.zeros(symbols))

    @torch.no_grad()
    def update(self, durations: Tensor, symbols: Tensor, tokens: Tensor) -> RunningUpdate:
        """The update by frames per token `[B, N]` where `tokens` `[B, N]` is true: a quantile by stochastic
        approximation (Robbins and Monro 1951), which moves up a little at every longer occurrence and down a lot at a
        shorter one."""
        counted = torch.stack([tokens, tokens & (durations < self.frames[symbols])]).to(self.frames)
        sums = self.frames.new_zeros(2, len(self.frames)).index_add_(1, symbols.flatten(), counted.flatten(1))

        def apply(sums: Tensor) -> None:
            count, shorter = sums
            share = MOST_COUNTED / count.clamp(min=MOST_COUNTED)
            self.frames.add_(QUANTILE_STEP * share * (SHORTER_SHARE * count - shorter)).clamp_(min=0)

        return RunningUpdate(sums, apply)

    def forward(self, durations: Tensor, symbols: Tensor) -> Tensor:
        """Frames per token `[B, N]`, none below its symbol's shortest."""
        return durations.maximum(self.frames[symbols])


def whole_frames(durations: Tensor, text_lengths: Tensor, least: float = 1.0) -> Tensor:
    """Round fractional frames `[B, N]`, at least `least` per token, to whole ones, 0 in the padding, int64 `[B, N]`.

    Ends of tokens are rounded, not durations, so that rounding errors do not add up over a sentence.
    """
    mask = length_mask(text_lengths, durations.shape[1])
    ends = (durations.double().clamp(min=least) * mask).cumsum(1).add(0.5).floor().long()
    return torch.diff(ends, dim=1, prepend=torch.zeros_like(ends[:, :1])) * mask


def hard_alignment(durations: Tensor, frames: int) -> Tensor:
    """One-hot alignment `[B, frames, N]` of int64 durations `[B, N]`; frames past their sum are zero."""
    ends = durations.cumsum(1)[:, None, :]
    time = torch.arange(frames, device=durations.device)[None, :, None]
    return ((time < ends) & (time >= ends - durations[:, None, :])).float()
