"""Stepwise monotonic multihead attention (SMMA): plain multihead attention that can become monotonic.

B batch, H heads, T mel frames, N text tokens, E width of a head, D model width. Alignments are `[B, (H,) T, N]`.
Liang et al. 2020 (Interspeech); He, Deng, He 2019 (arXiv 1906.00672).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.attention.config import AttentionConfig
from tts.attention.decoding import Path
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
    """int64 `[h]`; heads whose path is monotonic (before the switch: all those that would be candidates)."""
    focus: Tensor
    """`[H]`; focus rate of `heads`."""


@dataclass
class Memory:
    """The text as decoding reads it."""

    keys: Tensor
    """`[B, H, N, E]`."""
    values: Tensor
    """`[B, H, N, D/H]`."""
    tokens: Tensor
    """bool `[B, 1, 1, N]`."""
    chosen: Tensor | None
    """int64 `[h]`, the monotonic heads; None in the plain phase."""


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
        self._read: tuple[list[tuple[Tensor, int]], bool, Tensor] | None = None

    @property
    def smma_tunable(self) -> bool:
        """Whether the monotonic phase is on."""
        return self._state()[0]

    @smma_tunable.setter
    def smma_tunable(self, value: bool) -> None:
        if value and not self.smma_tunable:
            self.monotonic.copy_(self._select())
        elif not value:
            self.monotonic.fill_(True)
        self._tunable.fill_(value)

    def _state(self) -> tuple[bool, Tensor]:
        """The flag and the monotonic heads, int64 `[h]`.

        They are read again only where a buffer was moved or written to, since each reading waits for the GPU.
        """
        buffers = self._tunable, self.monotonic
        if torch.is_inference_mode_enabled() or any(buffer.is_inference() for buffer in buffers):
            # Made there, tensors count no writes, and gradients cannot pass by them later.
            return bool(self._tunable), self.monotonic.nonzero().flatten()
        now = [(buffer, buffer._version) for buffer in buffers]
        if self._read is None or any(a is not b or m != n for (a, m), (b, n) in zip(now, self._read[0], strict=True)):
            self._read = now, bool(self._tunable), self.monotonic.nonzero().flatten()
        return self._read[1:]

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_read": None}  # a copy's buffers count their writes from zero

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
        path: Tensor | None = None,
    ) -> AttentionOutput:
        """Attend.

        Parameters
        ----------
        text: `[B, N, text_dim]`; mel: `[B, T, mel_dim]`; lengths int64 `[B]`.
        log_prior: `[B, T, N]`, added to every head's energies in the plain phase only.
        path: `[B, T, N]`, given or of another attention, which all heads follow instead of their own in the monotonic
            phase.
        """
        tokens = length_mask(text_lengths, text.shape[1])[:, None, None, :]
        frames = length_mask(mel_lengths, mel.shape[1])[:, None, :, None]
        raw = self._energy(text, mel, frames)
        tunable, chosen = self._state()
        if log_prior is not None and not tunable:
            raw = raw + log_prior[:, None]
        raw = raw.masked_fill(~tokens, MASKED)
        energy = raw.log_softmax(-1)
        over_text = energy.exp() * (tokens & frames)
        heads = over_text
        if tunable:
            paths = (
                self._paths(raw.index_select(1, chosen), chosen, text_lengths, mel_lengths)
                if path is None
                else path[:, None]
            )
            alignment = paths.mean(1)
            heads = self._follow(over_text, paths, None if path is not None else chosen)
        else:
            alignment = heads.mean(1)
        rates = focus_rate(heads.detach(), mel_lengths)
        if self.training:
            self.focus.lerp_(rates, torch.where(self.focus.any(), 1 - self.config.focus_momentum, 1.0))
        context = self._context(text if self.query == "mel" else mel, raw, heads, frames, path is not None)
        return AttentionOutput(context, alignment, heads, energy, chosen, rates)

    def remember(self, text: Tensor, text_lengths: Tensor) -> Memory:
        """What decoding reads of the text `[B, N, text_dim]` at every step."""
        tunable, chosen = self._state()
        return Memory(
            keys=self._split(self.text_projection(text)),
            values=self._split(self.value_projection(text)),
            tokens=length_mask(text_lengths, text.shape[1])[:, None, None, :],
            chosen=chosen if tunable else None,
        )

    def step(self, memory: Memory, mel: Tensor, path: Path, given: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """One frame with mel as query, after those that `path` has passed.

        Parameters
        ----------
        mel: `[B, 1, mel_dim]`.
        given: `[B, N]`, where another attention is, which all heads follow in the monotonic phase.

        Returns
        -------
        Context `[B, 1, D]` and where the mean of the monotonic heads (of all, in the plain phase) is, `[B, N]`.
        """
        raw = self._scores(self._split(self.mel_projection(mel)), memory.keys).masked_fill(~memory.tokens, MASKED)
        heads = raw.softmax(-1)
        if memory.chosen is None:
            place = heads.mean(1)[:, 0]
        elif given is None:
            paths = path.advance(self._stay(raw[:, memory.chosen], memory.chosen)[:, :, 0])[:, :, None]
            place = paths.mean(1)[:, 0]
            heads = self._follow(heads, paths, memory.chosen)
        else:
            place = given
            heads = self._follow(heads, given[:, None, None], None)
        context = heads.to(memory.values.dtype) @ memory.values
        return self.output_projection(context.transpose(1, 2).flatten(2)), place

    def _split(self, x: Tensor) -> Tensor:
        """Heads apart: `[B, L, H·E]` → `[B, H, L, E]`."""
        return x.unflatten(-1, (self.config.heads, -1)).transpose(1, 2)

    def _scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        with torch.autocast(queries.device.type, enabled=False):  # bfloat16 would round energies to three digits
            return queries.float() @ keys.float().transpose(-1, -2) / math.sqrt(self.config.head_dim)

    def _energy(self, text: Tensor, mel: Tensor, frames: Tensor) -> Tensor:
        """e[b,h,t,n] = q·k/√E in float32, the same whichever side is the query.

        With text as query, the mel side is centred over the frames of its utterance. Softmax over frames cannot tell
        the difference, but without it a few tokens learn to attract every frame, and the forward-sum loss lets them.
        """
        mel = self.mel_projection(mel)
        if self.query == "text":
            inside = frames[:, 0]
            mel = mel - (mel * inside).sum(1, keepdim=True) / inside.sum(1, keepdim=True)
        return self._scores(self._split(mel), self._split(self.text_projection(text)))

    def _follow(self, over_text: Tensor, paths: Tensor, chosen: Tensor | None) -> Tensor:
        """Every head's weights `[B, H, T, N]`: of the chosen heads their paths, or of all heads the one that serves."""
        if chosen is None or self.config.selection == "focused":
            return paths.to(over_text.dtype).expand(-1, self.config.heads, -1, -1)
        return over_text.index_copy(1, chosen, paths.to(over_text.dtype))

    def _paths(self, raw: Tensor, chosen: Tensor, text_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
        """Paths of the monotonic heads from their energies, `[B, h, T, N]` both."""
        noise = self.config.gate_noise if self.training else 0.0
        if self.config.gate == "lookahead":
            noisy = raw + noise * torch.randn_like(raw) if noise else raw
            return stepwise_marginals(noisy, text_lengths, mel_lengths)[0]
        gate = self._stay(raw, chosen)
        if noise:
            gate = gate + noise * torch.randn_like(gate)
        return stepwise_expectation(gate, text_lengths, mel_lengths, from_logits=True)

    def _stay(self, raw: Tensor, chosen: Tensor) -> Tensor:
        """Logits of staying on each token, of the chosen heads."""
        if self.config.gate == "contrast":
            return raw - F.pad(raw[..., 1:], (0, 1))  # the last valid token absorbs: its own gate is never read
        return raw + self.gate_bias[chosen][None, :, None, None]

    def _context(self, value: Tensor, raw: Tensor, heads: Tensor, frames: Tensor, led: bool) -> Tensor:
        """What the heads read, projected; `led` where all of them follow one path in the monotonic phase."""
        values = self._split(self.value_projection(value))
        if self.query == "mel":
            weights = heads
        else:
            # An average over the frames of each token, not a sum that grows with its duration.
            weights = heads / heads.sum(2, keepdim=True).clamp(min=1e-5)
            if not self.smma_tunable:
                weights = raw.masked_fill(~frames, MASKED).softmax(2)
            elif self.config.selection != "focused" and not led:
                plain = raw.masked_fill(~frames, MASKED).softmax(2)
                weights = torch.where(self.monotonic[None, :, None, None], weights, plain)
            weights = weights.transpose(2, 3)
        context = weights.to(values.dtype) @ values
        return self.output_projection(context.transpose(1, 2).flatten(2))


def best_durations(output: AttentionOutput, text_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    """Frames per token on the best path through the monotonic heads' energies, int64 `[B, N]`."""
    energy = output.energy.index_select(1, output.monotonic).mean(1, keepdim=True)
    return stepwise_viterbi(energy, text_lengths, mel_lengths)[:, 0]


def chain_log_z(
    output: AttentionOutput, text_lengths: Tensor, mel_lengths: Tensor, blank: float | None = None
) -> Tensor:
    """log Z of each monotonic head's softmax over text, `[B, h]`: the negative of the forward-sum loss.

    Parameters
    ----------
    blank: log weight, beside tokens whose weights sum to one, of a frame's belonging to no token: connectionist
        temporal classification, as Badlani et al. 2021 have it.
    """
    energy = output.energy.index_select(1, output.monotonic)
    if blank is None:
        return stepwise_marginals(energy, text_lengths, mel_lengths)[1]
    total = math.log1p(math.exp(blank))
    between = torch.full_like(energy, blank - total)
    energy = torch.stack([energy - total, between], -1).flatten(-2)[..., :-1]
    skippable = (torch.arange(energy.shape[-1], device=energy.device) % 2 == 1).expand(len(energy), -1)
    return stepwise_marginals(energy, 2 * text_lengths - 1, mel_lengths, skippable)[1]


def chain_posterior(output: AttentionOutput, text_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    """Posterior over every path through the monotonic heads' mean energies, `[B, T, N]`: the chain seen whole."""
    energy = output.energy.index_select(1, output.monotonic).mean(1, keepdim=True)
    return stepwise_marginals(energy, text_lengths, mel_lengths)[0][:, 0]
