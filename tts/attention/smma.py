"""Stepwise monotonic multihead attention (SMMA): plain multihead attention that can become monotonic.

B batch, H heads, h monotonic heads, T mel frames, N text tokens, E width of a head, D model width. Alignments are
`[B, (H,) T, N]`. Liang et al. 2020 (Interspeech); He, Deng, He 2019 (arXiv 1906.00672).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor, nn

from tts.attention.config import AttentionConfig
from tts.attention.decoding import Bounds
from tts.attention.family import mechanism_class
from tts.attention.focus import focus_rate
from tts.attention.masks import length_mask
from tts.attention.mechanism import Path, of_heads
from tts.ops import stepwise_marginals, stepwise_viterbi

MASKED = -1e4
"""Energy of padding: far below any real one, and finite in half precision too."""
LEAST_WEIGHT = 1e-6


@dataclass
class AttentionOutput:
    """What one call gives."""

    context: Tensor
    """`[B, N, D]` with text as query, `[B, T, D]` with mel as query."""
    alignment: Tensor
    """`[B, T, N]`; the one that was used: mean over all heads, after the switch over the monotonic ones."""
    heads: Tensor
    """`[B, H, T, N]`; each head's own, summing to one over text in every frame."""
    energy: Tensor
    """`[B, H, T, N]`; log-softmaxed over text, with the prior: what the forward-sum loss and Viterbi read. In the
    monotonic phase the logarithm of `heads` where the mechanism reads no energy."""
    monotonic: tuple[int, ...]
    """Heads whose path is monotonic; before the switch all heads."""
    focus: Tensor
    """`[H]`; focus rate of `heads`."""
    mel_lengths: Tensor
    """int64 `[B]`; frames, or steps of a decoder with several frames each."""
    pointer: Tensor | None = None
    """`[B, h, T, N]`; in the monotonic phase, where a pointer is expected that may pass tokens; None for mechanisms
    without one."""

    @property
    def monotonic_energy(self) -> Tensor:
        """`[B, h, T, N]`; `energy` of the monotonic heads."""
        return of_heads(self.energy, self.monotonic)

    @property
    def sharpest(self) -> Tensor:
        """Largest focus rate of the monotonic heads, a scalar."""
        return torch.stack([self.focus[head] for head in self.monotonic]).max()


@dataclass
class ProjectedText:
    """The text as step-by-step decoding reads it."""

    keys: Tensor
    """`[B, H, N, E]`."""
    values: Tensor
    """`[B, H, N, D/H]`."""
    tokens: Tensor
    """bool `[B, 1, 1, N]`."""


class StepwiseMonotonicMultiheadAttention(nn.Module):
    """Multihead attention between text and mel with a flag, `smma_tunable`, that makes its paths monotonic.

    - Plain phase, text as query: each phone averages the frames it attends, softmax over frames.
    - Plain phase, mel as query: each frame averages the tokens it attends, softmax over text.
    - Monotonic phase: the mechanism that `config.gate` names makes weights of the chosen heads' energies.

    Setting `smma_tunable = True` chooses the heads by their focus rate so far, for good. Flag and choice are plain
    Python state, which no step waits for on a GPU; they are saved and restored with the module, as `_tunable` and
    `monotonic`, and copied with it. `copy_phase` takes them over from another module.

    Parameters
    ----------
    query: which side asks; the other gives keys and values.
    """

    of_phase: ClassVar[tuple[str, ...]] = ("focus", "monotonic", "_tunable")
    """Saved tensors that belong to a run which goes through both phases itself."""
    focus: Tensor
    """`[H]`; moving average of each head's focus rate in training."""

    def __init__(
        self,
        text_dim: int,
        mel_dim: int,
        out_dim: int,
        config: AttentionConfig,
        query: Literal["text", "mel"] = "text",
    ) -> None:
        super().__init__()
        mechanism = mechanism_class(config.gate)
        if query == "mel" and not mechanism.causal:
            raise ValueError(f"the {config.gate} gate reads frames to come: with mel as query use a causal one")
        self.config, self.query = config, query
        inner = config.heads * config.head_dim
        value_dim = mel_dim if query == "text" else text_dim
        self.gate = mechanism.build(config, mel_dim)
        self.text_projection = nn.Linear(text_dim, inner, bias=False)
        self.mel_projection = nn.Linear(mel_dim, inner, bias=False)
        self.value_projection = nn.Linear(value_dim, inner)
        self.output_projection = nn.Linear(inner, out_dim)
        self.register_buffer("focus", torch.zeros(config.heads))
        self._chosen: tuple[int, ...] | None = None

    @property
    def smma_tunable(self) -> bool:
        """Whether the monotonic phase is on."""
        return self._chosen is not None

    @smma_tunable.setter
    def smma_tunable(self, value: bool) -> None:
        if not value:
            self._chosen = None
        elif self._chosen is None:
            self._chosen = self._choose()

    @property
    def monotonic(self) -> tuple[int, ...]:
        """The monotonic heads; before the switch all heads."""
        return tuple(range(self.config.heads)) if self._chosen is None else self._chosen

    @property
    def sharpest(self) -> Tensor:
        """Largest focus rate so far of the monotonic heads, a scalar."""
        return torch.stack([self.focus[head] for head in self.monotonic]).max()

    def copy_phase(self, other: StepwiseMonotonicMultiheadAttention) -> None:
        """Take over flag and chosen heads."""
        self._chosen = other._chosen

    def _choose(self) -> tuple[int, ...]:
        sharpest = int(self.focus.argmax())
        if self.config.selection == "focused":
            return (sharpest,)
        if self.config.selection == "threshold":
            above = (self.focus > self.config.focus_threshold).tolist()
            return tuple(head for head in range(self.config.heads) if above[head] or head == sharpest)
        return tuple(range(self.config.heads))

    def _save_to_state_dict(self, destination: dict[str, Any], prefix: str, keep_vars: bool) -> None:
        super()._save_to_state_dict(destination, prefix, keep_vars)
        chosen = [head in self.monotonic for head in range(self.config.heads)]
        destination[f"{prefix}monotonic"] = torch.tensor(chosen, device=self.focus.device)
        destination[f"{prefix}_tunable"] = torch.tensor(self.smma_tunable, device=self.focus.device)

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        _, _, missing, _, _ = rest
        keys = f"{prefix}_tunable", f"{prefix}monotonic"
        missing += [key for key in keys if key not in state_dict]
        tunable, monotonic = (state_dict.pop(key, None) for key in keys)
        super()._load_from_state_dict(state_dict, prefix, *rest)
        if tunable is not None and monotonic is not None:
            self._chosen = tuple(monotonic.nonzero().flatten().tolist()) if tunable else None

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
        if log_prior is not None and not self.smma_tunable:
            raw = raw + log_prior[:, None]
        raw = raw.masked_fill(~tokens, MASKED)
        energy = raw.log_softmax(-1)
        over_text = energy.exp() * (tokens & frames)
        pointer = None
        if not self.smma_tunable:
            heads, alignment = over_text, over_text.mean(1)
        else:
            if path is None:
                chosen = self.monotonic
                paths, pointer = self.gate.align(of_heads(raw, chosen), mel, chosen, text_lengths, mel_lengths)
            else:
                paths = path[:, None]
            alignment = paths.mean(1)
            heads = self._follow(over_text, paths, path is not None)
            if not self.gate.reads_energy:
                energy = heads.clamp(min=LEAST_WEIGHT).log().masked_fill(~tokens, MASKED)
        rates = focus_rate(heads.detach(), mel_lengths)
        if self.training:
            self.focus.lerp_(rates, torch.where(self.focus.any(), 1 - self.config.focus_momentum, 1.0))
        if self.query == "mel":
            context = self._read(heads, text)
        else:
            context = self._read(self._over_frames(heads, raw, frames, path is not None).transpose(2, 3), mel)
        return AttentionOutput(context, alignment, heads, energy, self.monotonic, rates, mel_lengths, pointer)

    def project_text(self, text: Tensor, text_lengths: Tensor) -> ProjectedText:
        """What every `step` reads of the text `[B, N, text_dim]`."""
        return ProjectedText(
            keys=self._split(self.text_projection(text)),
            values=self._split(self.value_projection(text)),
            tokens=length_mask(text_lengths, text.shape[1])[:, None, None, :],
        )

    def path(self, bounds: Bounds) -> Path:
        """What `step` advances along, from the first frame."""
        return self.gate.path(self.monotonic, bounds)

    def step(self, text: ProjectedText, mel: Tensor, path: Path, given: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """One frame with mel as query, after those that `path` has passed.

        Parameters
        ----------
        mel: `[B, 1, mel_dim]`.
        given: `[B, N]`, weights of another attention, which all heads follow in the monotonic phase.

        Returns
        -------
        Context `[B, 1, D]` and the mean weights of the monotonic heads (of all, in the plain phase), `[B, N]`.
        """
        raw = self._scores(self._split(self.mel_projection(mel)), text.keys).masked_fill(~text.tokens, MASKED)
        heads = raw.softmax(-1)
        if not self.smma_tunable:
            weights = heads.mean(1)[:, 0]
        elif given is None:
            paths = path.advance(of_heads(raw, self.monotonic)[:, :, 0], mel[:, 0])[:, :, None]
            weights = paths.mean(1)[:, 0]
            heads = self._follow(heads, paths, False)
        else:
            weights = given
            heads = self._follow(heads, given[:, None, None], True)
        context = heads.to(text.values.dtype) @ text.values
        return self.output_projection(context.transpose(1, 2).flatten(2)), weights

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
            mask = frames[:, 0]
            mel = mel - (mel * mask).sum(1, keepdim=True) / mask.sum(1, keepdim=True)
        return self._scores(self._split(mel), self._split(self.text_projection(text)))

    def _follow(self, plain: Tensor, paths: Tensor, given: bool) -> Tensor:
        """Every head's weights `[B, H, T, N]` in the monotonic phase: the one path that serves all heads, or the chosen
        heads' own `paths` among the `plain` weights of the others."""
        if given or self.config.selection == "focused":
            return paths.to(plain.dtype).expand(-1, self.config.heads, -1, -1)
        return self._among(paths.to(plain.dtype), plain)

    def _over_frames(self, heads: Tensor, raw: Tensor, frames: Tensor, given: bool) -> Tensor:
        """Weights for text as query, `[B, H, T, N]`, summing to one over the frames of each token."""
        if not self.smma_tunable:
            return raw.masked_fill(~frames, MASKED).softmax(2)
        # An average over the frames of each token, not a sum that grows with its duration.
        weights = heads / heads.sum(2, keepdim=True).clamp(min=1e-5)
        if given or self.config.selection == "focused":
            return weights
        return self._among(of_heads(weights, self.monotonic), raw.masked_fill(~frames, MASKED).softmax(2))

    def _among(self, own: Tensor, plain: Tensor) -> Tensor:
        """`own` `[B, h, T, N]` of the chosen heads, `plain` `[B, H, T, N]` of the others."""
        heads = list(plain.unbind(1))
        for head, values in zip(self.monotonic, own.unbind(1), strict=True):
            heads[head] = values
        return torch.stack(heads, 1)

    def _read(self, weights: Tensor, value: Tensor) -> Tensor:
        """The value side `[B, L, ·]`, averaged by each head's weights `[B, H, ·, L]`, projected."""
        values = self._split(self.value_projection(value))
        context = weights.to(values.dtype) @ values
        return self.output_projection(context.transpose(1, 2).flatten(2))


def best_durations(output: AttentionOutput, text_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    """Frames per token on the best path through the monotonic heads' energies, int64 `[B, N]`."""
    energy = output.monotonic_energy.mean(1, keepdim=True)
    return stepwise_viterbi(energy, text_lengths, mel_lengths)[:, 0]


def chain_log_z(output: AttentionOutput, text_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    """log Z of each monotonic head's softmax over text, `[B, h]`: the negative of the forward-sum loss."""
    return stepwise_marginals(output.monotonic_energy, text_lengths, mel_lengths)[1]


def chain_posterior(output: AttentionOutput, text_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    """Posterior over every path through the monotonic heads' mean energies, `[B, T, N]`: the chain seen whole."""
    energy = output.monotonic_energy.mean(1, keepdim=True)
    return stepwise_marginals(energy, text_lengths, mel_lengths)[0][:, 0]
