"""SMMA against its formulas written plainly (`plain_smma.py`), and the promises of its two phases."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Literal

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_smma import plainly
from small_smma import HEADS, OUT_DIM, SETTINGS, TEXT_QUERIES, draw_inputs, make, position
from torch import Tensor

from tts.attention import AttentionConfig, StepwiseMonotonicMultiheadAttention, best_durations
from tts.models.predictors.duration import hard_alignment


def assert_close(name: str, got: Tensor, want: Tensor, tolerance: float = 2e-4) -> None:
    assert got.shape == want.shape, f"{name}: shape {tuple(got.shape)}, expected {tuple(want.shape)}"
    error = (got.double() - want.double()).norm() / want.double().norm().clamp(min=1e-4)
    assert error <= tolerance, f"{name}: relative error {error:.2e} > {tolerance:.0e}"


@pytest.mark.parametrize("tunable", [False, True], ids=["plain", "monotonic"])
@pytest.mark.parametrize(("gate", "selection", "query"), SETTINGS)
@settings(max_examples=4, deadline=None)
@given(
    sizes=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 4)), min_size=1, max_size=3),
    seed=st.integers(0, 2**31),
    with_prior=st.booleans(),
)
def test_outputs_and_gradients_agree_with_the_reference(
    gate: str, selection: str, query: Literal["text", "mel"], tunable: bool, sizes: list, seed: int, with_prior: bool
) -> None:
    texts, mels = [n for n, _ in sizes], [n + more for n, more in sizes]
    text, mel, text_lengths, mel_lengths = draw_inputs(texts, mels, seed)
    attention = make(gate, selection, query, tunable, seed)
    prior = torch.randn(len(sizes), mel.shape[1], text.shape[1]) if with_prior else None

    inputs = text.clone().requires_grad_(), mel.clone().requires_grad_()
    output = attention(*inputs, text_lengths, mel_lengths, prior)
    weights = [torch.randn_like(x) for x in (output.context, output.alignment, output.heads)]
    loss = torch.zeros(())

    exact = copy.deepcopy(attention).double()
    exact_inputs = text.double().requires_grad_(), mel.double().requires_grad_()
    exact_loss = torch.zeros((), dtype=torch.float64)
    for b, (n, t) in enumerate(zip(texts, mels, strict=True)):
        inside = slice(0, n if query == "text" else t)
        got = output.context[b, inside], output.alignment[b, :t, :n], output.heads[b, :, :t, :n]
        own_prior = None if prior is None else prior[b, :t, :n].double()
        want = plainly(exact, exact_inputs[0][b, :n], exact_inputs[1][b, :t], own_prior)
        parts = weights[0][b, inside], weights[1][b, :t, :n], weights[2][b, :, :t, :n]
        for name, x, y, weight in zip(("context", "alignment", "heads"), got, want, parts, strict=True):
            assert_close(f"{name} of utterance {b}", x, y)
            loss, exact_loss = loss + (x * weight).sum(), exact_loss + (y * weight.double()).sum()
        assert not output.alignment[b, t:].any() and not output.alignment[b, :, n:].any()

    names, parameters = zip(*attention.named_parameters(), strict=True)
    exact_parameters = tuple(exact.parameters())
    gradients = torch.autograd.grad(loss, (*inputs, *parameters), allow_unused=True, materialize_grads=True)
    exact_gradients = torch.autograd.grad(
        exact_loss, (*exact_inputs, *exact_parameters), allow_unused=True, materialize_grads=True
    )
    scale = max(float(g.norm()) for g in exact_gradients)
    for name, x, y in zip(("text", "mel", *names), gradients, exact_gradients, strict=True):
        error = float((x.double() - y).norm())
        assert error <= 1e-3 * float(y.norm()) + 1e-4 * scale, f"gradient of {name}: off by {error:.2e}"


@pytest.mark.parametrize("tunable", [False, True], ids=["plain", "monotonic"])
@pytest.mark.parametrize(("gate", "selection", "query"), SETTINGS)
def test_a_batch_gives_what_its_utterances_give_alone(
    gate: str, selection: str, query: Literal["text", "mel"], tunable: bool
) -> None:
    texts, mels = [6, 3, 1], [14, 20, 2]
    text, mel, text_lengths, mel_lengths = draw_inputs(texts, mels)
    attention = make(gate, selection, query, tunable)
    output = attention(text, mel, text_lengths, mel_lengths)
    for b, (n, t) in enumerate(zip(texts, mels, strict=True)):
        alone = attention(text[b : b + 1, :n], mel[b : b + 1, :t], torch.tensor([n]), torch.tensor([t]))
        inside = n if query == "text" else t
        torch.testing.assert_close(output.context[b, :inside], alone.context[0], rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(output.alignment[b, :t, :n], alone.alignment[0], rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(output.energy[b, :, :t, :n], alone.energy[0], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("tunable", [False, True], ids=["plain", "monotonic"])
@pytest.mark.parametrize(("gate", "selection", "query"), SETTINGS)
def test_every_frame_of_every_head_sums_to_one_also_in_half_precision(
    gate: str, selection: str, query: Literal["text", "mel"], tunable: bool
) -> None:
    text, mel, text_lengths, mel_lengths = draw_inputs([8, 3], [40, 50])
    attention = make(gate, selection, query, tunable)
    valid = torch.arange(mel.shape[1]) < mel_lengths[:, None]
    for enabled in (False, True):
        with torch.autocast("cpu", torch.bfloat16, enabled=enabled):
            output = attention(text, mel, text_lengths, mel_lengths)
        torch.testing.assert_close(
            output.heads.sum(-1), valid[:, None].float().expand(-1, HEADS, -1), rtol=0, atol=1e-4
        )
        torch.testing.assert_close(output.alignment.sum(-1), valid.float(), rtol=0, atol=1e-4)
        assert output.context.isfinite().all()


@pytest.mark.parametrize(("gate", "selection", "query"), SETTINGS)
@settings(max_examples=5, deadline=None)
@given(tokens=st.integers(1, 8), more=st.integers(0, 20), seed=st.integers(0, 2**31))
def test_monotonic_paths_start_at_the_first_token_and_never_go_back_or_skip(
    gate: str, selection: str, query: Literal["text", "mel"], tokens: int, more: int, seed: int
) -> None:
    frames = tokens + more
    attention = make(gate, selection, query, tunable=True, seed=seed)
    output = attention(*draw_inputs([tokens], [frames], seed, padding=0))
    for path in output.heads.detach()[0, list(output.monotonic)]:
        steps = position(path).diff()
        assert path[0, 0] == pytest.approx(1, abs=1e-5)
        assert steps.numel() == 0 or (steps.min() >= -1e-4 and steps.max() <= 1 + 1e-4)
        reachable = torch.arange(tokens) <= torch.arange(frames)[:, None]
        assert (path[~reachable].abs() < 1e-6).all()
        # What has passed token n never returns: the mass up to n can only shrink.
        assert (path.cumsum(1).diff(dim=0) <= 1e-4).all()


@pytest.mark.parametrize(("gate", "selection", "query"), SETTINGS)
def test_all_heads_follow_a_given_path_whatever_the_energies(
    gate: str, selection: str, query: Literal["text", "mel"]
) -> None:
    attention = make(gate, selection, query, tunable=True)
    text, mel, text_lengths, mel_lengths = draw_inputs([3, 2], [7, 5], padding=0)
    durations = torch.tensor([[2, 4, 1], [3, 2, 0]])
    path = hard_alignment(durations, 7)
    output = attention(text, mel, text_lengths, mel_lengths, path=path)
    assert torch.equal(output.alignment, path)
    assert torch.equal(output.heads, path[:, None].expand(-1, HEADS, -1, -1))
    values = attention.value_projection(mel if query == "text" else text)
    read = path.transpose(1, 2) @ values / durations[..., None].clamp(min=1) if query == "text" else path @ values
    torch.testing.assert_close(output.context, attention.output_projection(read), rtol=1e-4, atol=1e-5)
    output.context.sum().backward()
    assert attention.text_projection.weight.grad is None and attention.mel_projection.weight.grad is None


@pytest.mark.parametrize(("gate", "selection"), TEXT_QUERIES)
def test_what_all_frames_have_in_common_draws_no_token(gate: str, selection: str) -> None:
    """With text as query, a constant on every frame (loudness, channel) leaves the alignment alone."""
    text, mel, text_lengths, mel_lengths = draw_inputs([6, 3], [20, 9])
    for tunable in (False, True):
        attention = make(gate, selection, tunable=tunable)
        before, after = (attention(text, m, text_lengths, mel_lengths).alignment for m in (mel, mel + 5.0))
        torch.testing.assert_close(before, after, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("gate", ["contrast", "lookahead"])
def test_context_is_an_average_that_does_not_grow_with_duration(gate: str) -> None:
    """Frames whose tokens are certain, then each of them twice."""
    config = AttentionConfig(heads=1, head_dim=4, gate=gate)
    attention = StepwiseMonotonicMultiheadAttention(4, 4, OUT_DIM, config).eval()
    with torch.no_grad():
        attention.text_projection.weight.copy_(30 * torch.eye(4))
        attention.mel_projection.weight.copy_(torch.eye(4))
    attention.smma_tunable = True
    text = torch.eye(4)[None]
    mel = torch.eye(4)[[0, 0, 1, 2, 2, 2, 3]][None]
    once = attention(text, mel, torch.tensor([4]), torch.tensor([7]))
    twice = attention(text, mel.repeat_interleave(2, 1), torch.tensor([4]), torch.tensor([14]))
    assert once.alignment.sum(1)[0].round().tolist() == [2, 1, 3, 1]
    assert twice.alignment.sum(1)[0].round().tolist() == [4, 2, 6, 2]
    torch.testing.assert_close(once.context, twice.context, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(("gate", "selection"), TEXT_QUERIES)
@pytest.mark.parametrize("tunable", [False, True], ids=["plain", "monotonic"])
def test_best_durations_cover_every_frame_and_every_token(gate: str, selection: str, tunable: bool) -> None:
    text, mel, text_lengths, mel_lengths = draw_inputs([7, 4, 1], [7, 30, 11])
    output = make(gate, selection, tunable=tunable)(text, mel, text_lengths, mel_lengths)
    durations = best_durations(output, text_lengths, mel_lengths)
    inside = torch.arange(text.shape[1]) < text_lengths[:, None]
    assert durations.sum(1).tolist() == mel_lengths.tolist()
    assert (durations[inside] >= 1).all() and (durations[~inside] == 0).all()


def test_settings_that_mean_nothing_are_refused() -> None:
    for wrong in ({"heads": 0}, {"head_dim": 0}, {"tokens_per_frame": 1.0}):
        with pytest.raises(ValueError, match="must lie"):
            replace(AttentionConfig(), **wrong)
