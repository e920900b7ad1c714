"""What each gate sees, and where it leads."""

from __future__ import annotations

import pytest
import torch
from small_smma import draw_inputs, make, position

from tts.attention import AttentionConfig, chain_posterior
from tts.attention.gates import Gate
from tts.attention.names import MECHANISMS


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


def test_lookahead_does_see_later_frames() -> None:
    attention = make("lookahead", "all", tunable=True)
    text, mel, text_lengths, mel_lengths = draw_inputs([6], [20], padding=0)
    other = mel.clone()
    other[:, 12:] += 3.0
    before, after = (attention(text, m, text_lengths, mel_lengths).heads for m in (mel, other))
    assert not torch.allclose(before[:, :, :12], after[:, :, :12], atol=1e-4)


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


def test_a_gate_from_elsewhere_is_chosen_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MECHANISMS, "steady", object)  # so that it is forgotten afterwards
    del MECHANISMS["steady"]
    with pytest.raises(ValueError, match=r"gate='steady' is not one of .*contrast, sigmoid, lookahead.*plugins="):
        AttentionConfig(gate="steady")

    class SteadyGate(Gate, name="steady"):
        """Moves on once in four frames."""

        def stay(self, energy: torch.Tensor, heads: tuple[int, ...]) -> torch.Tensor:
            return torch.full_like(energy, 3.0).log()

    attention = make("steady", "all", "mel", tunable=True)
    assert isinstance(attention.gate, SteadyGate)
    output = attention(*draw_inputs([60], [101], padding=0))
    assert position(output.alignment)[0, -1].item() == pytest.approx(25, abs=0.1)
    with pytest.raises(TypeError, match="gate contrast: offered by"):
        type("Another", (Gate,), {"stay": SteadyGate.stay}, name="contrast")
