"""The autoregressive decoder: step by step it says what it was taught all at once, and it comes to an end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from tts.attention import AttentionConfig, StepwiseMonotonicMultiheadAttention
from tts.attention.decoding import Bounds, SoftPath
from tts.attention.gates import Gate, GatedPath
from tts.attention.mechanism import Path
from tts.attention.names import MECHANISMS
from tts.batch import Batch, TextBatch
from tts.models.acoustic import AcousticModel, Conditions
from tts.models.decoders.autoregressive import AutoregressiveDecoder, AutoregressiveDecoderConfig
from tts.models.decoders.decoder import TeacherForcing
from tts.models.decoders.transformer import CausalSelfAttention, LayerCache
from tts.models.losses import LossConfig, loss_terms

CAUSAL = [name for name, kind in MECHANISMS.items() if kind.causal and kind.__module__.startswith("tts.")]
MakeModel, MakeBatch = Callable[..., AcousticModel], Callable[..., Batch]


def config(**settings: Any) -> AutoregressiveDecoderConfig:
    attention = {"heads": 2, "head_dim": 8, "gate": "contrast", "selection": "threshold"}
    attention |= {key: settings.pop(key) for key in list(settings) if key in attention}
    small = {"layers": 2, "heads": 2, "window": 6, "feedforward": 24, "prenet": 12, "postnet_layers": 1}
    return AutoregressiveDecoderConfig(attention=AttentionConfig(**attention), **(small | settings))


def speaker(make_model: MakeModel, tunable: bool = True, **settings: Any) -> AcousticModel:
    model = make_model(decoder=config(**settings))
    for number, attention in enumerate(model.attentions):
        attention.focus.copy_(torch.tensor([0.7, 0.4 + 0.2 * number]))
    model.smma_tunable = tunable
    return model


def one(text: TextBatch, b: int) -> TextBatch:
    n = int(text.lengths[b])
    return TextBatch(
        *(getattr(text, name)[b : b + 1, :n] for name in ("symbols", "stress", "boundary")),
        text.lengths[b : b + 1],
        text.speaker[b : b + 1],
    )


def unbounded(
    attention: StepwiseMonotonicMultiheadAttention, text_lengths: Tensor, shortest: Tensor, longest: Tensor
) -> Path:
    """The expectation that training computes over all frames at once."""
    if isinstance(attention.gate, Gate):
        soft = SoftPath(text_lengths, shortest, longest, width=5, sharpness=1)
        return GatedPath(attention.gate, attention.monotonic, soft)
    return attention.path(Bounds(text_lengths, shortest, longest))


@pytest.mark.parametrize("tunable", [False, True], ids=["plain", "monotonic"])
@pytest.mark.parametrize("selection", ["focused", "threshold", "all"])
@pytest.mark.parametrize("gate", CAUSAL)
@pytest.mark.parametrize("reduction", [1, 3])
def test_step_by_step_equals_all_at_once(
    make_model: MakeModel, gate: str, selection: str, tunable: bool, reduction: int
) -> None:
    """With a cache and one step of the expectation at a time, on the same past."""
    model = speaker(make_model, tunable, gate=gate, selection=selection, reduction=reduction)
    decoder = model.decoder
    assert isinstance(decoder, AutoregressiveDecoder)
    torch.manual_seed(1)
    states, mel = torch.randn(3, 5, 16), torch.randn(3, 24, 8)
    text_lengths, lengths = torch.tensor([5, 2, 4]), torch.tensor([24, 24, 24])
    with torch.no_grad():
        expected = 9 * torch.rand(3, 5)
        teacher = TeacherForcing(mel, torch.zeros(3, 24), lengths, torch.zeros(3, 24, 5), reduction * expected)
        whole = decoder(states, text_lengths, teacher)
        text, unspent = decoder.positioned(states), torch.zeros(3, 5)
        free = torch.zeros(3, 5, dtype=torch.long), torch.full((3, 5), 24)
        caches = [
            LayerCache(a.project_text(text, text_lengths), unbounded(a, text_lengths, *free), unspent)
            for a in decoder.cross_attentions
        ]
        frame = decoder.go.expand(3, 1, -1)
        for g in range(24 // reduction):
            draft, stop, weights = decoder.step(frame, g, caches, expected, decoder.leading_layer)
            here = slice(g * reduction, (g + 1) * reduction)
            assert whole.draft is not None and whole.stop is not None
            torch.testing.assert_close(draft, whole.draft[:, here], rtol=1e-5, atol=1e-5)
            torch.testing.assert_close(stop, whole.stop[:, g], rtol=1e-5, atol=1e-5)
            torch.testing.assert_close(weights, whole.alignment[:, g * reduction], rtol=1e-5, atol=1e-5)
            frame = mel[:, (g + 1) * reduction - 1][:, None]


@pytest.mark.parametrize("own_past", [0.0, 1.0])
def test_training_reads_a_share_of_its_own_past(make_model: MakeModel, own_past: float) -> None:
    """Each step before is the recording's, or what the model without dropout makes of it; never another."""
    decoder = speaker(make_model, selection="focused", own_past=own_past).decoder
    assert isinstance(decoder, AutoregressiveDecoder)
    torch.manual_seed(2)
    states, mel = torch.randn(8, 5, 16), torch.randn(8, 40, 8)
    teacher = TeacherForcing(
        mel, torch.zeros(8, 40), torch.full((8,), 40), torch.zeros(8, 40, 5), torch.full((8, 5), 8.0)
    )
    pasts: list[Tensor] = []
    decoder.prenet.register_forward_pre_hook(lambda _, inputs: pasts.append(inputs[0]))
    with torch.no_grad():
        calm = decoder.eval()(states, torch.full((8,), 5), teacher)
    recorded = pasts.pop()
    decoder.train()(states, torch.full((8,), 5), teacher)
    assert calm.draft is not None and decoder.training
    is_recorded = (pasts[-1] == recorded).all(-1)
    own = (pasts[-1][:, 1:] - calm.draft[:, 1:-1:2]).abs().amax(-1) < 1e-5
    assert is_recorded[:, 0].all() and pasts[-1].requires_grad, "the first of all is learnt"
    assert (is_recorded[:, 1:] | own).all()
    assert own.any() == (own_past > 0) and not own.all()


@pytest.mark.parametrize("speed", [0.7, 1.0, 1.3])
@pytest.mark.parametrize("mode", ["soft", "hard"])
@pytest.mark.parametrize("selection", ["focused", "threshold"])
def test_a_batch_says_what_each_sentence_says_alone(
    make_model: MakeModel, make_batch: MakeBatch, selection: str, mode: str, speed: float
) -> None:
    model, text = speaker(make_model, selection=selection), make_batch([6, 3, 9], [20, 20, 20]).text
    model.decoder.mode = mode
    together = model.infer(text, speed=speed)
    for b in range(3):
        alone = model.infer(one(text, b), speed=speed)
        frames, tokens = int(alone.mel_lengths[0]), int(text.lengths[b])
        assert int(together.mel_lengths[b]) == frames
        torch.testing.assert_close(together.mel[b, :frames], alone.mel[0], rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(together.alignment[b, :frames, :tokens], alone.alignment[0], rtol=1e-4, atol=1e-4)
        assert torch.equal(together.durations[b, :tokens], alone.durations[0])
        assert bool(together.finished[b]) == bool(alone.finished[0])


@pytest.mark.parametrize("speed", [0.7, 1.0, 1.6])
def test_a_hard_path_is_whole_whatever_the_gates_say(
    make_model: MakeModel, make_batch: MakeBatch, speed: float
) -> None:
    """Every token is spoken, in order, to the end; random weights do not know how."""
    text = make_batch([6, 3, 9], [20, 20, 20]).text
    for seed in range(3):
        model = speaker(make_model, gate=("contrast", "sigmoid")[seed % 2])
        torch.manual_seed(seed)
        for attention in model.decoder.cross_attentions:
            attention.text_projection.weight.data.mul_(30)  # gates near 0 and 1, at random
        spoken = model.infer(text, speed=speed)
        assert spoken.finished.all()
        assert torch.equal(spoken.durations.sum(1), spoken.mel_lengths)
        if speed == 1:
            tokens = torch.arange(9) < text.lengths[:, None]
            assert (spoken.durations[tokens] > 0).all()
        assert not spoken.durations[torch.arange(9) >= text.lengths[:, None]].any()
        assert spoken.mel.shape[1] == spoken.mel_lengths.max()
        assert spoken.mel.isfinite().all()


@pytest.mark.parametrize("mode", ["soft", "hard"])
def test_bounds_on_each_token_s_stay_carry_on_a_path_that_would_never_move(
    make_model: MakeModel, make_batch: MakeBatch, mode: str
) -> None:
    model = speaker(make_model, gate="sigmoid")
    for attention in model.decoder.cross_attentions:
        attention.gate.bias.data.fill_(60.0)
    model.decoder.mode = mode
    assert model.infer(make_batch([6, 3], [20, 20]).text).finished.all()


def test_without_a_path_speech_that_does_not_stop_is_stopped_and_says_so(
    make_model: MakeModel, make_batch: MakeBatch
) -> None:
    model = speaker(make_model, tunable=False)
    model.decoder.stop.bias.data.fill_(-30.0)
    endless = model.infer(make_batch([6, 3], [20, 20]).text)
    assert not endless.finished.any()
    assert endless.mel_lengths.max() < 200


def test_the_stop_head_may_shorten_the_last_token_only(make_model: MakeModel, make_batch: MakeBatch) -> None:
    model, text = speaker(make_model, selection="focused"), make_batch([6], [20]).text
    lengths = {}
    for bias in (-30.0, 30.0):
        model.decoder.stop.bias.data.fill_(bias)
        spoken = model.infer(text)
        assert spoken.finished.all()
        lengths[bias] = spoken.durations[0]
    assert torch.equal(lengths[30.0][:-1], lengths[-30.0][:-1])
    assert lengths[30.0][-1] == model.decoder.config.reduction <= lengths[-30.0][-1]


def test_a_recording_s_durations_are_kept(make_model: MakeModel, make_batch: MakeBatch) -> None:
    model, batch = speaker(make_model), make_batch([4, 3], [20, 18])
    durations = torch.tensor([[4, 8, 2, 6], [6, 10, 2, 0]])
    spoken = model.infer(batch.text, durations=durations)
    assert spoken.finished.all()
    assert torch.equal(spoken.durations, durations)


def test_the_reference_steers_it(make_model: MakeModel, make_batch: MakeBatch) -> None:
    model, batch = speaker(make_model), make_batch([4], [20])
    plain = model.infer(batch.text, durations=torch.tensor([[4, 8, 2, 6]]))
    steered = model.infer(batch.text, prosody=torch.ones(1, 4, 2), durations=torch.tensor([[4, 8, 2, 6]]))
    assert not torch.allclose(plain.mel, steered.mel)


@pytest.mark.parametrize("tunable", [False, True], ids=["plain", "monotonic"])
def test_every_part_is_trained(make_model: MakeModel, make_batch: MakeBatch, tunable: bool) -> None:
    model, batch = speaker(make_model, tunable), make_batch([6, 3], [20, 26])
    model.train()
    loss, terms = loss_terms(LossConfig(guided=0.1), 0, model(batch, Conditions(prior=0.5)), batch)
    assert set(terms) == {"mel", "draft", "sketch", "stop", "forward_sum", "guided", "duration", "prosody"}
    assert isinstance(model.decoder, AutoregressiveDecoder)
    loss.backward()
    assert model.decoder.go.grad is not None and model.decoder.go.grad.any()
    still = {name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()}
    assert still <= {"text_encoder.symbol.weight"}, still


def test_no_step_sees_what_comes_after_it() -> None:
    torch.manual_seed(0)
    attention = CausalSelfAttention(16, 4, window=5)
    x = torch.randn(1, 12, 16, requires_grad=True)
    attention(x)[0, 7].sum().backward()
    assert x.grad is not None
    reached = x.grad[0].abs().sum(1) > 0
    assert reached.tolist() == [3 <= step <= 7 for step in range(12)]
