"""The parallel decoder: text states, repeated over frames by the alignment, to mel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor, nn

from tts.attention.masks import length_mask
from tts.audio.pitch import STEPS, harmonics_at
from tts.models.controls import TokenControls
from tts.models.decoders.decoder import (
    Decoder,
    DecoderConfig,
    DecoderOutput,
    GrowingMel,
    InferenceOutput,
    MelPiece,
    TeacherForcing,
)
from tts.models.layers import GatedConvStack
from tts.models.length_regulator import LengthRegulator, stretched
from tts.models.predictors.duration import hard_alignment, whole_frames
from tts.models.predictors.pitch import PitchConfig, PitchPredictor, octaves_of
from tts.settings.schema import check_shares, check_sizes


@dataclass(frozen=True)
class ParallelDecoderConfig(DecoderConfig):
    """Gated convolutions over all frames at once."""

    kind: Literal["parallel"] = "parallel"
    """Which decoder."""
    layers: int = 6
    """Number of convolution layers; more see farther and take longer."""
    kernel: int = 5
    """Width of each convolution, in frames; odd."""
    dropout: float = 0.0
    """Share of channels that training switches off at random, 0 to 1; more keeps a model from learning little speech
    by heart."""
    pitch: PitchConfig = field(default_factory=PitchConfig)
    variance: float = 1.0
    """How much of the variance that predicted mels lack beside recordings is given back in synthesis, 0 to 1; less
    sounds more muffled."""

    def __post_init__(self) -> None:
        check_sizes(self, layers=64, kernel=63)
        check_shares(dropout=self.dropout, variance=self.variance)

    def build(self, width: int, n_mels: int) -> ParallelDecoder:
        return ParallelDecoder(width, n_mels, self)


class ParallelDecoder(Decoder):
    """All frames at once: an envelope, and on it as much of the harmonics' fine structure as each channel shows.

    An L1 loss blurs harmonics that the decoder has to guess: above 1 kHz a third of the fine structure was left, and it
    is what a recogniser misses first. So the pitch is predicted, and its harmonics are given.
    """

    takes_controls = True
    harmonics: Tensor

    def __init__(self, width: int, n_mels: int, config: ParallelDecoderConfig) -> None:
        super().__init__()
        self.restored_variance = config.variance
        self.length_regulator = LengthRegulator(width)
        self.pitch_predictor = PitchPredictor(width, config.pitch)
        self.pitch = nn.Linear(2, width)
        self.stack = GatedConvStack(width, config.layers, config.kernel, config.dropout)
        self.envelope = nn.Linear(width, n_mels)
        self.harmonicity = nn.Linear(width, n_mels)
        self.register_buffer("harmonics", torch.zeros(STEPS, n_mels))

    def set_harmonics(self, template: Tensor) -> None:
        self.harmonics.copy_(template)

    def forward(self, states: Tensor, text_lengths: Tensor, teacher: TeacherForcing) -> DecoderOutput:
        """Token states `[B, N, D]` → the recording's mel, along its alignment and at its pitch."""
        frames = self.length_regulator(states, teacher.alignment)
        mask = length_mask(teacher.lengths, frames.shape[1])
        pitch = self.pitch_predictor(frames, mask)
        return DecoderOutput(self._mel(frames, teacher.pitch, mask), teacher.alignment, pitch=pitch)

    def infer(
        self,
        states: Tensor,
        text_lengths: Tensor,
        durations: Tensor,
        given: bool,
        speed: float = 1.0,
        pitch: Tensor | None = None,
        controls: TokenControls | None = None,
    ) -> InferenceOutput:
        """Token states → mel, of exactly these `durations` divided by `speed`, `given` or not; `controls` change its
        melody."""
        whole = whole_frames(durations / speed, text_lengths)
        lengths = whole.sum(1)
        alignment = hard_alignment(whole, int(lengths.max()))
        frames = self.length_regulator(states, alignment)
        mask = length_mask(lengths, frames.shape[1])
        if pitch is None:
            pitch = self.pitch_predictor(frames, mask).hertz()
        elif pitch.shape[1] != frames.shape[1]:  # at another speed
            pitch = stretched(pitch[..., None], durations.sum(1).long(), lengths, smooth=False)[..., 0]
        if controls is not None:
            pitch = controls.melody(pitch, alignment.argmax(-1))
        finished = torch.ones_like(lengths, dtype=torch.bool)
        return InferenceOutput(self._mel(frames, pitch, mask), lengths, whole, alignment, finished)

    def growing(self, speed: float) -> GrowingFrames:
        return GrowingFrames(self, speed)

    def _mel(self, frames: Tensor, pitch: Tensor, mask: Tensor) -> Tensor:
        features = torch.stack([octaves_of(pitch), (pitch > 0).float()], -1).to(frames.dtype)
        hidden = self.stack(frames + self.pitch(features), mask)
        return self.envelope(hidden).float() + self.harmonicity(hidden).float() * harmonics_at(self.harmonics, pitch)


class GrowingFrames(GrowingMel):
    """Convolutions see only so far: a frame is final once `reach` frames after it are."""

    def __init__(self, decoder: ParallelDecoder, speed: float) -> None:
        self.decoder, self.speed = decoder, speed
        self.reach = decoder.pitch_predictor.stack.behind + decoder.stack.behind
        self.ends: list[int] = []
        """Of the tokens, in frames."""
        self.passed = 0.0
        """The same of the last one, before rounding."""
        self.given = 0
        """Frames that were returned."""

    def grow(
        self, states: Tensor, durations: Tensor, ended: bool, controls: TokenControls | None = None
    ) -> Iterator[MelPiece]:
        for frames in (durations[0, len(self.ends) :].double() / self.speed).clamp(min=1.0).tolist():
            self.passed += frames
            self.ends.append(int(self.passed + 0.5))
        known = self.ends[-1] if self.ends else 0
        until = known if ended else known - self.reach
        if until <= self.given:
            return
        first = next(i for i, end in enumerate(self.ends) if end > self.given - self.reach)
        start = self.ends[first - 1] if first else 0
        whole = torch.tensor([self.ends[first:]]).diff(prepend=torch.tensor([[start]]))
        taken: dict[str, Any] = {}
        if controls is not None:
            taken["controls"] = controls.each(lambda values: values[:, first:])
        output = self.decoder.infer(states[:, first:], torch.tensor([len(self.ends) - first]), whole, True, **taken)
        new = slice(self.given - start, until - start)
        token = output.alignment.argmax(-1) + first
        self.given = until
        yield MelPiece(output.mel[:, new], output.mel[:, new.stop :], token[:, new])
