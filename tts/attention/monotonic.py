"""Monotonic attention: a pointer that may pass any number of tokens in a frame (Raffel et al. 2017, arXiv 1704.00784).

B batch, h monotonic heads, T mel frames, N text tokens.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.attention.config import AttentionConfig
from tts.attention.decoding import Bounds
from tts.attention.mechanism import Aligned, Mechanism, Path, chosen
from tts.ops import monotonic_expectation


class MonotonicAttention(Mechanism, name="monotonic"):
    """p[t,n] = σ(g·e[t,n] + r), the probability of stopping on a token (equations 7 to 9 and 16); α is expected by
    `tts.ops.monotonic_expectation`.

    Gain g and offset r are learnt for each head. r starts where energies of 0 give the speaking rate: a pointer that
    stops with probability p passes (1 − p) / p tokens a frame. With `selection=all` it is the hard multihead monotonic
    attention of Ma et al. 2019 (arXiv 1909.12406).
    """

    def __init__(self, config: AttentionConfig) -> None:
        super().__init__(config)
        self.gain = nn.Parameter(torch.ones(config.heads))
        self.offset = nn.Parameter(torch.full((config.heads,), -math.log(config.tokens_per_frame)))

    def stops(self, energy: Tensor, heads: tuple[int, ...]) -> Tensor:
        """Logits of stopping on each token, `[B, h, T, N]`."""
        return energy * chosen(self.gain, heads)[:, None, None] + chosen(self.offset, heads)[:, None, None]

    def align(
        self, energy: Tensor, mel: Tensor, heads: tuple[int, ...], text_lengths: Tensor, mel_lengths: Tensor
    ) -> Aligned:
        stops = self.with_noise(self.stops(energy, heads))
        alpha = monotonic_expectation(stops, text_lengths, mel_lengths, from_logits=True)
        return Aligned(alpha, alpha)

    def path(self, heads: tuple[int, ...], bounds: Bounds) -> Path:
        return _MonotonicPath(self, heads, Pointer(bounds))


class Pointer:
    """Where a monotonic pointer is, frame by frame: expected, or at the first token from where it was whose probability
    of stopping is at least one half. A hard pointer that stops nowhere stays on the last token."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.alpha: Tensor | None = None

    def advance(self, stops: Tensor) -> Tensor:
        """From the logits of stopping `[B, h, N]` to its place, `[B, h, N]`."""
        if self.alpha is None:
            self.alpha = torch.zeros_like(stops)
            self.alpha[..., 0] = 1.0
        if self.bounds.mode == "soft":
            once = torch.ones_like(self.bounds.text_lengths)
            following = monotonic_expectation(stops[:, :, None], self.bounds.text_lengths, once, self.alpha, True)
            self.alpha = following[:, :, 0]
        else:
            token = torch.arange(stops.shape[-1], device=stops.device)
            last = (self.bounds.text_lengths - 1)[:, None, None]
            ahead = token >= self.alpha.argmax(-1, keepdim=True)
            halts = ahead & ((stops >= 0) | (token == last)) & (token <= last)
            self.alpha = F.one_hot(halts.float().argmax(-1), stops.shape[-1]).to(stops)
        return self.alpha


class _MonotonicPath:
    def __init__(self, attention: MonotonicAttention, heads: tuple[int, ...], pointer: Pointer) -> None:
        self.attention, self.heads, self.pointer = attention, heads, pointer

    def advance(self, energy: Tensor, mel: Tensor) -> Tensor:
        return self.pointer.advance(self.attention.stops(energy[:, :, None], self.heads)[:, :, 0])
