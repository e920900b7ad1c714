"""Means under masks."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from tts.attention.masks import length_mask, masked_mean


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4), st.integers(0, 3), st.integers(0, 2**31))
def test_the_mean_and_its_gradient_are_those_of_what_is_inside(lengths: list[int], beyond: int, seed: int) -> None:
    mask = length_mask(torch.tensor(lengths), max(lengths) + beyond)
    values = torch.randn(mask.shape, generator=torch.Generator().manual_seed(seed)).requires_grad_()
    wanted = values[mask].mean()
    ruined = torch.where(mask, values, torch.nan)
    torch.testing.assert_close(masked_mean(ruined, mask), wanted)
    gradients = [torch.autograd.grad(mean, values)[0] for mean in (masked_mean(values, mask), wanted)]
    torch.testing.assert_close(*gradients)
