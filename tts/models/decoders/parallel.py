"""The parallel decoder: text states, spread over frames by the alignment, to mel."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tts.attention.masks import length_mask
from tts.audio.pitch import STEPS, harmonics_at
from tts.models.config import ParallelDecoderConfig
from tts.models.decoders.decoder import Decoded, Said, Teacher
from tts.models.layers import GatedConvStack
from tts.models.length_regulator import Upsampler, stretched
from tts.models.predictors.duration import hard_alignment, whole_frames
from tts.models.predictors.pitch import PitchPredictor, octaves_of


class ParallelDecoder(nn.Module):
    """All frames at once: an envelope, and on it as much of the harmonics' fine structure as each channel shows.

    An L1 loss blurs harmonics that the decoder has to guess: above 1 kHz a third of the fine structure was left, and it
    is what a recogniser misses first. So the pitch is predicted, and its harmonics are given.
    """

    harmonics: Tensor

    def __init__(self, width: int, n_mels: int, config: ParallelDecoderConfig) -> None:
        super().__init__()
        self.upsampler = Upsampler(width)
        self.pitch_predictor = PitchPredictor(width, config.pitch)
        self.pitch = nn.Linear(2, width)
        self.stack = GatedConvStack(width, config.layers, config.kernel, config.dropout)
        self.envelope = nn.Linear(width, n_mels)
        self.harmonicity = nn.Linear(width, n_mels)
        self.register_buffer("harmonics", torch.zeros(STEPS, n_mels))

    def forward(self, states: Tensor, text_lengths: Tensor, teacher: Teacher) -> Decoded:
        """Token states `[B, N, D]` → the recording's mel, along its alignment and at its pitch."""
        frames = self.upsampler(states, teacher.alignment)
        inside = length_mask(teacher.lengths, frames.shape[1])
        pitch = self.pitch_predictor(frames, inside)
        return Decoded(self._mel(frames, teacher.pitch, inside), teacher.alignment, pitch=pitch)

    def speak(
        self,
        states: Tensor,
        text_lengths: Tensor,
        durations: Tensor,
        given: bool,
        speed: float = 1.0,
        pitch: Tensor | None = None,
    ) -> Said:
        """Token states → mel.

        Parameters
        ----------
        durations: `[B, N]`, frames, which it keeps, whether `given` by a recording or predicted.
        speed: durations are divided by it.
        pitch: `[B, T]`, Hz; predicted if not given.
        """
        whole = whole_frames(durations / speed, text_lengths)
        lengths = whole.sum(1)
        alignment = hard_alignment(whole, int(lengths.max()))
        frames = self.upsampler(states, alignment)
        inside = length_mask(lengths, frames.shape[1])
        if pitch is None:
            pitch = self.pitch_predictor(frames, inside).hertz()
        elif pitch.shape[1] != frames.shape[1]:  # spoken at another speed
            pitch = stretched(pitch[..., None], durations.sum(1).long(), lengths, smooth=False)[..., 0]
        return Said(self._mel(frames, pitch, inside), lengths, whole, alignment)

    def _mel(self, frames: Tensor, pitch: Tensor, inside: Tensor) -> Tensor:
        heard = torch.stack([octaves_of(pitch), (pitch > 0).float()], -1).to(frames.dtype)
        hidden = self.stack(frames + self.pitch(heard), inside)
        return self.envelope(hidden).float() + self.harmonicity(hidden).float() * harmonics_at(self.harmonics, pitch)
