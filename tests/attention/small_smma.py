"""A small attention and inputs for it."""

from __future__ import annotations

import itertools
from typing import Literal

import torch
from torch import Tensor

from tts.attention import AttentionConfig, StepwiseMonotonicMultiheadAttention

TEXT_DIM, MEL_DIM, OUT_DIM, HEADS = 5, 6, 7, 3
FOCUS = [0.4, 0.9, 0.7]
SETTINGS = [
    (gate, selection, query)
    for gate, selection, query in itertools.product(
        ("contrast", "sigmoid", "lookahead"), ("focused", "threshold", "all"), ("text", "mel")
    )
    if (gate, query) != ("lookahead", "mel")
]
TEXT_QUERIES = [(gate, selection) for gate, selection, query in SETTINGS if query == "text"]


def make(
    gate: str = "contrast",
    selection: str = "focused",
    query: Literal["text", "mel"] = "text",
    tunable: bool = False,
    seed: int = 0,
    **settings: float,
) -> StepwiseMonotonicMultiheadAttention:
    torch.manual_seed(seed)
    config = AttentionConfig(heads=HEADS, head_dim=4, gate=gate, selection=selection, **settings)
    attention = StepwiseMonotonicMultiheadAttention(TEXT_DIM, MEL_DIM, OUT_DIM, config, query)
    attention.focus.copy_(torch.tensor(FOCUS))
    attention.smma_tunable = tunable
    return attention.eval()


def draw_inputs(texts: list[int], mels: list[int], seed: int = 0, padding: int = 1) -> tuple[Tensor, ...]:
    """Text, mel and lengths, with arbitrary values where the padding is."""
    generator = torch.Generator().manual_seed(seed)
    text = 2 * torch.randn(len(texts), max(texts) + padding, TEXT_DIM, generator=generator)
    mel = 2 * torch.randn(len(mels), max(mels) + padding, MEL_DIM, generator=generator)
    return text, mel, torch.tensor(texts), torch.tensor(mels)


def position(alignment: Tensor) -> Tensor:
    """Expected token of each frame, `[..., T]`."""
    return alignment @ torch.arange(alignment.shape[-1], dtype=alignment.dtype)
