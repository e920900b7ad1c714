"""Gates: how energies between text and mel become monotonic paths. A config chooses one by name.

B batch, h monotonic heads, T mel frames, N text tokens.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.ops import stepwise_expectation, stepwise_marginals

if TYPE_CHECKING:
    from tts.attention.config import AttentionConfig


class Gate(nn.Module, ABC):
    """Energies to paths. Defining a subclass with a name is enough to offer it, as `class Mine(Gate, name="mine")`."""

    causal: ClassVar[bool] = True
    """Whether a frame's gate depends on that frame alone, so that a decoder can use it frame by frame."""
    named: ClassVar[dict[str, type[Gate]]] = {}

    def __init_subclass__(cls, name: str = "") -> None:
        if not name:
            return
        there = cls.named.get(name)
        if there is not None and (there.__module__, there.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"gate {name}: offered by {there.__module__} already; {cls.__module__} must take another")
        cls.named[name] = cls

    def __init__(self, config: AttentionConfig) -> None:
        super().__init__()
        self.noise = config.gate_noise

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

    def with_noise(self, values: Tensor) -> Tensor:
        """`values` with Gaussian noise, in training only."""
        return values + self.noise * torch.randn_like(values) if self.noise and self.training else values


def gate_class(name: str) -> type[Gate]:
    """Raises ValueError if no gate has this name."""
    if name not in Gate.named:
        raise ValueError(
            f"gate={name!r} is not one of {', '.join(Gate.named)}; where a package of yours defines it, name that with "
            "plugins=[PACKAGE]"
        )
    return Gate.named[name]


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
