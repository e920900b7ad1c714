"""Text to hidden states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from tts.attention.masks import length_mask
from tts.batch import TextBatch
from tts.models.layers import GatedConvStack
from tts.settings.schema import check_shares, check_sizes

STRESSES, BOUNDARIES = 3, 5


@dataclass(frozen=True)
class TextEncoderConfig:
    layers: int = 4
    """Number of convolution layers; more see farther along the text and take longer."""
    kernel: int = 5
    """Width of each convolution, in tokens; odd."""
    dropout: float = 0.1
    """Share of channels that training switches off at random, 0 to 1; more keeps a model from learning little speech
    by heart."""

    def __post_init__(self) -> None:
        check_sizes(self, layers=64, kernel=63)
        check_shares(dropout=self.dropout)


class TextEncoder(nn.Module):
    """Symbols with their stress, place in the word and language → H `[B, N, D]`.

    A model of several languages has a vector for each, 0 before training: a voice that begins to learn another one
    speaks as before.
    """

    per_symbol: ClassVar[tuple[str, ...]] = ("symbol.weight",)
    per_language: ClassVar[tuple[str, ...]] = ("language.weight",)

    def __init__(
        self, symbols: int, languages: int, width: int, config: TextEncoderConfig, ahead: int | None = None
    ) -> None:
        """`ahead`: tokens after its own that a state may depend on."""
        super().__init__()
        self.symbol = nn.Embedding(symbols, width, padding_idx=0)
        self.stress = nn.Embedding(STRESSES, width)
        self.boundary = nn.Embedding(BOUNDARIES, width)
        for embedding in (self.symbol, self.stress, self.boundary):
            nn.init.normal_(embedding.weight, std=0.3)
        self.language = nn.Embedding(languages, width) if languages > 1 else None
        if self.language is not None:
            nn.init.zeros_(self.language.weight)
        self.stack = GatedConvStack(width, config.layers, config.kernel, config.dropout, ahead)

    def forward(self, text: TextBatch) -> Tensor:
        x = self.symbol(text.symbols) + self.stress(text.stress) + self.boundary(text.boundary)
        if self.language is not None:
            assert text.language is not None  # which `encode_text` gives where there are several
            x = x + self.language(text.language)
        return self.stack(x, length_mask(text.lengths, x.shape[1]))
