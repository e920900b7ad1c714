"""Mechanisms: how energies between text and mel become weights in the monotonic phase. A config chooses one by name.

B batch, H heads, h monotonic heads, T mel frames, N text tokens, D channels of the mel side.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar, NamedTuple, Protocol, Self

import torch
from torch import Tensor, nn

from tts.attention.config import AttentionConfig
from tts.attention.decoding import Bounds
from tts.attention.names import MECHANISMS


class Aligned(NamedTuple):
    """What a mechanism makes of the energies of an utterance."""

    weights: Tensor
    """`[B, h, T, N]`; zero outside the lengths."""
    pointer: Tensor | None = None
    """`[B, h, T, N]`; where a pointer is expected that the weights look back from; None where there is none."""


class Path(Protocol):
    """The same frame by frame."""

    def advance(self, energy: Tensor, mel: Tensor) -> Tensor:
        """The next frame's weights `[B, h, N]`, from its energies `[B, h, N]` and its mel side `[B, D]`."""
        ...


class GrowingPath(Path, Protocol):
    """A path through a text that may still become longer."""

    def extend(self, bounds: Bounds) -> None:
        """Go on in the longer text; the bounds of its first tokens are as before."""
        ...

    def farthest(self) -> int:
        """The last token that any head has read."""
        ...


class Mechanism(nn.Module, ABC):
    """Energies to weights. Defining a subclass with a name is enough to offer it: `class Mine(Mechanism, name="mine")`.

    Parameters of a mechanism are trained and saved with the model. Those of each head are declared for all H heads.
    """

    causal: ClassVar[bool] = True
    """Whether a frame's weights depend on no later frame, so that a decoder can use it frame by frame."""
    reads_energy: ClassVar[bool] = True
    """Whether the weights depend on the energies. Where they do not, hard durations are read off the weights."""
    grows: ClassVar[bool] = False
    """Whether `path` gives a `GrowingPath`: it goes on by one token at most, and where it is on one, reads no token
    after the next."""

    def __init_subclass__(cls, name: str = "") -> None:
        if not name:
            return
        there = MECHANISMS.get(name)
        if there is not None and (there.__module__, there.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"gate {name}: offered by {there.__module__} already; {cls.__module__} must take another")
        MECHANISMS[name] = cls

    def __init__(self, config: AttentionConfig) -> None:
        super().__init__()
        self.noise = config.gate_noise

    @classmethod
    def build(cls, config: AttentionConfig, mel_dim: int) -> Self:
        """For an attention whose mel side has `mel_dim` channels; overridden by those that read it."""
        return cls(config)

    @abstractmethod
    def align(
        self, energy: Tensor, mel: Tensor, heads: tuple[int, ...], text_lengths: Tensor, mel_lengths: Tensor
    ) -> Aligned:
        """Weights of all frames.

        Parameters
        ----------
        energy: `[B, h, T, N]`, of the monotonic heads; far below any real one in the padding.
        mel: `[B, T, D]`, the mel side.
        heads: which of the H heads these h are.
        text_lengths, mel_lengths: int64 `[B]`, tokens and frames.
        """

    @abstractmethod
    def path(self, heads: tuple[int, ...], bounds: Bounds) -> Path:
        """The same, frame by frame, for `bounds.mode`: `soft`, as in training, or `hard`, one token at a time, where
        the mechanism has such a path."""

    def with_noise(self, values: Tensor) -> Tensor:
        """`values` with Gaussian noise, in training only."""
        return values + self.noise * torch.randn_like(values) if self.noise and self.training else values


def in_full(values: Tensor) -> Tensor:
    """In float32 at least, where a layer may have computed in half precision."""
    return values if values.dtype == torch.float64 else values.float()


def chosen(parameter: Tensor, heads: tuple[int, ...]) -> Tensor:
    """Of a parameter with a row for each of H heads those of some, `[h, …]`. As `of_heads`."""
    return parameter if len(heads) == len(parameter) else torch.stack([parameter[head] for head in heads])


def of_heads(values: Tensor, heads: Iterable[int]) -> Tensor:
    """`[B, H, …]` → `[B, h, …]`. Without an index tensor, which would have to be copied to the GPU at every step."""
    return torch.stack([values[:, head] for head in heads], 1)
