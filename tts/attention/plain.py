"""Mechanisms without monotonicity: the softmax over the text, and the arithmetic of a published SMMA."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from tts.attention.decoding import Bounds
from tts.attention.masks import length_mask
from tts.attention.mechanism import Aligned, Mechanism, Path
from tts.ops import stepwise_expectation


class SoftmaxAttention(Mechanism, name="softmax"):
    """α[t] = softmax over the tokens of e[t] (Vaswani et al. 2017, arXiv 1706.03762, equation 1): any frame may read
    any token, as in the plain phase."""

    def align(
        self, energy: Tensor, mel: Tensor, heads: tuple[int, ...], text_lengths: Tensor, mel_lengths: Tensor
    ) -> Aligned:
        return Aligned(self.with_noise(energy).softmax(-1) * inside(energy, text_lengths, mel_lengths))

    def path(self, heads: tuple[int, ...], bounds: Bounds) -> Path:
        return _EachFrame()


class _EachFrame:
    def advance(self, energy: Tensor, mel: Tensor) -> Tensor:
        return energy.softmax(-1)


class PublishedSnippet(Mechanism, name="snippet"):
    """The arithmetic of the published code of Liang et al. 2020, to show what it does: stay = σ(softmax(e)).

    A softmaxed weight lies in 0 … 1, so staying has a probability between 0.50 and 0.73 whatever the energies say: the
    pointer runs at a quarter to half a token a frame. Nothing absorbs at the last token, and what passes it is lost.
    """

    def align(
        self, energy: Tensor, mel: Tensor, heads: tuple[int, ...], text_lengths: Tensor, mel_lengths: Tensor
    ) -> Aligned:
        stay = self.with_noise(energy).softmax(-1).sigmoid()
        # One token more, which takes what passes the last one, and is cut off.
        beyond = F.pad(stay, (0, 1), value=0.5)
        alpha = stepwise_expectation(beyond, text_lengths + 1, mel_lengths)[..., :-1]
        return Aligned(alpha * inside(energy, text_lengths, mel_lengths))

    def path(self, heads: tuple[int, ...], bounds: Bounds) -> Path:
        return _LosingPath(bounds.text_lengths)


class _LosingPath:
    def __init__(self, text_lengths: Tensor) -> None:
        self.text_lengths = text_lengths
        self.alpha: Tensor | None = None

    def advance(self, energy: Tensor, mel: Tensor) -> Tensor:
        if self.alpha is None:
            self.alpha = torch.zeros_like(energy)
            self.alpha[..., 0] = 1.0
        else:
            stay = energy.softmax(-1).sigmoid()
            moved = F.pad((self.alpha * (1 - stay))[..., :-1], (1, 0))
            within = length_mask(self.text_lengths, energy.shape[-1])[:, None]
            self.alpha = (self.alpha * stay + moved) * within
        return self.alpha


def inside(energy: Tensor, text_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    """bool `[B, 1, T, N]`: within the lengths, for energies `[B, h, T, N]`."""
    tokens = length_mask(text_lengths, energy.shape[3])[:, None, None]
    return tokens & length_mask(mel_lengths, energy.shape[2])[:, None, :, None]
