"""A decoder: a bidirectional GRU over all frames at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from tts.models.decoders import Decoder, DecoderConfig
from tts.models.decoders.decoder import DecoderOutput, InferenceOutput, TeacherForcing
from tts.models.length_regulator import LengthRegulator
from tts.models.predictors.duration import hard_alignment, whole_frames
from tts.settings.schema import check_sizes


@dataclass(frozen=True)
class GruDecoderConfig(DecoderConfig):
    """A bidirectional GRU over frames."""

    kind: Literal["gru"] = "gru"
    """Which decoder."""
    layers: int = 1
    """Of the GRU."""

    def __post_init__(self) -> None:
        check_sizes(self, layers=8)  # a voice may come from a stranger

    def build(self, width: int, n_mels: int) -> GruDecoder:
        return GruDecoder(width, n_mels, self)


class GruDecoder(Decoder):
    def __init__(self, width: int, n_mels: int, config: GruDecoderConfig) -> None:
        super().__init__()
        self.length_regulator = LengthRegulator(width)
        self.gru = nn.GRU(width, width // 2, config.layers, batch_first=True, bidirectional=True)
        self.project_out = nn.Linear(width, n_mels)

    def forward(self, states: Tensor, text_lengths: Tensor, teacher: TeacherForcing) -> DecoderOutput:
        return DecoderOutput(self._mel(states, teacher.alignment), teacher.alignment)

    def infer(
        self,
        states: Tensor,
        text_lengths: Tensor,
        durations: Tensor,
        given: bool,
        speed: float = 1.0,
        pitch: Tensor | None = None,
    ) -> InferenceOutput:
        whole = whole_frames(durations / speed, text_lengths)
        lengths = whole.sum(1)
        alignment = hard_alignment(whole, int(lengths.max()))
        finished = torch.ones_like(lengths, dtype=torch.bool)
        return InferenceOutput(self._mel(states, alignment), lengths, whole, alignment, finished)

    def _mel(self, states: Tensor, alignment: Tensor) -> Tensor:
        hidden, _ = self.gru(self.length_regulator(states, alignment))
        return self.project_out(hidden).float()
