"""What the decoders have in common: what they are taught with, and what they give.

B batch, N tokens, T frames, M mel channels.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from torch import Tensor

from tts.attention import AttentionOutput
from tts.models.predictors.pitch import PitchPrediction


@dataclass
class Teacher:
    """The recording that a training step reconstructs."""

    mel: Tensor
    """`[B, T, M]`, normalised."""
    pitch: Tensor
    """`[B, T]`, Hz; 0 where unvoiced."""
    lengths: Tensor
    """int64 `[B]`, frames."""
    alignment: Tensor
    """`[B, T, N]`, of the recording with its text."""
    durations: Tensor
    """`[B, N]`, frames per token, as predicted from text."""
    hard: bool = False
    """Whether `alignment` is one-hot, as a hard path is when the decoder speaks."""
    prior: float = 0.0
    """Weight of the diagonal prior on the decoder's own attention, if it has one."""


@dataclass
class Crossing:
    """One cross-attention of a decoder, over steps of several frames each."""

    attention: AttentionOutput
    steps: Tensor
    """int64 `[B]`, the number of steps."""


@dataclass
class Decoded:
    """A reconstruction."""

    mel: Tensor
    """float32 `[B, T, M]`, normalised."""
    alignment: Tensor
    """`[B, T, N]`; the one the mel was made along."""
    draft: Tensor | None = None
    """`[B, T, M]`; the mel before the post-net."""
    sketch: Tensor | None = None
    """`[B, T, M]`; a rough mel along the recording's alignment with its text."""
    pitch: PitchPrediction | None = None
    """Of every frame, predicted."""
    stop: Tensor | None = None
    """Logits `[B, steps]` of the speech being over."""
    crossings: list[Crossing] = field(default_factory=list)
    leading: AttentionOutput | None = None
    """The cross-attention that `alignment` comes from; none if the decoder follows the alignment it is given."""


@dataclass
class Said:
    """Mel made without a recording."""

    mel: Tensor
    """float32 `[B, T, M]`, normalised."""
    lengths: Tensor
    """int64 `[B]`, frames."""
    durations: Tensor
    """int64 `[B, N]`, frames."""
    alignment: Tensor
    """`[B, T, N]`."""
    finished: Tensor | None = None
    """bool `[B]`; whether the speech came to its end, for decoders that may not."""
