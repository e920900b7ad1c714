"""SMMA against its formulas written plainly (`plain_smma.py`), and the promises of its two phases."""

from __future__ import annotations

import copy
import itertools
from dataclasses import replace
from typing import Literal

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_smma import plainly
from torch import Tensor

from tts.attention import (
    AttentionConfig,
    StepwiseMonotonicMultiheadAttention,
    best_durations,
    chain_posterior,
)
from tts.models.duration import hard_alignment

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


def assert_close(name: str, got: Tensor, want: Tensor, tolerance: float = 2e-4) -> None:
    assert got.shape == want.shape, f"{name}: shape {tuple(got.shape)}, expected {tuple(want.shape)}"
    error = (got.double() - want.double()).norm() / want.double().norm().clamp(min=1e-4)
    assert error <= tolerance, f"{name}: relative error {error:.2e} > {tolerance:.0e}"


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
    for path in output.heads.detach()[0, output.monotonic]:
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


@pytest.mark.parametrize("selection", ["focused", "threshold", "all"])
def test_lookahead_is_on_the_last_token_in_the_last_frame(selection: str) -> None:
    attention = make("lookahead", selection, tunable=True)
    text, mel, text_lengths, mel_lengths = draw_inputs([9, 4, 1], [9, 30, 5])
    output = attention(text, mel, text_lengths, mel_lengths)
    last = output.alignment[torch.arange(3), mel_lengths - 1, text_lengths - 1]
    torch.testing.assert_close(last, torch.ones(3), rtol=0, atol=1e-4)


def test_lookahead_is_refused_where_it_would_see_what_is_not_spoken_yet() -> None:
    with pytest.raises(ValueError, match="lookahead"):
        make("lookahead", query="mel")


@pytest.mark.parametrize("gate", ["contrast", "sigmoid"])
def test_causal_gates_do_not_see_later_frames(gate: str) -> None:
    attention = make(gate, "all", "mel", tunable=True)
    text, mel, text_lengths, mel_lengths = draw_inputs([6], [20], padding=0)
    other = mel.clone()
    other[:, 12:] += 3.0
    before, after = (attention(text, m, text_lengths, mel_lengths).heads for m in (mel, other))
    assert torch.equal(before[:, :, :12], after[:, :, :12])
    assert not torch.allclose(before[:, :, 12:], after[:, :, 12:], atol=1e-3)


@pytest.mark.parametrize("gate", ["contrast", "sigmoid"])
def test_with_text_as_query_causal_gates_see_of_later_frames_only_the_mean(gate: str) -> None:
    attention = make(gate, "all", "text", tunable=True)
    text, mel, text_lengths, mel_lengths = draw_inputs([6], [20], padding=0)
    other = mel.clone()
    other[:, 12:16] += 3.0
    other[:, 16:] -= 3.0
    before, after = (attention(text, m, text_lengths, mel_lengths).heads for m in (mel, other))
    torch.testing.assert_close(before[:, :, :12], after[:, :, :12], rtol=1e-4, atol=1e-5)
    assert not torch.allclose(before[:, :, 12:], after[:, :, 12:], atol=1e-3)


@pytest.mark.parametrize(("gate", "selection"), TEXT_QUERIES)
def test_what_all_frames_have_in_common_draws_no_token(gate: str, selection: str) -> None:
    """With text as query, a constant on every frame (loudness, channel) leaves the alignment alone."""
    text, mel, text_lengths, mel_lengths = draw_inputs([6, 3], [20, 9])
    for tunable in (False, True):
        attention = make(gate, selection, tunable=tunable)
        before, after = (attention(text, m, text_lengths, mel_lengths).alignment for m in (mel, mel + 5.0))
        torch.testing.assert_close(before, after, rtol=1e-3, atol=1e-4)


def test_lookahead_does_see_later_frames() -> None:
    attention = make("lookahead", "all", tunable=True)
    text, mel, text_lengths, mel_lengths = draw_inputs([6], [20], padding=0)
    other = mel.clone()
    other[:, 12:] += 3.0
    before, after = (attention(text, m, text_lengths, mel_lengths).heads for m in (mel, other))
    assert not torch.allclose(before[:, :, :12], after[:, :, :12], atol=1e-4)


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


@pytest.mark.parametrize(
    ("selection", "chosen"),
    [("focused", [False, True, False]), ("threshold", [False, True, True]), ("all", [True, True, True])],
)
def test_the_choice_of_heads_is_made_by_focus_rate_and_frozen_at_the_switch(selection: str, chosen: list) -> None:
    attention = make("contrast", selection)
    assert attention.monotonic.all()
    attention.smma_tunable = True
    assert attention.monotonic.tolist() == chosen
    attention.focus.copy_(torch.tensor([0.99, 0.1, 0.1]))
    attention.smma_tunable = True
    attention.train()(*draw_inputs([4], [9]))
    assert attention.monotonic.tolist() == chosen
    attention.smma_tunable = False
    assert attention.monotonic.all() and not attention.smma_tunable


def test_threshold_keeps_the_sharpest_head_where_none_is_sharp() -> None:
    attention = make("contrast", "threshold")
    attention.focus.copy_(torch.tensor([0.1, 0.2, 0.3]))
    attention.smma_tunable = True
    assert attention.monotonic.tolist() == [False, False, True]


def test_flag_focus_and_choice_are_saved_and_restored() -> None:
    inputs = draw_inputs([5, 3], [12, 9])
    attention = make("contrast", "threshold", tunable=True)
    restored = make("contrast", "threshold", seed=1)
    restored.load_state_dict(attention.state_dict())
    assert restored.smma_tunable
    assert torch.equal(restored.focus, attention.focus)
    assert torch.equal(restored.monotonic, attention.monotonic)
    assert torch.equal(restored(*inputs).alignment, attention(*inputs).alignment)


@pytest.mark.parametrize("gate", ["contrast", "sigmoid", "lookahead"])
def test_gate_noise_is_for_training_only(gate: str) -> None:
    inputs = draw_inputs([5, 3], [12, 9])
    quiet, noisy = make(gate, tunable=True), make(gate, tunable=True, gate_noise=2.0)
    noisy.load_state_dict(quiet.state_dict())
    assert torch.equal(quiet(*inputs).alignment, noisy(*inputs).alignment)
    noisy.train()
    first, second = noisy(*inputs).alignment, noisy(*inputs).alignment
    assert not torch.allclose(first, second, atol=1e-3)
    torch.testing.assert_close(first.sum(-1), second.sum(-1))


def test_focus_follows_training_as_a_moving_average_and_rests_in_evaluation() -> None:
    inputs = draw_inputs([5, 3], [12, 9])
    attention = make(focus_momentum=0.75)
    attention.focus.zero_()
    rates = attention(*inputs).focus
    assert not attention.focus.any()
    attention.train()(*inputs)
    torch.testing.assert_close(attention.focus, rates)  # the first is taken whole
    attention.focus.fill_(0.5)
    attention(*inputs)
    torch.testing.assert_close(attention.focus, 0.75 * torch.full((HEADS,), 0.5) + 0.25 * rates)


def test_the_prior_moves_plain_attention_and_not_the_monotonic_one() -> None:
    text, mel, text_lengths, mel_lengths = draw_inputs([5], [12], padding=0)
    prior = torch.full((1, 12, 5), -50.0)
    prior[..., 2] = 0.0
    attention = make()
    assert (attention(text, mel, text_lengths, mel_lengths, prior).alignment[..., 2] > 0.99).all()
    attention.smma_tunable = True
    plain, with_prior = (attention(text, mel, text_lengths, mel_lengths, p).alignment for p in (None, prior))
    assert torch.equal(plain, with_prior)


@pytest.mark.parametrize(("gate", "selection"), TEXT_QUERIES)
@pytest.mark.parametrize("tunable", [False, True], ids=["plain", "monotonic"])
def test_best_durations_cover_every_frame_and_every_token(gate: str, selection: str, tunable: bool) -> None:
    text, mel, text_lengths, mel_lengths = draw_inputs([7, 4, 1], [7, 30, 11])
    output = make(gate, selection, tunable=tunable)(text, mel, text_lengths, mel_lengths)
    durations = best_durations(output, text_lengths, mel_lengths)
    inside = torch.arange(text.shape[1]) < text_lengths[:, None]
    assert durations.sum(1).tolist() == mel_lengths.tolist()
    assert (durations[inside] >= 1).all() and (durations[~inside] == 0).all()


def test_the_focused_lookahead_path_is_the_posterior_of_the_chain() -> None:
    text, mel, text_lengths, mel_lengths = draw_inputs([7, 4], [15, 30])
    output = make("lookahead", "focused", tunable=True)(text, mel, text_lengths, mel_lengths)
    posterior = chain_posterior(output, text_lengths, mel_lengths)
    torch.testing.assert_close(output.alignment, posterior, rtol=1e-3, atol=1e-5)


def test_the_sigmoid_gate_starts_at_the_speaking_rate() -> None:
    """With energies that say nothing, the pointer moves at the configured rate."""
    attention = make("sigmoid", "all", tunable=True, tokens_per_frame=0.2)
    with torch.no_grad():
        attention.text_projection.weight.zero_()
    output = attention(*draw_inputs([60], [101], padding=0))
    assert position(output.alignment)[0, -1].item() == pytest.approx(20, abs=0.1)


def test_settings_that_mean_nothing_are_refused() -> None:
    for wrong in ({"heads": 0}, {"head_dim": 0}, {"tokens_per_frame": 1.0}):
        with pytest.raises(ValueError, match="must lie"):
            replace(AttentionConfig(), **wrong)
