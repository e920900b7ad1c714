"""Text to hidden states."""

from __future__ import annotations

from torch import Tensor, nn

from tts.attention.masks import length_mask
from tts.batch import TextBatch
from tts.models.config import TextEncoderConfig
from tts.models.layers import GatedConvStack

STRESSES, BOUNDARIES = 3, 5


class TextEncoder(nn.Module):
    """Symbols with their stress and place in the word → H `[B, N, D]`."""

    def __init__(self, symbols: int, width: int, config: TextEncoderConfig) -> None:
        super().__init__()
        self.symbol = nn.Embedding(symbols, width, padding_idx=0)
        self.stress = nn.Embedding(STRESSES, width)
        self.boundary = nn.Embedding(BOUNDARIES, width)
        for embedding in (self.symbol, self.stress, self.boundary):
            nn.init.normal_(embedding.weight, std=0.3)
        self.stack = GatedConvStack(width, config.layers, config.kernel, config.dropout)

    def forward(self, text: TextBatch) -> Tensor:
        x = self.symbol(text.symbols) + self.stress(text.stress) + self.boundary(text.boundary)
        return self.stack(x, length_mask(text.lengths, x.shape[1]))
