"""A Transformer decoder's layer, which runs over a whole recording at once or step by step, with the same result.

B batch, H heads, L steps, N tokens, E width of a head, D model width.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.attention import AttentionConfig, AttentionOutput, StepwiseMonotonicMultiheadAttention
from tts.attention.mechanism import Path
from tts.attention.smma import ProjectedText


class CausalSelfAttention(nn.Module):
    """Multihead attention of each step to itself and the `window − 1` before it, `[B, L, D]` → `[B, L, D]`.

    Distance counts by a slope per head (ALiBi: Press et al. 2022, arXiv 2108.12409), so no step has a number and a
    sentence may be longer than any in training; the window makes decoding linear in its length.
    """

    def __init__(self, width: int, heads: int, window: int) -> None:
        super().__init__()
        self.heads, self.window = heads, window
        self.project_in = nn.Linear(width, 3 * width)
        self.project_out = nn.Linear(width, width)
        slopes = 2.0 ** (-8.0 * torch.arange(1, heads + 1) / heads)
        self.register_buffer("slopes", slopes, persistent=False)

    slopes: Tensor

    def forward(self, x: Tensor) -> Tensor:
        queries, keys, values = self._split(x)
        steps = torch.arange(x.shape[1], device=x.device)
        return self._attend(queries, keys, values, steps[:, None] - steps)

    def step(self, x: Tensor, cache: list[Tensor], number: int | Tensor) -> Tensor:
        """The step of that number alone, `[B, 1, D]`, counted from 0. `cache` holds keys and values of earlier steps,
        empty before the first; what it has of steps before the first is not read."""
        queries, keys, values = self._split(x)
        if cache:
            keys, values = torch.cat([cache[0], keys], 2), torch.cat([cache[1], values], 2)
        cache[:] = keys[:, :, -self.window :], values[:, :, -self.window :]
        keys, values = cache
        ago = torch.arange(keys.shape[2] - 1, -1, -1, device=x.device)[None]
        return self._attend(queries, keys, values, ago.masked_fill(ago > number, -1))

    def _split(self, x: Tensor) -> tuple[Tensor, ...]:
        return tuple(part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in self.project_in(x).chunk(3, -1))

    def _attend(self, queries: Tensor, keys: Tensor, values: Tensor, ago: Tensor) -> Tensor:
        """`ago` `[L, K]`: how many steps before the query each key is; negative ones are not read."""
        bias = -self.slopes[:, None, None] * ago
        bias = bias.masked_fill((ago < 0) | (ago >= self.window), float("-inf"))
        context = F.scaled_dot_product_attention(queries, keys, values, attn_mask=bias.to(queries.dtype)[None])
        return self.project_out(context.transpose(1, 2).flatten(2))


class FeedForward(nn.Sequential):
    """Two layers on each position by itself."""

    def __init__(self, width: int, inner: int, dropout: float) -> None:
        super().__init__(nn.Linear(width, inner), nn.ReLU(), nn.Dropout(dropout), nn.Linear(inner, width))


class DecoderLayer(nn.Module):
    """Self-attention, cross-attention to the text, and two layers on each step; pre-norm and residual."""

    def __init__(
        self, width: int, heads: int, window: int, feedforward: int, dropout: float, attention: AttentionConfig
    ) -> None:
        super().__init__()
        self.self_attention = CausalSelfAttention(width, heads, window)
        self.cross_attention = StepwiseMonotonicMultiheadAttention(width, width, width, attention, query="mel")
        self.feedforward = FeedForward(width, feedforward, dropout)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, x: Tensor, text: Tensor, text_lengths: Tensor, steps: Tensor, prior: Tensor | None, path: Tensor | None
    ) -> tuple[Tensor, AttentionOutput]:
        x = x + self.dropout(self.self_attention(self.norms[0](x)))
        attention = self.cross_attention(text, self.norms[1](x), text_lengths, steps, prior, path)
        x = x + self.dropout(attention.context)
        return x + self.dropout(self.feedforward(self.norms[2](x))), attention

    def step(self, x: Tensor, cache: LayerCache, given: Tensor | None, number: int | Tensor) -> tuple[Tensor, Tensor]:
        """One step `[B, 1, D]` → the same, and its cross-attention's weights on the text, `[B, N]`."""
        x = x + self.self_attention.step(self.norms[0](x), cache.self_attention, number)
        context, weight = self.cross_attention.step(cache.text, self.norms[1](x), cache.path, given)
        x = x + context
        return x + self.feedforward(self.norms[2](x)), weight


@dataclass
class LayerCache:
    """What a layer keeps from step to step."""

    text: ProjectedText
    path: Path
    time_on_token: Tensor
    """`[B, N]`, steps that its path has spent on each token."""
    self_attention: list[Tensor] = field(default_factory=list)
    """Keys and values, `[B, H, L, E]` each."""


def sinusoids(first: int | Tensor, steps: int, width: int, device: torch.device) -> Tensor:
    """Positions `first` … as sines and cosines of `width` / 2 frequencies, `[steps, width]` (Vaswani et al. 2017)."""
    frequencies = 1e4 ** (-torch.arange(0, width, 2, device=device) / width)
    angles = (first + torch.arange(steps, device=device))[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], -1)
