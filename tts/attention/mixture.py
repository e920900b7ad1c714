"""Attention by a mixture of Gaussians over the tokens' numbers (Graves 2013, arXiv 1308.0850), as GMMv2b of Battenberg
et al. 2020 (arXiv 1910.10288).

B batch, H heads, h monotonic heads, T mel frames, N text tokens, K components, D channels of the mel side.
"""

from __future__ import annotations

import math
from typing import ClassVar, Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.attention.config import AttentionConfig
from tts.attention.decoding import Bounds
from tts.attention.mechanism import Aligned, Mechanism, Path, in_full, of_heads
from tts.attention.plain import inside

LEAST_WIDTH = 1e-2
"""Tokens: between two numbers a narrower component would have no weight at all."""
FIRST_WIDTH = 2.0


class GaussianMixtureAttention(Mechanism, name="gmm"):
    """α[t,n] = Σₖ w[t,k] · N(n; μ[t,k], σ[t,k]²) with μ[t,k] = μ[t−1,k] + Δ[t,k] (equations 6 to 8 and the row V2 of
    table 1): it reads where it is, not what the tokens are.

    w is a softmax, Δ and σ are softplus, all of a frame's mel side; Δ starts at the speaking rate. The weights are
    those of a density at whole numbers, and sum to one only where the components are wide and inside the text.
    """

    reads_energy: ClassVar[bool] = False

    def __init__(self, config: AttentionConfig, mel_dim: int) -> None:
        super().__init__(config)
        self.heads = config.heads
        self.hidden = nn.Linear(mel_dim, mel_dim)
        self.parameters_of = nn.Linear(mel_dim, config.heads * 3 * config.mixtures)
        start = torch.tensor([0.0, _before_softplus(config.tokens_per_frame), _before_softplus(FIRST_WIDTH)])
        with torch.no_grad():
            self.parameters_of.weight.mul_(0.1)
            self.parameters_of.bias.copy_(start.repeat_interleave(config.mixtures).repeat(config.heads))

    @classmethod
    def build(cls, config: AttentionConfig, mel_dim: int) -> Self:
        return cls(config, mel_dim)

    def components(self, mel: Tensor, heads: tuple[int, ...]) -> tuple[Tensor, Tensor, Tensor]:
        """Weights, steps and widths, `[B, h, T, K]` each, for the mel side `[B, T, D]`."""
        values = in_full(self.parameters_of(self.hidden(mel).tanh()))
        values = of_heads(values.unflatten(-1, (self.heads, 3, -1)).transpose(1, 2), heads)
        weight, step, width = values.unbind(-2)
        return weight.softmax(-1), F.softplus(step), F.softplus(width) + LEAST_WIDTH

    def align(
        self, energy: Tensor, mel: Tensor, heads: tuple[int, ...], text_lengths: Tensor, mel_lengths: Tensor
    ) -> Aligned:
        weight, step, width = self.components(mel, heads)
        alpha = density(weight, step.cumsum(2), width, energy.shape[3])
        return Aligned(alpha * inside(energy, text_lengths, mel_lengths))

    def path(self, heads: tuple[int, ...], bounds: Bounds) -> Path:
        return _MixturePath(self, heads, bounds)


def density(weight: Tensor, mean: Tensor, width: Tensor, tokens: int) -> Tensor:
    """Of mixtures `[…, K]` at the numbers 0 … tokens − 1, `[…, tokens]`."""
    number = torch.arange(tokens, device=mean.device, dtype=mean.dtype)
    distance = (number[:, None] - mean[..., None, :]) / width[..., None, :]
    height = weight / (width * math.sqrt(2 * math.pi))
    return ((-distance.square() / 2).exp() * height[..., None, :]).sum(-1)


def _before_softplus(value: float) -> float:
    return math.log(math.expm1(value))


class _MixturePath:
    def __init__(self, attention: GaussianMixtureAttention, heads: tuple[int, ...], bounds: Bounds) -> None:
        self.attention, self.heads, self.bounds = attention, heads, bounds
        self.mean: Tensor | float = 0.0

    def advance(self, energy: Tensor, mel: Tensor) -> Tensor:
        weight, step, width = (values[:, :, 0] for values in self.attention.components(mel[:, None], self.heads))
        self.mean = self.mean + step
        number = torch.arange(energy.shape[-1], device=energy.device)
        return density(weight, self.mean, width, energy.shape[-1]) * (number < self.bounds.text_lengths[:, None, None])
