"""Gates of stepwise monotonic attention: whether a path stays on a token or moves on to the next, frame by frame.

B batch, h monotonic heads, T mel frames, N text tokens. He, Deng, He 2019 (arXiv 1906.00672).
"""

from __future__ import annotations

import math
from abc import abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.attention.config import AttentionConfig
from tts.attention.decoding import Bounds, HardPath, SoftPath, StepwisePath
from tts.attention.mechanism import Aligned, Mechanism
from tts.ops import stepwise_expectation, stepwise_marginals


class Gate(Mechanism):
    """Energies to stepwise paths. Defining a subclass with a name is enough to offer it, as `class Mine(Gate,
    name="mine")`."""

    grows = True

    @abstractmethod
    def stay(self, energy: Tensor, heads: tuple[int, ...]) -> Tensor:
        """Logits of staying on each token rather than moving on to the next, `[B, h, T, N]`.

        Parameters
        ----------
        energy: `[B, h, T, N]`, of the monotonic heads; far below any real one in the padding.
        heads: which of the H heads these h are, for a gate with parameters of each head.
        """

    def paths(self, energy: Tensor, heads: tuple[int, ...], text_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
        """The expected position of each frame, `[B, h, T, N]`: weights that sum to one over the tokens.

        Parameters
        ----------
        energy, heads: as in `stay`.
        text_lengths, mel_lengths: int64 `[B]`, tokens and frames.
        """
        return stepwise_expectation(
            self.with_noise(self.stay(energy, heads)), text_lengths, mel_lengths, from_logits=True
        )

    def align(
        self, energy: Tensor, mel: Tensor, heads: tuple[int, ...], text_lengths: Tensor, mel_lengths: Tensor
    ) -> Aligned:
        return Aligned(self.paths(energy, heads, text_lengths, mel_lengths))

    def path(self, heads: tuple[int, ...], bounds: Bounds) -> GatedPath:
        kind = SoftPath if bounds.mode == "soft" else HardPath
        return GatedPath(self, heads, kind(bounds.text_lengths, bounds.shortest, bounds.longest))


class GatedPath:
    """A stepwise path by the logits of a gate."""

    def __init__(self, gate: Gate, heads: tuple[int, ...], inner: StepwisePath) -> None:
        self.gate, self.heads, self.inner = gate, heads, inner

    def advance(self, energy: Tensor, mel: Tensor) -> Tensor:
        return self.inner.advance(self.gate.stay(energy[:, :, None], self.heads)[:, :, 0])

    def extend(self, bounds: Bounds) -> None:
        self.inner.extend(bounds.text_lengths, bounds.shortest, bounds.longest)

    def farthest(self) -> int:
        return self.inner.farthest()


class ContrastGate(Gate, name="contrast"):
    """σ(e[t,n] − e[t,n+1]): stay while the frame fits the token better than the next one."""

    def stay(self, energy: Tensor, heads: tuple[int, ...]) -> Tensor:
        return energy - F.pad(energy[..., 1:], (0, 1))  # the last valid token absorbs: its own gate is never read


class SigmoidGate(Gate, name="sigmoid"):
    """σ(e[t,n] + bias) with a bias per head, which starts at the speaking rate (Liang et al. 2020)."""

    def __init__(self, config: AttentionConfig) -> None:
        super().__init__(config)
        moving = config.tokens_per_frame
        self.bias = nn.Parameter(torch.full((config.heads,), math.log((1 - moving) / moving)))

    def stay(self, energy: Tensor, heads: tuple[int, ...]) -> Tensor:
        return energy + torch.stack([self.bias[head] for head in heads])[None, :, None, None]


class LookaheadGate(Gate, name="lookahead"):
    """The posterior over all paths that end on the last token: each frame's position depends on all frames."""

    causal = False

    def stay(self, energy: Tensor, heads: tuple[int, ...]) -> Tensor:
        raise TypeError("the lookahead gate reads all frames at once and has no logits for one of them")

    def paths(self, energy: Tensor, heads: tuple[int, ...], text_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
        return stepwise_marginals(self.with_noise(energy), text_lengths, mel_lengths)[0]
