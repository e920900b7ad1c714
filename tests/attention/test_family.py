"""Every mechanism: against its definition, its gradients, frame by frame, and what it sees."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from small_smma import HEADS, MEL_DIM, draw_inputs, make
from torch import Tensor
from torch.nn import functional as F

from tts.attention import AttentionConfig
from tts.attention.convolutional import beta_binomial
from tts.attention.decoding import Bounds
from tts.attention.family import mechanism_class
from tts.attention.gates import Gate
from tts.attention.mechanism import Mechanism
from tts.attention.names import MECHANISMS

NAMES = [name for name, kind in MECHANISMS.items() if kind.__module__.startswith("tts.")]
CAUSAL = [name for name in NAMES if mechanism_class(name).causal]
FRAMES, TOKENS = 7, 4
ALL = tuple(range(HEADS))


def built(name: str, **settings: Any) -> Mechanism:
    """In float64, with every parameter away from where it starts."""
    torch.manual_seed(1)
    config = AttentionConfig(heads=HEADS, head_dim=4, gate=name, filters=3, filter_width=5, mixtures=2, **settings)
    mechanism = mechanism_class(name).build(config, MEL_DIM).double().eval()
    with torch.no_grad():
        for parameter in mechanism.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return mechanism


def problem(frames: int = FRAMES, tokens: int = TOKENS) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Energies, mel side and lengths of one utterance without padding."""
    generator = torch.Generator().manual_seed(2)
    energy = torch.randn(1, HEADS, frames, tokens, generator=generator, dtype=torch.float64)
    mel = torch.randn(1, frames, MEL_DIM, generator=generator, dtype=torch.float64)
    return energy, mel, torch.tensor([tokens]), torch.tensor([frames])


def aligned(mechanism: Mechanism) -> Tensor:
    energy, mel, *lengths = problem()
    return mechanism.align(energy, mel, ALL, *lengths).weights[0]


def test_softmax_reads_each_frame_by_itself() -> None:
    energy = problem()[0][0]
    want = energy.exp() / energy.exp().sum(-1, keepdim=True)
    torch.testing.assert_close(aligned(built("softmax")), want)


def test_the_snippet_runs_at_a_quarter_to_half_a_token_a_frame_and_falls_off_the_end() -> None:
    energy = problem()[0][0]
    want = torch.zeros_like(energy)
    want[:, 0, 0] = 1.0
    for h in range(HEADS):
        for t in range(1, FRAMES):
            soft = energy[h, t].exp() / energy[h, t].exp().sum()
            stay = 1 / (1 + (-soft).exp())
            assert (stay > 0.5).all() and (stay < 0.7311).all()
            for n in range(TOKENS):
                want[h, t, n] = want[h, t - 1, n] * stay[n]
                if n:
                    want[h, t, n] += want[h, t - 1, n - 1] * (1 - stay[n - 1])
    found = aligned(built("snippet"))
    torch.testing.assert_close(found, want)
    long = built("snippet").align(*problem(60)[:2], ALL, *problem(60)[2:]).weights
    assert long[0, :, -1].sum(-1).max() < 1e-3, "half a minute later nothing is attended"


@pytest.mark.parametrize(("name", "width"), [("monotonic", 1), ("mocha", 2), ("lookback", TOKENS)])
def test_pointers_that_may_pass_tokens(name: str, width: int) -> None:
    mechanism = built(name, chunk=width)
    energy = problem()[0][0]
    for h in range(HEADS):
        alpha = [1.0, *[0.0] * (TOKENS - 1)]
        stop = (energy[h] * mechanism.gain[h] + mechanism.offset[h]).sigmoid()
        for t in range(FRAMES):
            reached, following = 0.0, []
            for n in range(TOKENS):
                reached = reached + alpha[n]
                following.append(reached * stop[t, n])
                reached = reached * (1 - stop[t, n])
            alpha = following
            want = torch.zeros(TOKENS, dtype=torch.float64)
            for k in range(TOKENS):
                first = max(0, k - width + 1)
                want[first : k + 1] += alpha[k] * energy[h, t, first : k + 1].softmax(0)
            torch.testing.assert_close(aligned(mechanism)[h, t], want)


def test_forward_attention_weights_the_softmax_by_what_stays_and_moves_on() -> None:
    mechanism = built("forward")
    energy, mel, *_ = problem()
    move = mechanism.agent(mel[0]).sigmoid()
    for h in range(HEADS):
        alpha = torch.tensor([1.0, *[0.0] * (TOKENS - 1)], dtype=torch.float64)
        for t in range(FRAMES):
            if t:
                u = move[t, h]
                arriving = torch.cat([alpha.new_zeros(1), alpha[:-1]])
                alpha = ((1 - u) * alpha + u * arriving) * energy[0, h, t].softmax(-1)
                alpha = alpha / alpha.sum()
            torch.testing.assert_close(aligned(mechanism)[h, t], alpha)


def shifted(values: Tensor, by: int) -> Tensor:
    """values[n + by], 0 outside."""
    return torch.stack([values[n + by] if 0 <= n + by < len(values) else values[0] * 0 for n in range(len(values))])


def test_location_sensitive_attention_sees_where_it_was() -> None:
    mechanism = built("location")
    energy, mel, *_ = problem()
    query = mechanism.of_mel(mel[0]).view(FRAMES, HEADS, -1)
    for h in range(HEADS):
        alpha = torch.tensor([1.0, *[0.0] * (TOKENS - 1)], dtype=torch.float64)
        for t in range(FRAMES):
            taps = [shifted(alpha, w - 2) for w in range(5)]
            seen = torch.stack([sum(mechanism.filters[h, f, 0, w] * taps[w] for w in range(5)) for f in range(3)], 1)
            hidden = torch.tanh(seen @ mechanism.location[h] + query[t, h])
            alpha = (energy[0, h, t] + hidden @ mechanism.reading[h]).softmax(-1)
            torch.testing.assert_close(aligned(mechanism)[h, t], alpha)


def test_location_sensitive_attention_starts_as_plain_attention() -> None:
    config = AttentionConfig(heads=HEADS, head_dim=4, gate="location")
    energy, mel, *lengths = problem()
    found = mechanism_class("location").build(config, MEL_DIM).double().align(energy, mel, ALL, *lengths).weights
    torch.testing.assert_close(found, energy.softmax(-1))


def test_dynamic_convolution_attention_moves_by_filters_and_a_prior() -> None:
    mechanism = built("dynamic_convolution")
    _, mel, *_ = problem()
    filters = mechanism.dynamic(mechanism.hidden(mel[0]).tanh()).view(FRAMES, HEADS, 3, 5)
    for h in range(HEADS):
        alpha = torch.tensor([1.0, *[0.0] * (TOKENS - 1)], dtype=torch.float64)
        for t in range(FRAMES):
            taps = [shifted(alpha, w - 2) for w in range(5)]
            static = torch.stack([sum(mechanism.static[h, f, 0, w] * taps[w] for w in range(5)) for f in range(3)], 1)
            dynamic = torch.stack([sum(filters[t, h, f, w] * taps[w] for w in range(5)) for f in range(3)], 1)
            hidden = static @ mechanism.of_static[h] + dynamic @ mechanism.of_dynamic[h] + mechanism.bias[h]
            prior = sum(mechanism.prior[k] * shifted(alpha, -k) for k in range(11))
            alpha = (hidden.tanh() @ mechanism.reading[h] + prior.clamp(min=1e-6).log()).softmax(-1)
            torch.testing.assert_close(aligned(mechanism)[h, t], alpha, rtol=1e-5, atol=1e-7)


def test_the_prior_of_moves_has_the_speaking_rate_as_its_mean() -> None:
    prior = beta_binomial(0.15)
    assert prior.sum().item() == pytest.approx(1, abs=1e-6)
    assert (prior * torch.arange(11)).sum().item() == pytest.approx(0.15, abs=1e-6)
    paper = beta_binomial(1.0)  # α = 0.1, β = 0.9
    assert paper[0].item() == pytest.approx(
        math.exp(math.lgamma(10.9) + math.lgamma(1.0) - math.lgamma(11.0) - math.lgamma(0.9)), rel=1e-5
    )


def test_gaussian_mixtures_move_on_by_their_steps() -> None:
    mechanism = built("gmm")
    _, mel, *_ = problem()
    values = mechanism.parameters_of(mechanism.hidden(mel[0]).tanh()).view(FRAMES, HEADS, 3, 2)
    for h in range(HEADS):
        mean = torch.zeros(2, dtype=torch.float64)
        for t in range(FRAMES):
            weight, width = values[t, h, 0].softmax(0), F.softplus(values[t, h, 2]) + 1e-2
            mean = mean + F.softplus(values[t, h, 1])
            want = [
                sum(
                    weight[k] / (width[k] * math.sqrt(2 * math.pi)) * (-(((n - mean[k]) / width[k]) ** 2) / 2).exp()
                    for k in range(2)
                )
                for n in range(TOKENS)
            ]
            torch.testing.assert_close(aligned(mechanism)[h, t], torch.stack(want))


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_those_of_the_values(name: str) -> None:
    mechanism = built(name)
    energy, mel, *lengths = problem(5, 3)
    energy.requires_grad_(), mel.requires_grad_()
    parameters = list(mechanism.parameters())

    def weights(*inputs: Tensor) -> Tensor:
        return mechanism.align(inputs[0], inputs[1], ALL, *lengths).weights + 0 * inputs[1].sum()

    assert torch.autograd.gradcheck(weights, (energy, mel, *parameters), atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("name", [name for name in CAUSAL if not issubclass(mechanism_class(name), Gate)])
@pytest.mark.parametrize("selection", ["focused", "all"])
def test_frame_by_frame_is_as_all_at_once(name: str, selection: str) -> None:
    attention = make(name, selection, "mel", tunable=True, filters=3, filter_width=5)
    text, mel, text_lengths, _ = draw_inputs([9, 4], [12, 12], padding=0)
    whole = attention(text, mel, text_lengths, torch.tensor([12, 12]))
    stays = torch.zeros(2, 9).long()
    path, projected = (
        attention.path(Bounds(text_lengths, stays, stays + 12)),
        attention.project_text(text, text_lengths),
    )
    with torch.no_grad():
        steps = [attention.step(projected, mel[:, t : t + 1], path) for t in range(12)]
    torch.testing.assert_close(torch.stack([w for _, w in steps], 1), whole.alignment, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(torch.cat([c for c, _ in steps], 1), whole.context, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", CAUSAL)
def test_later_frames_are_not_seen(name: str) -> None:
    attention = make(name, "all", "mel", tunable=True, filters=3, filter_width=5)
    text, mel, text_lengths, mel_lengths = draw_inputs([6], [20], padding=0)
    other = mel.clone()
    other[:, 12:] += 3.0
    before, after = (attention(text, m, text_lengths, mel_lengths).heads for m in (mel, other))
    assert torch.equal(before[:, :, :12], after[:, :, :12])
    assert not torch.allclose(before[:, :, 12:], after[:, :, 12:], atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("selection", ["focused", "threshold", "all"])
def test_padding_is_not_read(name: str, selection: str) -> None:
    attention = make(name, selection, tunable=True, filters=3, filter_width=5)
    text, mel, text_lengths, mel_lengths = draw_inputs([9, 4], [15, 8], padding=3)
    whole = attention(text, mel, text_lengths, mel_lengths)
    alone = attention(text[1:, :4], mel[1:, :8], text_lengths[1:], mel_lengths[1:])
    torch.testing.assert_close(whole.alignment[1:, :8, :4], alone.alignment, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(whole.context[1:, :4], alone.context, rtol=1e-4, atol=1e-5)
    assert not whole.alignment[1, 8:].any() and not whole.alignment[1, :, 4:].any()


@pytest.mark.parametrize("name", ["monotonic", "mocha", "lookback"])
def test_a_hard_pointer_goes_to_the_first_token_that_it_likes(name: str) -> None:
    mechanism = built(name, chunk=1)
    path = mechanism.path(ALL, Bounds(torch.tensor([4]), torch.zeros(1, 4).long(), torch.ones(1, 4).long(), "hard"))
    with torch.no_grad():
        mechanism.gain.fill_(1.0), mechanism.offset.fill_(0.0)
    liked = [([-1, 1, 1, -1], 1), ([1, -1, -1, 1], 3), ([1, 1, 1, -1], 3)]
    for energy, place in liked:
        scores = torch.tensor(energy, dtype=torch.float64).expand(1, HEADS, 4)
        weights = path.advance(scores, torch.zeros(1, MEL_DIM, dtype=torch.float64))
        if name != "lookback":
            assert (weights.argmax(-1) == place).all(), "and stays on the last one where it likes none"
        else:
            assert not weights[..., place + 1 :].any() and weights[..., place].all()


def test_durations_of_a_mechanism_without_energies_are_read_off_its_weights() -> None:
    from tts.attention import best_durations

    attention = make("gmm", tunable=True, mixtures=2)
    inputs = draw_inputs([5], [30], padding=0)
    output = attention(*inputs)
    assert torch.allclose(output.energy.exp(), output.heads, atol=1e-5)
    assert best_durations(output, *inputs[2:]).sum() == 30
