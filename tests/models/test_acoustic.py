"""The acoustic model as it is trained and as it speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from tts.batch import Batch, TextBatch
from tts.models.acoustic import AcousticModel, Conditions
from tts.models.predictors.duration import hard_alignment

MakeModel, MakeBatch, Take = Callable[..., AcousticModel], Callable[..., Batch], Callable[[Batch, int], Batch]
TEXTS, MELS = [6, 3, 8], [20, 26, 11]


def test_shapes(make_model: MakeModel, make_batch: MakeBatch) -> None:
    model, batch = make_model(), make_batch(TEXTS, MELS)
    for tunable in (False, True):
        model.attention.smma_tunable = tunable
        output = model(batch, Conditions())
        assert output.mel.shape == output.error.shape == (3, 26, 8)
        assert output.alignment.shape == (3, 26, 8)
        assert output.attention.heads.shape == (3, 2, 26, 8)
        assert output.durations.shape == output.log_durations.shape == (3, 8)
        assert output.prosody.shape == output.predicted_prosody.shape == (3, 8, 2)
        assert output.durations.sum(1).tolist() == MELS
        assert output.prosody.abs().max() <= 1


def test_the_error_is_the_distance_in_standard_deviations(make_model: MakeModel, make_batch: MakeBatch) -> None:
    model, batch = make_model(), make_batch([5], [12])
    output = model(batch, Conditions())
    torch.testing.assert_close(output.error * model.mel_std, output.mel - batch.mel, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("tunable", [False, True], ids=["plain", "monotonic"])
@pytest.mark.parametrize(
    "conditions",
    [Conditions(), Conditions(prior=1.0), Conditions(hard=True), Conditions(predicted_prosody=True)],
    ids=["soft", "prior", "hard", "predicted prosody"],
)
def test_a_batch_gives_what_its_utterances_give_alone(
    make_model: MakeModel, make_batch: MakeBatch, take: Take, conditions: Conditions, tunable: bool
) -> None:
    model, batch = make_model(), make_batch(TEXTS, MELS)
    model.attention.smma_tunable = tunable
    output = model(batch, conditions)
    for b, (n, t) in enumerate(zip(TEXTS, MELS, strict=True)):
        alone = model(take(batch, b), conditions)
        for name, got, want in (
            ("alignment", output.alignment[b, :t, :n], alone.alignment[0]),
            ("prosody", output.prosody[b, :n], alone.prosody[0]),
            ("predicted prosody", output.predicted_prosody[b, :n], alone.predicted_prosody[0]),
            ("log durations", output.log_durations[b, :n], alone.log_durations[0]),
            ("mel", output.mel[b, :t], alone.mel[0]),
        ):
            torch.testing.assert_close(got, want, rtol=1e-3, atol=1e-4, msg=lambda m, name=name: f"{name}: {m}")


def test_the_conditions_decide_what_the_decoder_reads(make_model: MakeModel, make_batch: MakeBatch) -> None:
    model, batch = make_model(), make_batch(TEXTS, MELS)
    soft, hard = (model(batch, Conditions(hard=h)) for h in (False, True))
    assert torch.equal(soft.alignment, soft.attention.alignment)
    assert torch.equal(hard.alignment, hard_alignment(hard.durations, 26))
    predicted = model(batch, Conditions(predicted_prosody=True))
    for other in (hard, predicted):
        assert not torch.allclose(soft.mel, other.mel, atol=1e-3)


def test_given_durations_are_what_every_part_reads(make_model: MakeModel, make_batch: MakeBatch) -> None:
    model, batch = make_model(), make_batch([3, 2], [9, 7])
    model.attention.smma_tunable = True
    batch = replace(batch, durations=torch.tensor([[5, 1, 3], [2, 5, 0]]))
    assert batch.durations is not None
    output = model(batch, Conditions())
    assert torch.equal(output.durations, batch.durations)
    assert torch.equal(output.alignment, hard_alignment(batch.durations, 9))
    assert torch.equal(output.mel, model(batch, Conditions(hard=True)).mel)
    other = model(replace(batch, durations=torch.tensor([[1, 5, 3], [5, 2, 0]])), Conditions())
    assert not torch.allclose(output.prosody, other.prosody, atol=1e-4)
    assert not torch.allclose(output.mel, other.mel, atol=1e-3)


def test_the_prior_has_no_part_in_the_monotonic_phase(make_model: MakeModel, make_batch: MakeBatch) -> None:
    model, batch = make_model(), make_batch(TEXTS, MELS)
    without, weighted = (model(batch, Conditions(prior=p)).alignment for p in (0.0, 1.0))
    assert not torch.allclose(without, weighted, atol=1e-3)
    model.attention.smma_tunable = True
    without, weighted = (model(batch, Conditions(prior=p)).alignment for p in (0.0, 1.0))
    assert torch.equal(without, weighted)


def test_the_average_style_of_each_speaker_is_remembered_in_training_only(
    make_model: MakeModel, make_batch: MakeBatch
) -> None:
    model = make_model()
    batch = make_batch([4, 5, 6], [9, 12, 15], speakers=[1, 1, 0])
    styles = model.style_of(batch.mel, batch.mel_lengths)
    model(batch, Conditions())
    model.update_statistics()
    assert not model.average_style.any()
    model.train()(batch, Conditions())
    model.update_statistics()
    torch.testing.assert_close(model.average_style[1], styles[:2].mean(0), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(model.average_style[0], styles[2], rtol=1e-4, atol=1e-5)
    assert not model.average_style[2].any()
    other = make_batch([4], [9], seed=5, speakers=[0])
    model(other, Conditions())
    model.update_statistics()
    target = model.style_of(other.mel, other.mel_lengths)[0]
    torch.testing.assert_close(model.average_style[0], torch.lerp(styles[2], target, 0.9), rtol=1e-4, atol=1e-5)


def test_how_short_each_symbol_gets_is_learnt_once_paths_are_monotonic(
    make_model: MakeModel, make_batch: MakeBatch
) -> None:
    model, batch = make_model().train(), make_batch([4, 5], [9, 12])
    model(batch, Conditions())
    model.update_statistics()
    assert not model.shortest.frames.any()
    model.smma_tunable = True
    model(batch, Conditions())
    model.update_statistics()
    occurring = {int(s) for row, n in zip(batch.text.symbols, batch.text.lengths, strict=True) for s in row[:n]}
    assert set(model.shortest.frames.nonzero().flatten().tolist()) == occurring


# Speaking


@pytest.fixture
def speaker(make_model: MakeModel) -> AcousticModel:
    """Untrained, with tokens of about 8 frames and speakers that differ in style."""
    model = make_model()
    torch.nn.init.constant_(model.duration_predictor.out.bias, 2.1)
    torch.nn.init.normal_(model.average_style)
    with torch.no_grad():  # recordings tell apart, as training makes them
        model.reference_encoder.out.weight.mul_(20)
    return model


def spoken_alone(text: TextBatch, b: int) -> TextBatch:
    n = int(text.lengths[b])
    return TextBatch(
        text.symbols[b : b + 1, :n], text.stress[b : b + 1, :n], text.boundary[b : b + 1, :n],
        text.lengths[b : b + 1], text.speaker[b : b + 1],
    )  # fmt: skip


def test_speaking_is_deterministic_and_independent_of_the_batch(speaker: AcousticModel, make_batch: MakeBatch) -> None:
    text = make_batch(TEXTS, MELS).text
    spoken, again = speaker.infer(text), speaker.infer(text)
    assert torch.equal(spoken.mel, again.mel)
    for b, n in enumerate(TEXTS):
        alone = speaker.infer(spoken_alone(text, b))
        t = int(spoken.mel_lengths[b])
        assert spoken.durations[b, :n].tolist() == alone.durations[0].tolist()
        assert t == alone.mel.shape[1]
        torch.testing.assert_close(spoken.mel[b, :t], alone.mel[0], rtol=1e-3, atol=1e-3)


def test_a_mixture_lies_between_its_speakers(speaker: AcousticModel, make_batch: MakeBatch) -> None:
    text = make_batch([5], [12], speakers=[0]).text
    alone = {s: speaker.infer(replace(text, speaker=torch.tensor([s]))) for s in (0, 2)}
    for shares, same in (([1.0, 0.0, 0.0], 0), ([0.0, 0.0, 1.0], 2)):
        mixed = speaker.infer(replace(text, shares=torch.tensor([shares])))
        assert torch.equal(mixed.durations, alone[same].durations)
        torch.testing.assert_close(mixed.mel, alone[same].mel, rtol=1e-5, atol=1e-5)
    given = alone[0].durations
    half = speaker.infer(replace(text, shares=torch.tensor([[0.5, 0.0, 0.5]])), durations=given)
    first, second = (speaker.infer(replace(text, speaker=torch.tensor([s])), durations=given) for s in (0, 2))
    assert max((half.mel - x.mel).norm() for x in (first, second)) < (first.mel - second.mel).norm()


def test_a_language_that_is_new_changes_nothing_before_training(make_model: MakeModel, make_batch: MakeBatch) -> None:
    one, two = make_model(), make_model(languages=2)
    missing, unexpected = two.load_state_dict(one.state_dict(), strict=False)
    assert missing == ["text_encoder.language.weight"] and not unexpected
    text = make_batch([5, 3], [12, 9]).text
    first = replace(text, language=torch.zeros_like(text.symbols))
    other = replace(text, language=torch.tensor([[0, 1, 1, 0, 0], [1, 1, 1, 0, 0]]))
    for spoken in (first, other):
        assert torch.equal(two.infer(spoken).mel, one.infer(text).mel)
    batch = replace(make_batch([5, 3], [12, 9]), text=other)
    output = two.train()(batch, Conditions())
    output.mel.sum().backward()
    assert two.text_encoder.language is not None and two.text_encoder.language.weight.grad is not None
    assert two.text_encoder.language.weight.grad.abs().sum(1).min() > 0
    with torch.no_grad():
        two.text_encoder.language.weight[1] += 1
    assert not torch.equal(two.eval().infer(other).mel, two.infer(first).mel)


def test_what_is_spoken_fits_together(speaker: AcousticModel, make_batch: MakeBatch) -> None:
    text = make_batch(TEXTS, MELS).text
    spoken = speaker.infer(text)
    inside = torch.arange(max(TEXTS)) < text.lengths[:, None]
    assert torch.equal(spoken.durations.sum(1), spoken.mel_lengths)
    assert spoken.mel.shape == (3, int(spoken.mel_lengths.max()), 8)
    assert (spoken.durations[inside] >= 1).all() and not spoken.durations[~inside].any()
    assert torch.equal(spoken.alignment.sum(1).long(), spoken.durations)
    assert spoken.mel.isfinite().all()


def test_speed_changes_the_length(speaker: AcousticModel, make_batch: MakeBatch) -> None:
    text = make_batch(TEXTS, MELS).text
    slow, normal, fast = (speaker.infer(text, speed=s).mel_lengths for s in (0.5, 1.0, 2.0))
    assert ((slow - 2 * normal).abs() <= 1.5).all()  # each is rounded by half a frame at most
    assert ((fast - normal / 2).abs() <= 1).all()


def test_no_phone_is_spoken_faster_than_its_shortest(speaker: AcousticModel, make_batch: MakeBatch) -> None:
    text = make_batch(TEXTS, MELS).text
    tokens = torch.arange(text.symbols.shape[1]) < text.lengths[:, None]
    speaker.shortest.frames.fill_(20.0)
    assert (speaker.infer(text).durations[tokens] >= 20).all()
    assert (speaker.predicted_durations(text)[tokens] >= 20).all()


def test_given_durations_are_followed(speaker: AcousticModel, make_batch: MakeBatch) -> None:
    durations = torch.tensor([[4, 1, 7], [2, 9, 0]])
    spoken = speaker.infer(make_batch([3, 2], [9, 9]).text, durations=durations)
    assert torch.equal(spoken.durations, durations)


def test_the_average_style_of_the_speaker_is_the_default(speaker: AcousticModel, make_batch: MakeBatch) -> None:
    text = make_batch([5, 5], [9, 9], speakers=[2, 0]).text
    given = speaker.infer(text, style=speaker.average_style[[2, 0]])
    assert torch.equal(speaker.infer(text).mel, given.mel)
    swapped = speaker.infer(replace(text, speaker=torch.tensor([0, 2])))
    assert swapped.mel.shape != given.mel.shape or not torch.allclose(swapped.mel, given.mel, atol=1e-2)


def change(model: AcousticModel, text: TextBatch, first: dict[str, Tensor], second: dict[str, Tensor]) -> float:
    """How far apart in root mean square two ways of speaking the same text in the same time are."""
    durations = torch.full_like(text.symbols, 5)
    one, other = (model.infer(text, durations=durations, **given).mel for given in (first, second))
    return float((one - other).square().mean().sqrt())


def test_another_reference_changes_the_mel_through_style_and_through_the_bottleneck(
    speaker: AcousticModel, make_batch: MakeBatch
) -> None:
    one, other = make_batch([6], [30], seed=1), make_batch([6], [30], seed=2)
    other = replace(other, text=one.text, mel=other.mel * 0.3 - 1)
    (first, _), (second, _) = (speaker.align(one.text, b.mel, b.mel_lengths) for b in (one, other))
    assert change(speaker, one.text, {"style": first.style}, {"style": second.style}) > 1e-3
    assert change(speaker, one.text, {"prosody": first.prosody}, {"prosody": second.prosody}) > 1e-3
    assert change(speaker, one.text, {"style": first.style}, {"style": first.style}) == 0


def test_a_reference_of_the_same_text_gives_its_own_timing(speaker: AcousticModel, make_batch: MakeBatch) -> None:
    batch = make_batch(TEXTS, MELS)
    reference, attention = speaker.align(batch.text, batch.mel, batch.mel_lengths)
    assert reference.durations.sum(1).tolist() == MELS
    assert attention.alignment.shape == (3, 26, 8)
    spoken = speaker.infer(batch.text, reference.style, reference.prosody, reference.durations, batch.pitch)
    assert spoken.mel_lengths.tolist() == MELS
    assert torch.equal(reference.style, speaker.style_of(batch.mel, batch.mel_lengths))
    expected = speaker(batch, Conditions(hard=True))  # training on hard durations is what inference does
    for b, t in enumerate(MELS):
        torch.testing.assert_close(spoken.mel[b, :t], expected.mel[b, :t], rtol=1e-3, atol=1e-4)


def test_a_silent_mel_channel_does_not_blow_up(make_model: MakeModel) -> None:
    model = make_model()
    model.set_mel_statistics(torch.zeros(8), torch.zeros(8), model.decoder.harmonics)
    assert (model.mel_std >= 0.1).all()
