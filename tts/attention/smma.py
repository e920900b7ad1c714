"""Stepwise monotonic multihead attention (SMMA): plain multihead attention that can become monotonic.

B batch, H heads, T mel frames, N text tokens, E width of a head, D model width. Alignments are `[B, (H,) T, N]`.
Liang et al. 2020 (Interspeech); He, Deng, He 2019 (arXiv 1906.00672).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.attention.config import AttentionConfig
from tts.attention.focus import focus_rate
from tts.attention.masks import length_mask
from tts.ops import stepwise_expectation, stepwise_marginals, stepwise_viterbi

MASKED = -1e4
"""Energy of padding: far below any real one, and finite in half precision too."""


@dataclass
class AttentionOutput:
    """What one call gives."""

    context: Tensor
    """`[B, N, D]` with text as query, `[B, T, D]` with mel as query."""
    alignment: Tensor
    """`[B, T, N]`; the one that was used: mean over the plain heads, after the switch over the monotonic ones."""
    heads: Tensor
    """`[B, H, T, N]`; each head's own, summing to one over text in every frame."""
    energy: Tensor
    """`[B, H, T, N]`; log-softmaxed over text, with the prior: what the forward-sum loss and Viterbi read."""
    monotonic: Tensor
    """bool `[H]`; heads whose path is monotonic (before the switch: all those that would be candidates)."""
    focus: Tensor
    """`[H]`; focus rate of `heads`."""


class StepwiseMonotonicMultiheadAttention(nn.Module):
    """Multihead attention between text and mel with a flag, `smma_tunable`, that makes its paths monotonic.

    - Plain phase, text as query: each phone averages the frames it attends, softmax over frames.
    - Plain phase, mel as query: each frame averages the tokens it attends, softmax over text.
    - Monotonic phase: the selected heads' energies are a choice, frame by frame, between staying and moving on.

    Setting `smma_tunable = True` freezes the choice of heads by their focus rate so far. Flag, choice and focus rates
    are buffers: they are saved and restored with the module.

    Parameters
    ----------
    query: which side asks; the other gives keys and values.
    """

    focus: Tensor
    monotonic: Tensor
    _tunable: Tensor

    def __init__(
        self,
        text_dim: int,
        mel_dim: int,
        out_dim: int,
        config: AttentionConfig,
        query: Literal["text", "mel"] = "text",
    ) -> None:
        super().__init__()
        if config.gate == "lookahead" and query == "mel":
            raise ValueError("the lookahead gate sees future frames: with mel as query use contrast or sigmoid")
        self.config, self.query = config, query
        inner = config.heads * config.head_dim
        value_dim = mel_dim if query == "text" else text_dim
        self.text_projection = nn.Linear(text_dim, inner, bias=False)
        self.mel_projection = nn.Linear(mel_dim, inner, bias=False)
        self.value_projection = nn.Linear(value_dim, inner)
        self.output_projection = nn.Linear(inner, out_dim)
        if config.gate == "sigmoid":
            moving = config.tokens_per_frame
            self.gate_bias = nn.Parameter(torch.full((config.heads,), math.log((1 - moving) / moving)))
        self.register_buffer("focus", torch.zeros(config.heads))
        self.register_buffer("monotonic", torch.ones(config.heads, dtype=torch.bool))
        self.register_buffer("_tunable", torch.tensor(False))

    @property
    def smma_tunable(self) -> bool:
        """Whether the monotonic phase is on."""
        return bool(self._tunable)

    @smma_tunable.setter
    def smma_tunable(self, value: bool) -> None:
        if value and not self.smma_tunable:
            self.monotonic.copy_(self._select())
        elif not value:
            self.monotonic.fill_(True)
        self._tunable.fill_(value)

    def _select(self) -> Tensor:
        sharpest = F.one_hot(self.focus.argmax(), self.config.heads).bool()
        if self.config.selection == "focused":
            return sharpest
        if self.config.selection == "threshold":
            return (self.focus > self.config.focus_threshold) | sharpest
        return torch.ones_like(sharpest)

    def forward(
        self,
        text: Tensor,
        mel: Tensor,
        text_lengths: Tensor,
        mel_lengths: Tensor,
        log_prior: Tensor | None = None,
    ) -> AttentionOutput:
        """Attend.

        Parameters
        ----------
        text: `[B, N, text_dim]`; mel: `[B, T, mel_dim]`; lengths int64 `[B]`.
        log_prior: `[B, T, N]`, added to every head's energies in the plain phase only.
        """
        tokens = length_mask(text_lengths, text.shape[1])[:, None, None, :]
        frames = length_mask(mel_lengths, mel.shape[1])[:, None, :, None]
        raw = self._energy(text, mel, frames)
        if log_prior is not None and not self.smma_tunable:
            raw = raw + log_prior[:, None]
        raw = raw.masked_fill(~tokens, MASKED)
        energy = raw.log_softmax(-1)
        over_text = energy.exp() * (tokens & frames)
        heads = over_text
        if self.smma_tunable:
            chosen = self.monotonic.nonzero().flatten()
            paths = self._paths(raw[:, chosen], chosen, text_lengths, mel_lengths)
            alignment = paths.mean(1)
            heads = over_text.index_copy(1, chosen, paths.to(over_text.dtype))
            if self.config.selection == "focused":
                heads = paths.expand(-1, self.config.heads, -1, -1)
        else:
            alignment = heads.mean(1)
        rates = focus_rate(heads.detach(), mel_lengths)
        if self.training:
            self.focus.lerp_(rates, 1 - self.config.focus_momentum if self.focus.any() else 1.0)
        context = self._context(text if self.query == "mel" else mel, raw, heads, frames)
        return AttentionOutput(context, alignment, heads, energy, self.monotonic, rates)

    def _energy(self, text: Tensor, mel: Tensor, frames: Tensor) -> Tensor:
        """e[b,h,t,n] = q·k/√E in float32, the same whichever side is the query.

        With text as query, the mel side is centred over the frames of its utterance. Softmax over frames cannot tell
        the difference, but without it a few tokens learn to attract every frame, and the forward-sum loss lets them.
        """
        heads, width = self.config.heads, self.config.head_dim
        mel = self.mel_projection(mel)
        if self.query == "text":
            inside = frames[:, 0]
            mel = mel - (mel * inside).sum(1, keepdim=True) / inside.sum(1, keepdim=True)
        queries = mel.unflatten(-1, (heads, width)).transpose(1, 2)
        keys = self.text_projection(text).unflatten(-1, (heads, width)).transpose(1, 2)
        with torch.autocast(mel.device.type, enabled=False):  # bfloat16 would round energies to three digits
            return queries.float() @ keys.float().transpose(-1, -2) / math.sqrt(width)

    def _paths(self, raw: Tensor, chosen: Tensor, text_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
        noise = self.config.gate_noise if self.training else 0.0
        if self.config.gate == "lookahead":
            noisy = raw + noise * torch.randn_like(raw) if noise else raw
            return stepwise_marginals(noisy, text_lengths, mel_lengths)[0]
        if self.config.gate == "contrast":
            gate = raw - F.pad(raw[..., 1:], (0, 1))  # the last valid token absorbs: its own gate is never read
        else:
            gate = raw + self.gate_bias[chosen][None, :, None, None]
        if noise:
            gate = gate + noise * torch.randn_like(gate)
        return stepwise_expectation(gate, text_lengths, mel_lengths, from_logits=True)

    def _context(self, value: Tensor, raw: Tensor, heads: Tensor, frames: Tensor) -> Tensor:
        values = self.value_projection(value).unflatten(-1, (self.config.heads, -1)).transpose(1, 2)
        if self.query == "mel":
            weights = heads
        else:
            # An average over the frames of each token, not a sum that grows with its duration.
            weights = heads / heads.sum(2, keepdim=True).clamp(min=1e-5)
            if not self.smma_tunable:
                weights = raw.masked_fill(~frames, MASKED).softmax(2)
            elif self.config.selection != "focused":
                plain = raw.masked_fill(~frames, MASKED).softmax(2)
                weights = torch.where(self.monotonic[None, :, None, None], weights, plain)
            weights = weights.transpose(2, 3)
        context = weights.to(values.dtype) @ values
        return self.output_projection(context.transpose(1, 2).flatten(2))


def best_durations(output: AttentionOutput, text_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    """Frames per token on the best path through the monotonic heads' energies, int64 `[B, N]`."""
    energy = output.energy[:, output.monotonic].mean(1, keepdim=True)
    return stepwise_viterbi(energy, text_lengths, mel_lengths)[:, 0]


def chain_log_z(output: AttentionOutput, text_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    """log Z of each monotonic head's softmax over text, `[B, h]`: the negative of the forward-sum loss."""
    return stepwise_marginals(output.energy[:, output.monotonic], text_lengths, mel_lengths)[1]


def chain_posterior(output: AttentionOutput, text_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    """Posterior over every path through the monotonic heads' mean energies, `[B, T, N]`: the chain seen whole."""
    energy = output.energy[:, output.monotonic].mean(1, keepdim=True)
    return stepwise_marginals(energy, text_lengths, mel_lengths)[0][:, 0]
