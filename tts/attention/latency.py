"""How far pointers of a simultaneous translation run ahead: the losses of Ma et al. 2019 (arXiv 1909.12406).

There an output waits for its source words; here a frame waits for its token. h monotonic heads, T frames, N tokens.
"""

from __future__ import annotations

import torch
from torch import Tensor

from tts.attention.masks import length_mask, masked_mean
from tts.attention.mechanism import in_full


def delays(pointer: Tensor) -> Tensor:
    """Expected token of each frame, counted from 1, `[B, h, T]`, of pointers `[B, h, T, N]`."""
    place = torch.arange(1, pointer.shape[-1] + 1, device=pointer.device)
    return (in_full(pointer) * place).sum(-1)  # not a matrix product, which autocast would round to three digits


def average_lagging(pointer: Tensor, text_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    """Tokens by which the heads' delay, weighted towards the latest head, exceeds an even pace; a mean over frames,
    `[]`.

    Equations 12 to 14: the heads' delays are weighted by their softmax, and the differentiable average lagging of
    Arivazhagan et al. 2019 (arXiv 1906.05218) lets no frame be earlier than an even pace after the frame before.
    """
    each = delays(pointer)
    delay = (each.softmax(1) * each).sum(1)
    pace = (text_lengths / mel_lengths).to(delay)[:, None] * torch.arange(delay.shape[1], device=delay.device)
    # max(g[t], g'[t−1] + pace) is a running maximum once the pace is taken off.
    lag = (delay - pace).cummax(1).values
    return masked_mean(lag, length_mask(mel_lengths, delay.shape[1]))


def spread(pointer: Tensor, mel_lengths: Tensor) -> Tensor:
    """Variance of the heads' delays, a mean over frames, `[]` (equations 16 and 17)."""
    each = delays(pointer)
    return masked_mean(each.var(1, correction=0), length_mask(mel_lengths, each.shape[2]))
