"""A prior that favours the diagonal while energies are untrained (Badlani et al. 2021, arXiv 2108.10447)."""

from __future__ import annotations

import torch
from torch import Tensor


def weighted_log_prior(
    weight: float, text_lengths: Tensor, mel_lengths: Tensor, frames: int, tokens: int
) -> Tensor | None:
    """The log prior times its weight, `[B, frames, tokens]`; None, and no work, where it has none."""
    if not weight:
        return None
    return weight * beta_binomial_log_prior(text_lengths, mel_lengths, frames, tokens)


def beta_binomial_log_prior(text_lengths: Tensor, mel_lengths: Tensor, frames: int, tokens: int) -> Tensor:
    """log P(n | t) for a token count n ~ BetaBinomial(N−1, t, T−t+1) at frame t = 1…T, float32 `[B, frames, tokens]`.

    Zero outside the lengths.
    """
    device = text_lengths.device
    n = torch.arange(tokens, device=device, dtype=torch.float32)[None, None, :]
    t = torch.arange(1, frames + 1, device=device, dtype=torch.float32)[None, :, None]
    trials = (text_lengths - 1).float()[:, None, None]
    total = mel_lengths.float()[:, None, None]
    mask = (n <= trials) & (t <= total)
    n, a, b = torch.minimum(n, trials), torch.minimum(t, total), (total - t + 1).clamp(min=1)
    log = torch.lgamma
    choose = log(trials + 1) - log(n + 1) - log(trials - n + 1)
    numerator = log(n + a) + log(trials - n + b) - log(trials + a + b)
    denominator = log(a) + log(b) - log(a + b)
    return torch.where(mask, choose + numerator - denominator, 0.0)
