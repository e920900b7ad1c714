"""A Transformer decoder's layer, which runs over a whole recording at once or step by step, with the same result.

B batch, H heads, L steps, N tokens, E width of a head, D model width.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.attention import StepwiseMonotonicMultiheadAttention
from tts.attention.decoding import Path
from tts.attention.smma import AttentionOutput, Memory
from tts.models.config import AutoregressiveDecoderConfig


class CausalSelfAttention(nn.Module):
    """Multihead attention of each step to itself and the `window − 1` before it, `[B, L, D]` → `[B, L, D]`.

    Nearness counts by a slope per head (ALiBi: Press et al. 2022, arXiv 2108.12409), so no step has a number and a
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

    def step(self, x: Tensor, cache: list[Tensor]) -> Tensor:
        """The next step alone, `[B, 1, D]`. `cache` holds what earlier steps left, an empty list at the first."""
        queries, keys, values = self._split(x)
        if cache:
            keys, values = torch.cat([cache[0], keys], 2), torch.cat([cache[1], values], 2)
        cache[:] = keys[:, :, -self.window :], values[:, :, -self.window :]
        keys, values = cache
        ago = torch.arange(keys.shape[2] - 1, -1, -1, device=x.device)[None]
        return self._attend(queries, keys, values, ago)

    def _split(self, x: Tensor) -> tuple[Tensor, ...]:
        return tuple(part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in self.project_in(x).chunk(3, -1))

    def _attend(self, queries: Tensor, keys: Tensor, values: Tensor, ago: Tensor) -> Tensor:
        """`ago` `[L, K]`: how many steps before the query each key is; negative ones are still to come."""
        bias = -self.slopes[:, None, None] * ago
        bias = bias.masked_fill((ago < 0) | (ago >= self.window), float("-inf"))
        heard = F.scaled_dot_product_attention(queries, keys, values, attn_mask=bias.to(queries.dtype)[None])
        return self.project_out(heard.transpose(1, 2).flatten(2))


class FeedForward(nn.Sequential):
    """Two layers on each position by itself."""

    def __init__(self, width: int, inner: int, dropout: float) -> None:
        super().__init__(nn.Linear(width, inner), nn.ReLU(), nn.Dropout(dropout), nn.Linear(inner, width))


class DecoderLayer(nn.Module):
    """Self-attention, cross-attention to the text, and two layers on each step; each normed before and added."""

    def __init__(self, width: int, config: AutoregressiveDecoderConfig) -> None:
        super().__init__()
        self.heard = CausalSelfAttention(width, config.heads, config.window)
        self.crossing = StepwiseMonotonicMultiheadAttention(width, width, width, config.attention, query="mel")
        self.forwards = FeedForward(width, config.feedforward, config.dropout)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.dropout = nn.Dropout(config.dropout)

    def forward(
        self, x: Tensor, text: Tensor, text_lengths: Tensor, steps: Tensor, prior: Tensor | None, path: Tensor | None
    ) -> tuple[Tensor, AttentionOutput]:
        x = x + self.dropout(self.heard(self.norms[0](x)))
        attention = self.crossing(text, self.norms[1](x), text_lengths, steps, prior, path)
        x = x + self.dropout(attention.context)
        return x + self.dropout(self.forwards(self.norms[2](x))), attention

    def step(self, x: Tensor, past: Past, given: Tensor | None) -> tuple[Tensor, Tensor]:
        """One step `[B, 1, D]` → the same, and where its cross-attention is, `[B, N]`."""
        x = x + self.heard.step(self.norms[0](x), past.cache)
        context, place = self.crossing.step(past.memory, self.norms[1](x), past.path, given)
        x = x + context
        return x + self.forwards(self.norms[2](x)), place


@dataclass
class Past:
    """What a layer keeps from step to step."""

    memory: Memory
    path: Path
    been: Tensor
    """`[B, N]`, steps that its path has spent on each token."""
    cache: list[Tensor] = field(default_factory=list)


def sinusoids(first: int, steps: int, width: int, device: torch.device) -> Tensor:
    """Positions `first` … as sines and cosines of `width` / 2 frequencies, `[steps, width]` (Vaswani et al. 2017)."""
    frequencies = 1e4 ** (-torch.arange(0, width, 2, device=device) / width)
    angles = torch.arange(first, first + steps, device=device)[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], -1)
