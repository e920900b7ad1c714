"""Forward attention (Zhang, Ling, Dai 2018, arXiv 1807.06736).

B batch, H heads, h monotonic heads, T mel frames, N text tokens, D channels of the mel side.
"""

from __future__ import annotations

from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.attention.config import AttentionConfig
from tts.attention.decoding import Bounds
from tts.attention.mechanism import Aligned, Mechanism, Path, in_full, of_heads
from tts.ops import stepwise_filtering

IMPOSSIBLE = -1e30


class ForwardAttention(Mechanism, name="forward"):
    """The softmax over the text, weighted in each frame by what stays on a token and what moves on to it, with a
    transition agent that says how likely moving on is (equations 6 to 9); `tts.ops.stepwise_filtering`.

    The agent reads a frame's mel side; the paper's also reads the frame's context, which would make training go frame
    by frame. It starts by counting both the same, as without an agent.
    """

    def __init__(self, config: AttentionConfig, mel_dim: int) -> None:
        super().__init__(config)
        self.agent = nn.Linear(mel_dim, config.heads)
        nn.init.zeros_(self.agent.weight)
        nn.init.zeros_(self.agent.bias)

    @classmethod
    def build(cls, config: AttentionConfig, mel_dim: int) -> Self:
        return cls(config, mel_dim)

    def moves(self, mel: Tensor, heads: tuple[int, ...]) -> Tensor:
        """Logits of moving on, `[B, h, T]`, for the mel side `[B, T, D]`."""
        return of_heads(in_full(self.agent(mel)).transpose(1, 2), heads)

    def align(
        self, energy: Tensor, mel: Tensor, heads: tuple[int, ...], text_lengths: Tensor, mel_lengths: Tensor
    ) -> Aligned:
        return Aligned(stepwise_filtering(self.with_noise(energy), text_lengths, mel_lengths, self.moves(mel, heads)))

    def path(self, heads: tuple[int, ...], bounds: Bounds) -> Path:
        return _ForwardPath(self, heads, bounds)


class _ForwardPath:
    def __init__(self, attention: ForwardAttention, heads: tuple[int, ...], bounds: Bounds) -> None:
        self.attention, self.heads, self.hard = attention, heads, bounds.mode == "hard"
        self.logs: Tensor | None = None
        self.token: Tensor | None = None
        """`[B, h]`, of a hard path."""

    def advance(self, energy: Tensor, mel: Tensor) -> Tensor:
        if self.logs is None:
            self.logs = torch.full_like(energy, IMPOSSIBLE)
            self.logs[..., 0] = 0.0
        else:
            move = self.attention.moves(mel[:, None], self.heads)
            arriving = F.pad(self.logs, (1, -1), value=IMPOSSIBLE) + F.logsigmoid(move)
            score = torch.logaddexp(self.logs + F.logsigmoid(-move), arriving) + energy
            self.logs = score.clamp(min=IMPOSSIBLE).log_softmax(-1)
        if not self.hard:
            return self.logs.exp()
        if self.token is None:
            self.token = torch.zeros_like(self.logs[..., 0], dtype=torch.long)
        else:  # on to the next token where that is likelier, never back
            onward = (self.token + 1).clamp(max=energy.shape[-1] - 1)
            here, there = (self.logs.gather(-1, place[..., None])[..., 0] for place in (self.token, onward))
            self.token = torch.where(there > here, onward, self.token)
        return F.one_hot(self.token, energy.shape[-1]).to(energy)
