"""Soft attention over a chunk of tokens that ends where a monotonic pointer is, expected over where it may be.

Shapes: alignments and energies `[B, h, T, N]`, time before text.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from tts.attention.config import AttentionConfig
from tts.attention.decoding import Bounds
from tts.attention.mechanism import Aligned, Path
from tts.attention.monotonic import MonotonicAttention, Pointer

IMPOSSIBLE = -1e30
"""Stands for log 0: it has a gradient of 0, not NaN."""


class ChunkwiseAttention(MonotonicAttention, name="mocha"):
    """MoChA: softmax attention over the `chunk` tokens up to a monotonic pointer (Chiu and Raffel 2018, arXiv
    1712.05382). With `selection=all` every head has a pointer of its own, as multihead MoChA.

    One energy e serves both: the pointer's logits are g·e + r, the chunk's are e. The paper has two sets of weights.
    """

    def __init__(self, config: AttentionConfig) -> None:
        super().__init__(config)
        self.chunk: int | None = config.chunk

    def align(
        self, energy: Tensor, mel: Tensor, heads: tuple[int, ...], text_lengths: Tensor, mel_lengths: Tensor
    ) -> Aligned:
        alpha = super().align(energy, mel, heads, text_lengths, mel_lengths).weights
        return Aligned(chunk_expectation(alpha, energy, self.chunk), alpha)

    def path(self, heads: tuple[int, ...], bounds: Bounds) -> Path:
        return _ChunkPath(self, heads, Pointer(bounds))


class InfiniteLookback(ChunkwiseAttention, name="lookback"):
    """Softmax attention over all tokens up to a monotonic pointer: MILk (Arivazhagan et al. 2019, arXiv 1906.05218),
    and with `selection=all` the infinite lookback of multihead monotonic attention (Ma et al. 2019)."""

    def __init__(self, config: AttentionConfig) -> None:
        super().__init__(config)
        self.chunk = None


class _ChunkPath:
    def __init__(self, attention: ChunkwiseAttention, heads: tuple[int, ...], pointer: Pointer) -> None:
        self.attention, self.heads, self.pointer = attention, heads, pointer

    def advance(self, energy: Tensor, mel: Tensor) -> Tensor:
        alpha = self.pointer.advance(self.attention.stops(energy[:, :, None], self.heads)[:, :, 0])
        return chunk_expectation(alpha[:, :, None], energy[:, :, None], self.attention.chunk)[:, :, 0]


def chunk_expectation(alpha: Tensor, energy: Tensor, width: int | None) -> Tensor:
    """Weights of the tokens, `[B, h, T, N]`, with the mass of `alpha` in every frame.

    Monotonic chunkwise attention (Chiu and Raffel 2018, arXiv 1712.05382, equation 16):
    β[t,n] = Σₖ α[t,k] · exp e[t,n] / Σₗ exp e[t,l], over k from n to n + width − 1 and l from k − width + 1 to k.
    Without a width over all tokens up to k: the infinite lookback of Arivazhagan et al. 2019 (arXiv 1906.05218), and of
    multihead monotonic attention (Ma et al. 2019).

    Parameters
    ----------
    alpha: expected position of the pointer, zero in the padding.
    energy: of the soft attention; far below any real one in the padding.
    width: tokens of a chunk, at least 1; None for all up to the pointer.

    Raises
    ------
    ValueError: no token in a chunk.
    """
    if width is None:
        return _lookback(alpha, energy)
    if width < 1:
        raise ValueError(f"a chunk of {width} tokens: give 1 or more, or None for all")
    width = min(width, energy.shape[-1])
    # A softmax within each chunk: the ratio of moving sums of exponentials would lose what is far below the largest.
    chunks = F.pad(energy, (width - 1, 0), value=IMPOSSIBLE).unfold(-1, width, 1).softmax(-1)
    spread = F.pad(alpha[..., None] * chunks, (0, 0, 0, width - 1))
    places = [spread[..., width - 1 - k : spread.shape[-2] - k, k] for k in range(width)]
    return torch.stack(places).sum(0)


def _lookback(alpha: Tensor, energy: Tensor) -> Tensor:
    # log β[n] = e[n] + log Σₖ≥ₙ α[k] / Σₗ≤ₖ exp e[l]
    share = torch.where(alpha > 0, alpha, 1.0).log().masked_fill(alpha <= 0, IMPOSSIBLE)
    share = share - energy.logcumsumexp(-1)
    return (energy + share.flip(-1).logcumsumexp(-1).flip(-1)).exp()
