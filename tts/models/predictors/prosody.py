"""The narrow bottleneck through which a recording's prosody reaches the decoder, and its prediction from text."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from tts.models.layers import GatedConvStack
from tts.settings.schema import check_shares, check_sizes


@dataclass(frozen=True)
class ProsodyConfig:
    """The narrow bottleneck on the aligned mel encoding, and what predicts it from text."""

    channels: int = 4
    """Numbers per token that carry a recording's prosody; few, or they would carry its sound."""
    layers: int = 3
    """Number of convolution layers that predict the prosody from text."""
    kernel: int = 5
    """Width of each convolution, in tokens; odd."""
    dropout: float = 0.1
    """Share of channels that training switches off at random, 0 to 1; more keeps a model from learning little speech
    by heart."""

    def __post_init__(self) -> None:
        check_sizes(self, layers=64, kernel=63, channels=256)
        check_shares(dropout=self.dropout)


class ProsodyBottleneck(nn.Module):
    """Aligned mel encoding C `[B, N, D]` → a few bounded channels per token `[B, N, P]`: prosody, not a spectrogram."""

    def __init__(self, width: int, config: ProsodyConfig) -> None:
        super().__init__()
        self.squeeze = nn.Linear(width, config.channels)

    def forward(self, context: Tensor) -> Tensor:
        return self.squeeze(context).tanh()


class ProsodyPredictor(nn.Module):
    """Text states with speaker and style `[B, N, D]` → predicted bottleneck `[B, N, P]`."""

    def __init__(self, width: int, config: ProsodyConfig, ahead: int | None = None) -> None:
        super().__init__()
        self.stack = GatedConvStack(width, config.layers, config.kernel, config.dropout, ahead)
        self.out = nn.Linear(width, config.channels)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        return self.out(self.stack(states, mask)).tanh()
