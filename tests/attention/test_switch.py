"""The switch: which heads it takes, what stays, and what it ends."""

from __future__ import annotations

import copy

import pytest
import torch
from small_smma import HEADS, draw_inputs, make


@pytest.mark.parametrize(
    ("selection", "chosen"),
    [("focused", (1,)), ("threshold", (1, 2)), ("all", (0, 1, 2))],
)
def test_the_choice_of_heads_is_made_by_focus_rate_and_frozen_at_the_switch(selection: str, chosen: tuple) -> None:
    attention = make("contrast", selection)
    assert attention.monotonic == (0, 1, 2)
    attention.smma_tunable = True
    assert attention.monotonic == chosen
    attention.focus.copy_(torch.tensor([0.99, 0.1, 0.1]))
    attention.smma_tunable = True
    attention.train()(*draw_inputs([4], [9]))
    assert attention.monotonic == chosen
    attention.smma_tunable = False
    assert attention.monotonic == (0, 1, 2) and not attention.smma_tunable


def test_threshold_keeps_the_sharpest_head_where_none_is_sharp() -> None:
    attention = make("contrast", "threshold")
    attention.focus.copy_(torch.tensor([0.1, 0.2, 0.3]))
    attention.smma_tunable = True
    assert attention.monotonic == (2,)


def test_flag_focus_and_choice_are_saved_and_restored() -> None:
    inputs = draw_inputs([5, 3], [12, 9])
    attention = make("contrast", "threshold", tunable=True)
    restored = make("contrast", "threshold", seed=1)
    restored.load_state_dict(attention.state_dict())
    assert restored.smma_tunable
    assert torch.equal(restored.focus, attention.focus)
    assert restored.monotonic == attention.monotonic
    assert torch.equal(restored(*inputs).alignment, attention(*inputs).alignment)


def test_the_phase_is_copied_with_the_module_and_to_another() -> None:
    source, other = make("contrast", "threshold", tunable=True), make("contrast", "threshold", seed=1)
    other.copy_phase(source)
    assert other.smma_tunable and other.monotonic == source.monotonic
    twin = copy.deepcopy(other)
    assert twin.smma_tunable
    twin.smma_tunable = False
    assert other.smma_tunable and not twin.smma_tunable
    assert other.to(torch.float64).smma_tunable


def test_the_saved_phase_is_two_tensors() -> None:
    """As in voices and checkpoints of earlier commits."""
    state = make("contrast", "threshold", tunable=True).state_dict()
    assert state["_tunable"].item() is True
    assert state["monotonic"].tolist() == [False, True, True]
    assert state["monotonic"].dtype == state["_tunable"].dtype == torch.bool


def test_a_module_made_in_inference_mode_switches_too() -> None:
    with torch.inference_mode():
        attention = make("contrast", "threshold")
        assert not attention.smma_tunable
        attention.smma_tunable = True
        assert attention.smma_tunable


def test_what_was_read_in_inference_mode_is_in_no_gradient_s_way() -> None:
    attention = make("contrast", "threshold", tunable=True)
    inputs = draw_inputs([5, 3], [12, 9])
    with torch.inference_mode():
        attention(*inputs)
    attention.train()(*inputs).context.sum().backward()
    assert all(parameter.grad is not None for parameter in attention.parameters())


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
