"""Each term of the loss trains the parts it should, no others, and is computed only when it counts."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from tts.batch import Batch
from tts.errors import UserError
from tts.models import losses
from tts.models.acoustic import AcousticModel, AcousticOutput, Conditions
from tts.models.losses import LossConfig, Objective, guided_attention_penalty, loss_terms
from tts.models.predictors.pitch import PitchPrediction

MakeModel, MakeBatch = Callable[..., AcousticModel], Callable[..., Batch]
TERMS = ("mel", "forward_sum", "guided", "duration", "pitch", "prosody")
ALIGNING = {"text_encoder", "reference_encoder", "attention"}
REGULATING = {"style_tokens", "speaker", "prosody_projection", "length_regulator"}
DECODING = REGULATING | {"decoder"}
PREDICTORS = {"duration_predictor", "prosody_predictor"}


def only(*terms: str) -> LossConfig:
    return LossConfig(**{term: float(term in terms) for term in TERMS})


def trained_by(model: AcousticModel, batch: Batch, term: str, conditions: Conditions) -> set[str]:
    """Parts of the model that receive a gradient."""
    model.zero_grad()
    loss, _ = loss_terms(only(term), 0, model(batch, conditions), batch)
    loss.backward()
    trained = [name.split(".") for name, p in model.named_parameters() if p.grad is not None and p.grad.any()]
    return {second if second in ("length_regulator", "pitch_predictor") else first for first, second, *_ in trained}


@pytest.mark.parametrize("tunable", [False, True], ids=["plain", "monotonic"])
@pytest.mark.parametrize(
    ("term", "conditions", "parts"),
    [
        ("mel", Conditions(), ALIGNING | DECODING | {"prosody_bottleneck"}),
        ("mel", Conditions(hard=True), ALIGNING | DECODING | {"prosody_bottleneck"}),
        ("mel", Conditions(predicted_prosody=True), ALIGNING | DECODING | {"prosody_predictor"}),
        (
            "mel",
            Conditions(hard=True, predicted_prosody=True),
            DECODING | {"text_encoder", "reference_encoder", "prosody_predictor"},  # the last one reads the style
        ),
        ("forward_sum", Conditions(), ALIGNING),
        ("guided", Conditions(), ALIGNING),
        ("duration", Conditions(), {"duration_predictor"}),
        ("prosody", Conditions(), {"prosody_predictor"}),
        ("pitch", Conditions(), ALIGNING | REGULATING | {"prosody_bottleneck", "pitch_predictor"}),
    ],
)
def test_each_term_trains_its_own_parts(
    make_model: MakeModel, make_batch: MakeBatch, term: str, conditions: Conditions, parts: set[str], tunable: bool
) -> None:
    model = make_model()
    model.attention.smma_tunable = tunable
    batch = make_batch([6, 3, 8], [20, 26, 11])
    assert trained_by(model, batch, term, conditions) == parts


@pytest.mark.parametrize("term", ["forward_sum", "guided"])
def test_alignment_terms_train_energies_and_not_values(make_model: MakeModel, make_batch: MakeBatch, term: str) -> None:
    model, batch = make_model(), make_batch([6, 3], [20, 26])
    trained_by(model, batch, term, Conditions())
    got = {name for name, p in model.attention.named_parameters() if p.grad is not None and p.grad.any()}
    assert got == {"text_projection.weight", "mel_projection.weight"}


@pytest.mark.parametrize("term", TERMS)
def test_a_term_of_weight_zero_is_not_computed(
    make_model: MakeModel, make_batch: MakeBatch, term: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Tensor:
        raise AssertionError("computed")

    model, batch = make_model(), make_batch([6, 3], [20, 26])
    output = model(batch, Conditions())
    if term != "forward_sum":
        monkeypatch.setattr(losses, "chain_log_z", refuse)
    if term != "guided":
        monkeypatch.setattr(losses, "guided_attention_penalty", refuse)
    assert set(loss_terms(only(term), 0, output, batch)[1]) == {term}


def test_a_given_alignment_has_no_terms(make_model: MakeModel, make_batch: MakeBatch) -> None:
    model, batch = make_model(), make_batch([3, 2], [9, 7])
    model.attention.smma_tunable = True
    batch.durations = torch.tensor([[5, 1, 3], [2, 5, 0]])
    output = model(batch, Conditions())
    terms = loss_terms(LossConfig(forward_sum=1.0, guided=1.0), 0, output, batch)[1]
    assert set(terms) == {"mel", "duration", "pitch", "prosody"}
    output.log_durations = torch.tensor([[5.0, 1.0, 3.0], [2.0, 5.0, 9.0]]).log()
    assert loss_terms(only("duration"), 0, output, batch)[1]["duration"] == 0


def test_the_loss_is_the_weighted_sum_of_the_terms_at_the_step(make_model: MakeModel, make_batch: MakeBatch) -> None:
    model, batch = make_model(), make_batch([6, 3], [20, 26])
    output = model(batch, Conditions())
    config = LossConfig(mel=2.0, forward_sum=0.3, guided=[[0, 4.0], [10, 0.0]], duration=0.0, pitch=0.0, prosody=0.5)
    loss, terms = loss_terms(config, 5, output, batch)
    weights = {"mel": 2.0, "forward_sum": 0.3, "guided": 2.0, "prosody": 0.5}
    assert set(terms) == set(weights)
    torch.testing.assert_close(loss, sum((weights[name] * terms[name] for name in weights), torch.zeros(())))
    assert "guided" not in loss_terms(config, 10, output, batch)[1]


def test_padding_has_no_part_in_any_term(make_model: MakeModel, make_batch: MakeBatch) -> None:
    """The same utterance twice, with and without a longer one beside it: its own share of each term stays."""
    model = make_model()
    small, large = make_batch([3], [9]), make_batch([7], [25], seed=3)
    both = make_batch([3, 7], [9, 25])
    for name in ("symbols", "stress", "boundary"):
        getattr(both.text, name)[0, :3] = getattr(small.text, name)[0]
        getattr(both.text, name)[1] = getattr(large.text, name)[0]
    both.text.speaker[:] = 0
    both.mel[0, :9], both.mel[1] = small.mel[0], large.mel[0]
    both.pitch[0, :9], both.pitch[1] = small.pitch[0], large.pitch[0]

    def terms(batch: Batch) -> dict[str, Tensor]:
        return loss_terms(LossConfig(guided=1.0), 0, model(batch, Conditions()), batch)[1]

    together, one, other = terms(both), terms(small), terms(large)
    share = {"mel": (9, 25), "guided": (9, 25), "forward_sum": (1, 1), "duration": (3, 7), "prosody": (3, 7)}
    for name, (a, b) in share.items():
        want = (a * one[name] + b * other[name]) / (a + b)
        torch.testing.assert_close(together[name], want, rtol=1e-3, atol=1e-4, msg=lambda m, name=name: f"{name}: {m}")


def test_the_mel_term_is_the_mean_error_and_the_duration_term_is_logarithmic(
    make_model: MakeModel, make_batch: MakeBatch
) -> None:
    batch = make_batch([2], [6])
    output: AcousticOutput = make_model()(batch, Conditions())
    output.target = output.decoded.mel.detach() + 0.5
    output.durations = torch.tensor([[2, 4]])
    output.log_durations = torch.tensor([[2.0, 4.0]]).log() + 0.3
    terms = loss_terms(only("mel", "duration"), 0, output, batch)[1]
    assert terms["mel"].item() == pytest.approx(0.5)
    assert terms["duration"].item() == pytest.approx(0.09, rel=1e-4)


def test_the_pitch_term_counts_octaves_where_voiced_and_voicing_everywhere(
    make_model: MakeModel, make_batch: MakeBatch
) -> None:
    batch = make_batch([2], [6])
    batch.pitch = torch.tensor([[0.0, 75.0, 150.0, 300.0, 0.0, 0.0]])
    output: AcousticOutput = make_model()(batch, Conditions())
    sure = torch.tensor([[-30.0, 30, 30, 30, -30, -30]])
    output.decoded.pitch = PitchPrediction(torch.tensor([[9.0, -1.0, 0.5, 1.0, 9.0, 9.0]]), sure)
    assert loss_terms(only("pitch"), 0, output, batch)[1]["pitch"].item() == pytest.approx(0.5 / 3, rel=1e-4)
    output.decoded.pitch.voicing = -sure
    assert loss_terms(only("pitch"), 0, output, batch)[1]["pitch"].item() == pytest.approx(30 + 0.5 / 3, rel=1e-4)


def test_the_guided_penalty_is_nothing_on_the_diagonal_and_grows_away_from_it() -> None:
    penalty = guided_attention_penalty(torch.tensor([4, 2]), torch.tensor([8, 6]), 8, 4, 0.2)
    assert penalty.shape == (2, 8, 4)
    assert penalty[0, 4, 2].item() == 0  # half of both
    assert penalty[0, 0, 2].item() == pytest.approx(1 - torch.tensor(-(0.5**2) / (2 * 0.2**2)).exp().item())
    assert (penalty[0, 0].diff() > 0).all() and (penalty >= 0).all() and (penalty <= 1).all()
    wide = guided_attention_penalty(torch.tensor([4, 2]), torch.tensor([8, 6]), 8, 4, 0.4)
    assert (wide <= penalty).all()


def test_the_report_holds_no_graph(make_model: MakeModel, make_batch: MakeBatch) -> None:
    objective = Objective(make_model(), LossConfig())
    loss, report = objective(make_batch([6, 3], [20, 26]), Conditions(), 0)
    assert loss.requires_grad
    assert not any(
        x.requires_grad for x in (*report.terms.values(), report.mel, report.alignment, report.heads, report.focus)
    )


def test_a_schedule_that_falls_back_is_refused() -> None:
    with pytest.raises(ValueError, match="must rise"):
        LossConfig(mel=[[10, 1.0], [5, 0.0]])


def test_forward_sum_counts_every_way_through_the_text(make_model: MakeModel, make_batch: MakeBatch) -> None:
    """By enumeration: every frame is of a token; the tokens come in order, all of them."""
    model, batch = make_model(), make_batch([3], [6])
    output = model(batch, Conditions())
    weights = output.attention.energy[0, list(output.attention.monotonic)].double().exp()
    total = torch.zeros(len(weights), dtype=torch.float64)
    for way in itertools.product((0, 1, 2), repeat=6):
        if [token for token, _ in itertools.groupby(way)] == [0, 1, 2]:
            total += torch.stack([weights[:, t, token] for t, token in enumerate(way)]).prod(0)
    config = LossConfig(**{t: float(t == "forward_sum") for t in TERMS})
    term = loss_terms(config, 0, output, batch)[1]["forward_sum"]
    assert float(term.detach()) == pytest.approx(float((-total.log().detach() / 6).mean()), rel=1e-4)


def test_a_term_of_another_package_has_a_weight_of_its_own(
    make_model: MakeModel, make_batch: MakeBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(losses, "TERMS", dict(losses.TERMS))

    @losses.loss_term("loudness")
    def loudness(output: AcousticOutput, batch: Batch, config: LossConfig) -> Tensor:
        return (output.mel.mean() - batch.mel.mean()).abs()

    @losses.loss_term("absent")
    def absent(output: AcousticOutput, batch: Batch, config: LossConfig) -> None:
        return None

    batch = make_batch([6, 3], [20, 26])
    output = make_model()(batch, Conditions())
    config = LossConfig(terms={"loudness": [[0, 0.0], [10, 2.0]], "absent": 1.0})
    without, _ = loss_terms(config, 0, output, batch)
    loss, terms = loss_terms(config, 10, output, batch)
    assert "absent" not in terms
    torch.testing.assert_close(loss, without + 2 * terms["loudness"])
    assert config.weights_at(5)["loudness"] == 1.0


def test_a_term_that_is_not_one_number_is_refused_by_name(
    make_model: MakeModel, make_batch: MakeBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(losses, "TERMS", dict(losses.TERMS))

    @losses.loss_term("unreduced")
    def unreduced(output: AcousticOutput, batch: Batch, config: LossConfig) -> Tensor:
        return output.error.abs().mean((1, 2))

    batch = make_batch([6, 3], [20, 26])
    with pytest.raises(UserError, match=rf"loss\.terms\.unreduced: {__name__} gives a tensor of shape \(2,\)"):
        loss_terms(LossConfig(terms={"unreduced": 1.0}), 0, make_model()(batch, Conditions()), batch)


def test_a_term_that_nobody_defines_is_refused_and_so_is_a_second_weight() -> None:
    with pytest.raises(ValueError, match=r"terms.loudnes: there is no such term.*plugins="):
        LossConfig(terms={"loudnes": 1.0})
    with pytest.raises(ValueError, match="give its weight as mel"):
        LossConfig(terms={"mel": 1.0})
    with pytest.raises(ValueError, match="loss term mel: offered by"):
        losses.loss_term("mel")(lambda output, batch, config: output.mel.mean())
