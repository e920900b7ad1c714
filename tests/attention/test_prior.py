"""The beta-binomial prior against scipy's distribution."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import betabinom

from tts.attention.prior import beta_binomial_log_prior

SIZES = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 40)), min_size=1, max_size=3)


@settings(max_examples=40, deadline=None)
@given(SIZES, st.integers(0, 2))
def test_it_is_the_beta_binomial_distribution_inside_and_nothing_outside(sizes: list, extra: int) -> None:
    texts, mels = zip(*sizes, strict=True)
    shape = max(mels) + extra, max(texts) + extra
    log_prior = beta_binomial_log_prior(torch.tensor(texts), torch.tensor(mels), *shape)
    assert log_prior.shape == (len(sizes), *shape)
    for prior, text, mel in zip(log_prior, texts, mels, strict=True):
        t = np.arange(1, mel + 1)[:, None]
        want = betabinom.logpmf(np.arange(text)[None], text - 1, t, mel - t + 1)
        np.testing.assert_allclose(prior[:mel, :text].numpy(), want, rtol=1e-4, atol=1e-3)
        assert (prior[mel:] == 0).all() and (prior[:, text:] == 0).all()


def test_it_stays_a_distribution_over_a_long_utterance() -> None:
    log_prior = beta_binomial_log_prior(torch.tensor([150]), torch.tensor([1500]), 1500, 150)
    torch.testing.assert_close(log_prior.exp().sum(-1), torch.ones(1, 1500), rtol=0, atol=0.02)
    peaks = log_prior[0].argmax(-1)
    assert peaks[0] == 0 and peaks[-1] == 149 and (peaks.diff() >= 0).all()
