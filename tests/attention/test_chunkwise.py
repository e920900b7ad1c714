"""Chunkwise attention against its definition, token by token."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tts.attention.chunkwise import chunk_expectation


def plainly(alpha: Tensor, energy: Tensor, width: int | None) -> Tensor:
    tokens = energy.shape[-1]
    columns = []
    for n in range(tokens):
        total = torch.zeros_like(alpha[..., 0])
        for k in range(n, tokens if width is None else min(tokens, n + width)):
            first = 0 if width is None else max(0, k - width + 1)
            total = total + alpha[..., k] * energy[..., first : k + 1].softmax(-1)[..., n - first]
        columns.append(total)
    return torch.stack(columns, -1)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.sampled_from([1, 2, 3, 8, None]), st.sampled_from([0.1, 3.0, 200.0]), st.integers(0, 999))
def test_it_is_what_the_paper_defines(tokens: int, width: int | None, scale: float, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    shape = (2, 2, 3, tokens)
    energy = (scale * torch.randn(shape, generator=generator, dtype=torch.float64)).requires_grad_()
    alpha = torch.rand(shape, generator=generator, dtype=torch.float64)
    alpha = (alpha * (alpha > 0.3) / (alpha.sum(-1, keepdim=True) + 0.1)).requires_grad_()
    weight = torch.randn(shape, generator=generator, dtype=torch.float64)
    got, want = chunk_expectation(alpha, energy, width), plainly(alpha, energy, width)
    torch.testing.assert_close(got, want, rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(got.sum(-1), alpha.sum(-1))
    gradients = [torch.autograd.grad((x * weight).sum(), energy, retain_graph=True)[0] for x in (got, want)]
    torch.testing.assert_close(*gradients, rtol=1e-7, atol=1e-9)
    inside = alpha.detach() > 0  # where nothing is, the plain one has a gradient that a logarithm cannot give
    gradients = [torch.autograd.grad((x * weight).sum(), alpha, retain_graph=True)[0] for x in (got, want)]
    if width is None:
        gradients = [gradient * inside for gradient in gradients]
    torch.testing.assert_close(*gradients, rtol=1e-7, atol=1e-9)


def test_a_chunk_of_one_is_the_pointer_itself() -> None:
    alpha = torch.rand(1, 1, 4, 5)
    torch.testing.assert_close(chunk_expectation(alpha, torch.randn(1, 1, 4, 5), 1), alpha)


def test_padding_gets_nothing() -> None:
    alpha = torch.rand(1, 1, 2, 6) * (torch.arange(6) < 4)
    energy = torch.randn(1, 1, 2, 6).masked_fill(torch.arange(6) >= 4, -1e4)
    for width in (3, None):
        assert not chunk_expectation(alpha, energy, width)[..., 4:].any()


def test_no_chunk_is_refused() -> None:
    with pytest.raises(ValueError, match="a chunk of 0 tokens"):
        chunk_expectation(torch.rand(1, 1, 1, 1), torch.rand(1, 1, 1, 1), 0)
