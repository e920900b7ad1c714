"""Every backend against the plain reference in float64: outputs and every gradient, on drawn shapes and lengths."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tts.ops import (
    monotonic_expectation,
    stepwise_expectation,
    stepwise_filtering,
    stepwise_marginals,
    stepwise_viterbi,
)


def assert_close(name: str, got: Tensor, want: Tensor, tolerance: float) -> None:
    # The derivative of a saturated sigmoid is a difference of ones: it is known to 1e-16, however small it is.
    error = (got.double() - want.double()).norm() / want.double().norm().clamp(min=1e-6)
    assert got.shape == want.shape, f"{name}: shape {tuple(got.shape)}, expected {tuple(want.shape)}"
    assert error <= tolerance, f"{name}: relative error {error:.2e} > {tolerance:.0e}"


def skips_of(energy: Tensor, texts: Tensor, mels: Tensor, seed: int) -> Tensor | None:
    """Tokens to step over, drawn; none for even seeds."""
    if seed % 2 == 0:
        return None
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(energy.shape[0], energy.shape[3], generator=generator) < 0.5


@st.composite
def problems(draw: st.DrawFn) -> tuple[Tensor, Tensor, Tensor]:
    batch, heads = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    texts = draw(st.lists(st.integers(1, 7), min_size=batch, max_size=batch))
    mels = [n + draw(st.integers(0, 9)) for n in texts]
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**31)))
    shape = (batch, heads, max(mels) + draw(st.integers(0, 2)), max(texts) + draw(st.integers(0, 2)))
    energy = torch.randn(shape, generator=generator, dtype=torch.float64) * draw(st.sampled_from([0.1, 1.0, 14.0]))
    return energy, torch.tensor(texts), torch.tensor(mels)


@settings(max_examples=30, deadline=None)
@given(problems(), st.booleans(), st.booleans())
def test_expectation_agrees_with_the_reference(problem, from_logits: bool, with_initial: bool) -> None:
    energy, texts, mels = problem
    gate = energy if from_logits else energy.sigmoid()
    initial = (
        torch.rand(energy.shape[0], energy.shape[1], energy.shape[3], dtype=torch.float64) if with_initial else None
    )
    if initial is not None:
        initial = initial * (torch.arange(energy.shape[3]) < texts[:, None])[:, None]
    weight = torch.randn_like(energy)
    results = {}
    for backend in ("reference", "compiled"):
        x = gate.clone().requires_grad_()
        start = initial.clone().requires_grad_() if initial is not None else None
        alpha = stepwise_expectation(x, texts, mels, start, from_logits, backend=backend)
        inputs = (x,) if start is None else (x, start)
        total = (alpha * weight).sum() + 0 * x.sum()  # a single frame depends on no gate
        gradients = torch.autograd.grad(total, inputs, allow_unused=True, materialize_grads=True)
        results[backend] = alpha, *gradients
    for name, got, want in zip(("alpha", "dstay", "dinitial"), results["compiled"], results["reference"], strict=False):
        assert_close(name, got, want, 1e-9)


@settings(max_examples=30, deadline=None)
@given(problems(), st.booleans(), st.booleans())
def test_monotonic_agrees_with_the_reference(problem, from_logits: bool, with_initial: bool) -> None:
    energy, texts, mels = problem
    gate = energy if from_logits else energy.sigmoid()
    initial = torch.rand(energy.shape[0], energy.shape[1], energy.shape[3], dtype=torch.float64)
    initial = initial * (torch.arange(energy.shape[3]) < texts[:, None])[:, None]
    weight = torch.randn_like(energy)
    results = {}
    for backend in ("reference", "compiled"):
        x = gate.clone().requires_grad_()
        start = initial.clone().requires_grad_() if with_initial else None
        alpha = monotonic_expectation(x, texts, mels, start, from_logits, backend=backend)
        inputs = (x,) if start is None else (x, start)
        results[backend] = alpha, *torch.autograd.grad((alpha * weight).sum(), inputs)
    for name, got, want in zip(("alpha", "dstop", "dinitial"), results["compiled"], results["reference"], strict=False):
        assert_close(name, got, want, 1e-9)


def test_monotonic_agrees_with_every_path_counted() -> None:
    """Of three frames over four tokens: a frame stops on the token it was on, or on any after it."""
    torch.manual_seed(2)
    stop = torch.rand(1, 1, 3, 4, dtype=torch.float64)
    expected = torch.zeros(3, 4, dtype=torch.float64)
    for frames in range(1, 4):
        for path in itertools.product(range(4), repeat=frames):
            if list(path) == sorted(path):
                starts = (0, *path[:-1])
                chance = math.prod(
                    float((1 - stop[0, 0, t, m:n]).prod() * stop[0, 0, t, n])
                    for t, (m, n) in enumerate(zip(starts, path, strict=True))
                )
                expected[frames - 1, path[-1]] += chance
    got = monotonic_expectation(stop, torch.tensor([4]), torch.tensor([3]))[0, 0]
    assert_close("alpha", got, expected, 1e-12)
    assert (got.sum(1) < 1).all(), "what passes the last token is lost"


@settings(max_examples=30, deadline=None)
@given(problems(), st.booleans())
def test_filtering_agrees_with_the_reference(problem, with_move: bool) -> None:
    energy, texts, mels = problem
    weight, moves = torch.randn_like(energy), 2 * torch.randn(energy.shape[:3], dtype=torch.float64)
    results = {}
    for backend in ("reference", "compiled"):
        x = energy.clone().requires_grad_()
        move = moves.clone().requires_grad_() if with_move else None
        found = stepwise_filtering(x, texts, mels, move, backend=backend)
        inputs = (x,) if move is None else (x, move)
        total = (found * weight).sum() + 0 * x.sum()
        results[backend] = found, *torch.autograd.grad(total, inputs, allow_unused=True, materialize_grads=True)
    for name, got, want in zip(("w", "denergy", "dmove"), results["compiled"], results["reference"], strict=False):
        assert_close(name, got, want, 1e-8)


def test_filtering_agrees_with_every_path_counted() -> None:
    """The last frame's weights are those of all paths that end there."""
    torch.manual_seed(4)
    frames, tokens = 5, 3
    energy, move = (
        torch.randn(1, 1, frames, tokens, dtype=torch.float64),
        torch.randn(1, 1, frames, dtype=torch.float64),
    )
    chance = move.sigmoid()[0, 0]
    expected = torch.zeros(tokens, dtype=torch.float64)
    for moves in itertools.product(range(2), repeat=frames - 1):
        path = list(itertools.accumulate(moves, initial=0))
        if path[-1] < tokens:
            odds = [chance[t + 1] if m else 1 - chance[t + 1] for t, m in enumerate(moves)]
            expected[path[-1]] += math.prod(odds) * sum(energy[0, 0, t, n] for t, n in enumerate(path)).exp()
    got = stepwise_filtering(energy, torch.tensor([tokens]), torch.tensor([frames]), move)[0, 0, -1]
    assert_close("w", got, expected / expected.sum(), 1e-12)


@settings(max_examples=30, deadline=None)
@given(problems(), st.integers(0, 1000))
def test_marginals_agree_with_the_reference(problem, seed: int) -> None:
    energy, texts, mels = problem
    skips = skips_of(*problem, seed)
    weight, weight_z = torch.randn_like(energy), torch.randn(energy.shape[:2], dtype=torch.float64)
    results = {}
    for backend in ("reference", "compiled"):
        x = energy.clone().requires_grad_()
        gamma, log_z = stepwise_marginals(x, texts, mels, skips, backend=backend)
        both = torch.autograd.grad((gamma * weight).sum() + (log_z * weight_z).sum(), x, retain_graph=True)[0]
        only_z = torch.autograd.grad((log_z * weight_z).sum(), x)[0]
        results[backend] = gamma, log_z, both, only_z
    for name, got, want in zip(
        ("gamma", "log_z", "denergy", "dlog_z"), results["compiled"], results["reference"], strict=True
    ):
        assert_close(name, got, want, 1e-8)


def paths(frames: int, tokens: int, skippable: list[bool]):
    """Every admissible path, by brute force."""
    for moves in itertools.product(range(3), repeat=frames - 1):
        path = [0]
        for move in moves:
            path.append(path[-1] + move)
        legal = path[-1] == tokens - 1 and all(b - a < 2 or skippable[b - 1] for a, b in itertools.pairwise(path))
        if legal:
            yield path


@pytest.mark.parametrize("skippable", [None, [False, True, False, False], [False, True, False, True]])
def test_chain_agrees_with_every_path_counted(skippable: list[bool] | None) -> None:
    torch.manual_seed(3)
    frames, tokens = 6, 4
    energy = torch.randn(1, 1, frames, tokens, dtype=torch.float64)
    skips = None if skippable is None else torch.tensor([skippable])
    scored = [
        (sum(energy[0, 0, t, n] for t, n in enumerate(p)), p) for p in paths(frames, tokens, skippable or [False] * 4)
    ]
    log_z = torch.logsumexp(torch.stack([s for s, _ in scored]), 0)
    gamma = torch.zeros(frames, tokens, dtype=torch.float64)
    for score, path in scored:
        gamma[range(frames), path] += (score - log_z).exp()
    best = max(scored, key=lambda pair: float(pair[0]))[1]
    lengths = torch.tensor([tokens]), torch.tensor([frames])
    got, got_z = stepwise_marginals(energy, *lengths, skippable=skips)
    assert_close("gamma", got[0, 0], gamma, 1e-9)
    assert_close("log_z", got_z[0, 0], log_z, 1e-9)
    durations = stepwise_viterbi(energy, *lengths, skippable=skips)[0, 0].tolist()
    assert durations == [best.count(n) for n in range(tokens)]


@settings(max_examples=30, deadline=None)
@given(problems(), st.integers(0, 1000))
def test_viterbi_agrees_with_the_reference(problem, seed: int) -> None:
    energy, texts, mels = problem
    skips = skips_of(*problem, seed)
    got = stepwise_viterbi(energy, texts, mels, skips, backend="compiled")
    assert torch.equal(got, stepwise_viterbi(energy, texts, mels, skips, backend="reference"))
    assert torch.equal(got.sum(-1), mels[:, None].expand(-1, energy.shape[1]))
    inside = torch.arange(energy.shape[3]) < texts[:, None]
    obligatory = inside if skips is None else inside & ~skips
    assert (got.min(1).values[obligatory] >= 1).all() and (got.max(1).values[~inside] == 0).all()


@settings(max_examples=25, deadline=None)
@given(problems())
def test_posterior_is_the_expectation_through_the_lookahead_gate(problem) -> None:
    energy, texts, mels = problem
    gamma, _ = stepwise_marginals(energy, texts, mels, backend="reference")
    # stay[t, n] is the share of paths through (t−1, n) that stay: read off the pairwise posterior by brute recursion.
    outside = torch.arange(energy.shape[3]) >= texts[:, None]
    masked = energy.masked_fill(outside[:, None, None], -1e30)
    beta = torch.full_like(masked, -1e30)
    for b, (n, t) in enumerate(zip(texts.tolist(), mels.tolist(), strict=True)):
        beta[b, :, t - 1, n - 1] = 0
        for s in range(t - 2, -1, -1):
            onward = masked[b, :, s + 1] + beta[b, :, s + 1]
            beta[b, :, s] = torch.logaddexp(onward, torch.nn.functional.pad(onward[:, 1:], (0, 1), value=-1e30))
    score = masked + beta
    gate = score - torch.nn.functional.pad(score[..., 1:], (0, 1), value=-1e30)
    alpha = stepwise_expectation(gate.clamp(-1e4, 1e4), texts, mels, from_logits=True)
    assert_close("gamma", alpha, gamma, 1e-9)


def test_no_mass_is_lost_and_none_leaks_out() -> None:
    torch.manual_seed(0)
    texts, mels = torch.tensor([5, 9]), torch.tensor([40, 31])
    alpha = stepwise_expectation(torch.rand(2, 3, 40, 9), texts, mels)
    for b in range(2):
        assert torch.allclose(alpha[b, :, : mels[b]].sum(-1), torch.ones(3, int(mels[b])), atol=1e-5)
        assert alpha[b, :, mels[b] :].abs().sum() == 0 and alpha[b, :, :, texts[b] :].abs().sum() == 0


@pytest.mark.parametrize("skipping", [False, True])
def test_nothing_is_subnormal_behind_the_path(skipping: bool) -> None:
    """A CPU takes several times as long over such numbers."""
    logits, texts, mels = torch.randn(2, 1, 400, 30), torch.tensor([30, 20]), torch.tensor([400, 300])
    skips = torch.rand(2, 30) < 0.3 if skipping else None
    found = [stepwise_marginals(3 * logits, texts, mels, skips)[0]]
    if not skipping:
        found += [stepwise_expectation(logits, texts, mels, from_logits=True)]
        found += [stepwise_expectation(logits.sigmoid(), texts, mels)]
    for alpha in found:
        assert (alpha == 0).any() and alpha[alpha > 0].min() > torch.finfo(torch.float32).tiny


@pytest.mark.parametrize("op", [stepwise_marginals, stepwise_viterbi])
def test_too_few_frames_are_refused(op) -> None:
    with pytest.raises(ValueError, match="3 frames for 4 obligatory tokens"):
        op(torch.zeros(1, 1, 3, 4), torch.tensor([4]), torch.tensor([3]))


def test_half_precision_probabilities_are_refused() -> None:
    with pytest.raises(ValueError, match="logits"):
        stepwise_expectation(torch.zeros(1, 1, 3, 2, dtype=torch.bfloat16), torch.tensor([2]), torch.tensor([3]))


@pytest.mark.parametrize("scale", [1.0, 14.0])
def test_float32_keeps_its_digits_over_two_thousand_frames(scale: float) -> None:
    torch.manual_seed(1)
    frames, tokens = 2000, 200
    logits = (torch.rand(1, 1, frames, tokens) * 2 - 1) * scale
    lengths, weight = (torch.tensor([tokens]), torch.tensor([frames])), torch.randn(1, 1, frames, tokens)
    results = []
    for dtype in (torch.float32, torch.float64):
        x = logits.to(dtype).requires_grad_()
        alpha = stepwise_expectation(x, *lengths, from_logits=True)
        results.append((alpha, torch.autograd.grad((alpha * weight).sum(), x)[0]))
    for name, got, want in zip(("alpha", "dlogits"), *results, strict=True):
        assert_close(name, got, want, 1e-5)


@pytest.mark.parametrize("skipping", [False, True])
@pytest.mark.parametrize("scale", [1.0, 14.0])
def test_posterior_in_float32_keeps_its_digits_over_two_thousand_frames(scale: float, skipping: bool) -> None:
    torch.manual_seed(1)
    frames, tokens = 2000, 200
    energy = (torch.rand(1, 1, frames, tokens) * 2 - 1) * scale
    lengths, weight = (torch.tensor([tokens]), torch.tensor([frames])), torch.randn(1, 1, frames, tokens)
    skips = torch.rand(1, tokens) < 0.3 if skipping else None
    results = []
    for dtype in (torch.float32, torch.float64):
        x = energy.to(dtype).requires_grad_()
        gamma, log_z = stepwise_marginals(x, *lengths, skips)
        results.append((gamma, log_z, torch.autograd.grad((gamma * weight).sum() + log_z.sum(), x)[0]))
    for name, got, want in zip(("gamma", "log_z", "denergy"), *results, strict=True):
        assert_close(name, got, want, 1e-5)
