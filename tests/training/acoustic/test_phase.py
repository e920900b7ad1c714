"""When attention becomes stepwise monotonic, and what the model is given on the way."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tts.attention import StepwiseMonotonicMultiheadAttention
from tts.attention.config import AttentionConfig
from tts.training.acoustic.config import SwitchConfig
from tts.training.acoustic.phase import PhaseSchedule


def attention(heads: int = 2) -> StepwiseMonotonicMultiheadAttention:
    return StepwiseMonotonicMultiheadAttention(4, 4, 4, AttentionConfig(heads=heads, head_dim=2))


def switches(phase: PhaseSchedule, module: StepwiseMonotonicMultiheadAttention, focus: list[list[float]]) -> list[int]:
    """Steps at which `update` says that the switch is now."""
    found = []
    for step, rates in enumerate(focus):
        module.focus.copy_(torch.tensor(rates))
        if phase.update(step, [module]):
            found.append(step)
    return found


@given(st.integers(0, 12))
def test_switch_by_step_happens_once_at_that_step(step: int) -> None:
    module, phase = attention(), PhaseSchedule(SwitchConfig(switch_step=step), 0)
    assert switches(phase, module, [[0.1, 0.2]] * 10) == ([step] if step < 10 else [])
    assert module.smma_tunable == (step < 10)
    assert phase.switched_at == (step if step < 10 else None)


def test_switch_by_focus_rate_needs_it_held_without_a_break() -> None:
    low, high = [0.2, 0.8], [0.95, 0.3]
    config = SwitchConfig(switch_on="focus_rate", focus_rate=0.9, hold=3, switch_step=0)
    module, phase = attention(), PhaseSchedule(config, 0)
    assert switches(phase, module, [high, high, low, high, high, low, low]) == []
    assert not module.smma_tunable
    assert switches(phase, module, [high, high, high, low, high, high, high]) == [2]
    assert module.monotonic == (0,)


def test_never_never_switches() -> None:
    module, phase = attention(), PhaseSchedule(SwitchConfig(switch_on="never", switch_step=0, hold=1), 0)
    assert switches(phase, module, [[1.0, 1.0]] * 50) == []
    assert not module.smma_tunable


def test_attention_that_is_monotonic_already_was_switched_at_the_first_step() -> None:
    module, phase = attention(), PhaseSchedule(SwitchConfig(switch_step=0, hard_share=1.0), 0)
    module.focus.copy_(torch.tensor([0.1, 0.2]))
    module.smma_tunable = True
    assert switches(phase, module, [[0.9, 0.2]] * 5) == [0]
    assert module.monotonic == (1,), "the choice of before"
    assert phase.switched_at == 0
    assert phase.conditions(0).hard


@pytest.mark.parametrize("switch_on", ["step", "focus_rate", "never"])
def test_a_given_alignment_is_followed_from_the_first_step(switch_on: str) -> None:
    config = SwitchConfig(switch_on=switch_on, switch_step=5, hold=5, prior=1.0)
    module, phase = attention(), PhaseSchedule(config, 0, aligned=True)
    assert switches(phase, module, [[0.0, 0.0]] * 5) == [0]
    assert module.smma_tunable
    assert phase.conditions(0).prior == 0


def test_the_count_of_held_steps_is_restored() -> None:
    config = SwitchConfig(switch_on="focus_rate", focus_rate=0.5, hold=4)
    module, phase = attention(), PhaseSchedule(config, 0)
    switches(phase, module, [[0.9, 0.9]] * 3)
    other = PhaseSchedule(config, 0)
    other.load_state_dict(phase.state_dict())
    assert switches(other, module, [[0.9, 0.9]]) == [0]


def test_the_prior_is_annealed_and_gone_after_the_switch() -> None:
    config = SwitchConfig(switch_step=10, prior=[[0, 1.0], [10, 0.0]])
    module, phase = attention(), PhaseSchedule(config, 0)
    weights = []
    for step in range(14):
        phase.update(step, [module])
        weights.append(phase.conditions(step).prior)
    assert weights == pytest.approx([1 - s / 10 for s in range(10)] + [0.0] * 4)


def test_hard_durations_only_after_the_switch_and_in_the_configured_share() -> None:
    config = SwitchConfig(switch_step=1000, hard_share=[[0, 0.0], [1000, 0.5]], predicted_prosody_share=0.25)
    module, phase = attention(), PhaseSchedule(config, 3)
    drawn = []
    for step in range(4000):
        phase.update(step, [module])
        drawn.append(phase.conditions(step))
    assert not any(c.hard for c in drawn[:1000])
    assert sum(c.hard for c in drawn[2000:]) / 2000 == pytest.approx(0.5, abs=0.04)
    assert sum(c.hard for c in drawn[1000:2000]) / 1000 == pytest.approx(0.25, abs=0.04)
    assert sum(c.predicted_prosody for c in drawn) / 4000 == pytest.approx(0.25, abs=0.03)


def test_draws_depend_on_seed_and_step_alone() -> None:
    config = SwitchConfig(predicted_prosody_share=0.5)
    one, same, other = PhaseSchedule(config, 1), PhaseSchedule(config, 1), PhaseSchedule(config, 2)
    torch.manual_seed(5)
    first = [one.conditions(step) for step in range(40)]
    torch.manual_seed(6)
    assert [same.conditions(step) for step in reversed(range(40))] == first[::-1]
    assert [other.conditions(step) for step in range(40)] != first
