"""What a decoder is: its settings, what it is given, what it gives, and what the rest of the model asks of it.

A new decoder is two classes in one file: a frozen dataclass under `DecoderConfig`, whose `build` makes the other, a
`Decoder`. A config chooses it by its `kind`.

B batch, N tokens, T frames, M mel channels, D model width.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from torch import Tensor, nn

from tts.attention import AttentionOutput, StepwiseMonotonicMultiheadAttention
from tts.attention.decoding import PathMode
from tts.models.controls import TokenControls
from tts.models.predictors.pitch import PitchPrediction
from tts.settings.schema import Choice


@dataclass
class TeacherForcing:
    """The recording that a training step reconstructs."""

    mel: Tensor
    """`[B, T, M]`, normalised; 0 in channels that may not be read."""
    pitch: Tensor
    """`[B, T]`, Hz; 0 where unvoiced."""
    lengths: Tensor
    """int64 `[B]`, frames."""
    alignment: Tensor
    """`[B, T, N]`, of the recording with its text."""
    durations: Tensor
    """`[B, N]`, frames per token, as predicted from text."""
    hard: bool = False
    """Whether `alignment` is one-hot, as at inference."""
    prior: float = 0.0
    """Weight of the diagonal prior on the decoder's cross-attentions, if it has any."""


@dataclass
class DecoderOutput:
    """A reconstruction. A decoder with loss terms of its own may return a subclass with further fields."""

    mel: Tensor
    """float32 `[B, T, M]`, normalised."""
    alignment: Tensor
    """`[B, T, N]`; the one the mel was made along."""
    draft: Tensor | None = None
    """`[B, T, M]`; the mel before the post-net."""
    auxiliary_mel: Tensor | None = None
    """`[B, T, M]`; of a second, small head, made along the recording's alignment with its text."""
    pitch: PitchPrediction | None = None
    """Of every frame, predicted."""
    stop: Tensor | None = None
    """Logits `[B, steps]` of a step being the last."""
    cross_attentions: list[AttentionOutput] = field(default_factory=list)
    """Over steps of `frames_per_step` frames each."""
    leading: AttentionOutput | None = None
    """The cross-attention that `alignment` comes from; None if the decoder follows the alignment it is given."""


@dataclass
class InferenceOutput:
    """Mel made from text alone."""

    mel: Tensor
    """float32 `[B, T, M]`; normalised as it leaves a decoder, log-mel as it leaves the acoustic model."""
    mel_lengths: Tensor
    """int64 `[B]`."""
    durations: Tensor
    """int64 `[B, N]`, frames."""
    alignment: Tensor
    """`[B, T, N]`; one-hot except for soft paths of the autoregressive decoder."""
    finished: Tensor
    """bool `[B]`; false where an autoregressive decoder found no end and was stopped."""


@dataclass
class MelPiece:
    """The next frames of a sentence."""

    mel: Tensor
    """float32 `[1, T, M]`, normalised; final."""
    ahead: Tensor
    """`[1, t, M]`; those after them as far as they can be guessed."""
    token: Tensor
    """int64 `[1, T]`; the number of the token that each frame is of."""


class GrowingMel(ABC):
    """The mel of one sentence whose text may still become longer."""

    @abstractmethod
    def grow(
        self, states: Tensor, durations: Tensor, ended: bool, controls: TokenControls | None = None
    ) -> Iterator[MelPiece]:
        """The frames that are final now and were not before.

        Parameters
        ----------
        states, durations: `[1, N, D]` and `[1, N]`, as for `Decoder.infer`, of all tokens so far; those given before
            are as they were.
        ended: whether these are all.
        controls: of the same tokens, where the decoder takes them.
        """


class DecoderConfig(Choice, ABC, group="model/decoder"):
    """Settings of a decoder, stored with every voice."""

    kind: str
    """The name that a config chooses it by."""
    takes_given_alignment: ClassVar[bool] = True
    """Whether it can be trained on durations from files, with no attention that learns."""

    @property
    def frames_per_step(self) -> int:
        """Mel frames that the decoder makes at once. Training needs a step for every token."""
        return 1

    def check_width(self, width: int) -> None:
        """Raises ValueError if the decoder cannot have hidden states of `width`."""
        return

    @abstractmethod
    def build(self, width: int, n_mels: int) -> Decoder:
        """The decoder for hidden states of `width` and mels of `n_mels` channels, with fresh weights."""


class Decoder(nn.Module, ABC):
    """Token states to mel."""

    restored_variance: float | None = None
    """Share, 0 to 1, of the variance lacking in its mels that is given back at inference; None if none is lacking, as
    where a decoder reads its own output, and it is not measured then."""
    takes_controls: ClassVar[bool] = False
    """Whether `infer` takes `controls` (`tts.models.controls.TokenControls`), and with them durations that are not as
    predicted."""
    visible_channels: int | None = None
    """Mel channels, from the lowest, that it may read of its own output; None for all. The model sets it."""

    @property
    def cross_attentions(self) -> list[StepwiseMonotonicMultiheadAttention]:
        """Its attentions to the text, which switch to monotonic paths together with the one that aligns recordings."""
        return []

    def set_harmonics(self, template: Tensor) -> None:
        """Take in the audio setting's harmonic template (`tts.audio.pitch`), if the decoder uses one."""
        return

    @property
    def path_mode(self) -> PathMode | None:
        """How it goes through a text; None where it has no path to choose."""
        return None

    def set_noise(self, on: bool) -> None:
        """Keep the dropout of the prenet in synthesis, so that the same text may come out otherwise, if it has one."""
        return

    def set_path(self, mode: PathMode) -> None:
        """Choose how its cross-attention moves through the text at inference, if it has one."""
        return

    def growing(self, speed: float) -> GrowingMel | None:
        """What makes a sentence's mel before all of its tokens are known; None where it needs them all."""
        return None

    @abstractmethod
    def forward(self, states: Tensor, text_lengths: Tensor, teacher: TeacherForcing) -> DecoderOutput:
        """The mel of a recording, from token states `[B, N, D]` and the recording itself.

        Parameters
        ----------
        text_lengths: int64 `[B]`, tokens.
        """

    @abstractmethod
    def infer(
        self,
        states: Tensor,
        text_lengths: Tensor,
        durations: Tensor,
        given: bool,
        speed: float = 1.0,
        pitch: Tensor | None = None,
    ) -> InferenceOutput:
        """The mel of token states `[B, N, D]`, without a recording.

        Parameters
        ----------
        text_lengths: int64 `[B]`, tokens.
        durations: `[B, N]`, frames.
        given: whether `durations` are a recording's, to be kept, rather than predicted.
        speed: 2 is twice as fast.
        pitch: `[B, T]`, Hz, 0 where unvoiced; predicted if not given.
        """
