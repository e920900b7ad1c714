"""What the autoregressive decoder has beside its steps: a post-net, and an auxiliary head for training.

B batch, N tokens, T frames, M mel channels, D model width.
"""

from __future__ import annotations

from torch import Tensor, nn

from tts.models.layers import GatedConvStack
from tts.models.length_regulator import LengthRegulator


class Postnet(nn.Module):
    """A residual for the mel made step by step, from frames on both sides, `[B, T, M]` → `[B, T, M]`."""

    def __init__(self, width: int, n_mels: int, layers: int, kernel: int, dropout: float) -> None:
        super().__init__()
        self.project_in = nn.Linear(n_mels, width)
        self.stack = GatedConvStack(width, layers, kernel, dropout)
        self.project_out = nn.Linear(width, n_mels)

    def forward(self, mel: Tensor, mask: Tensor) -> Tensor:
        return self.project_out(self.stack(self.project_in(mel), mask)).float()


class AuxiliaryMel(nn.Module):
    """Auxiliary head: a rough mel along the alignment of the recording with its text.

    Its error (`loss.sketch`) trains the attention that aligns recordings; nothing else reads it.
    """

    def __init__(self, width: int, n_mels: int) -> None:
        super().__init__()
        self.length_regulator = LengthRegulator(width)
        self.stack = GatedConvStack(width, 2, 5, 0.0)
        self.project_out = nn.Linear(width, n_mels)

    def forward(self, states: Tensor, alignment: Tensor, mask: Tensor) -> Tensor:
        return self.project_out(self.stack(self.length_regulator(states, alignment), mask)).float()
