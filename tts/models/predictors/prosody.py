"""The narrow bottleneck through which a recording's prosody reaches the decoder, and its prediction from text."""

from __future__ import annotations

from torch import Tensor, nn

from tts.models.config import ProsodyConfig
from tts.models.layers import GatedConvStack


class ProsodyBottleneck(nn.Module):
    """Aligned mel encoding C `[B, N, D]` → a few bounded channels per token `[B, N, P]`: prosody, not a spectrogram."""

    def __init__(self, width: int, config: ProsodyConfig) -> None:
        super().__init__()
        self.squeeze = nn.Linear(width, config.channels)

    def forward(self, context: Tensor) -> Tensor:
        return self.squeeze(context).tanh()


class ProsodyPredictor(nn.Module):
    """Text states with speaker and style `[B, N, D]` → predicted bottleneck `[B, N, P]`."""

    def __init__(self, width: int, config: ProsodyConfig) -> None:
        super().__init__()
        self.stack = GatedConvStack(width, config.layers, config.kernel, config.dropout)
        self.out = nn.Linear(width, config.channels)

    def forward(self, states: Tensor, inside: Tensor) -> Tensor:
        return self.out(self.stack(states, inside)).tanh()
