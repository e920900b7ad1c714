"""Recordings without the highest mel channels teach nothing about those, and nothing that is read can tell them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from tests.models.conftest import N_MELS
from tts.batch import Batch
from tts.models.acoustic import AcousticModel, Conditions
from tts.models.decoders import DecoderConfig, ParallelDecoderConfig
from tts.models.decoders.autoregressive import AutoregressiveDecoderConfig
from tts.models.decoders.parallel import PitchConfig
from tts.models.losses import TERMS, LossConfig, loss_terms

MakeModel, MakeBatch = Callable[..., AcousticModel], Callable[..., Batch]
DECODERS: dict[str, DecoderConfig] = {
    "parallel": ParallelDecoderConfig(layers=2, kernel=3, pitch=PitchConfig(layers=1, kernel=3)),
    "autoregressive": AutoregressiveDecoderConfig(layers=1, heads=2, prenet=8, feedforward=16, postnet_layers=1),
}
FILLED = torch.tensor([5, N_MELS, 6])


def reading_five_channels(model: AcousticModel) -> AcousticModel:
    model.decoder.visible_channels = 5
    model.config = replace(model.config, visible_channels=5)
    return model


@pytest.fixture(params=DECODERS)
def model(request: pytest.FixtureRequest, make_model: MakeModel) -> AcousticModel:
    return reading_five_channels(make_model(decoder=DECODERS[request.param]))


def with_other_highs(batch: Batch, of: Tensor) -> Batch:
    """The batch with noise in channels from `of` `[B]` on."""
    noise = torch.randn(batch.mel.shape, generator=torch.Generator().manual_seed(9))
    above = torch.arange(N_MELS) >= of[:, None]
    return replace(batch, mel=torch.where(above[:, None], noise, batch.mel))


def loss_and_gradients(model: AcousticModel, batch: Batch) -> tuple[Tensor, list[Tensor]]:
    model.zero_grad()
    model.smma_tunable = True
    torch.manual_seed(0)
    loss, _ = loss_terms(LossConfig(), 0, model(batch, Conditions()), batch)
    loss.backward()
    return loss.detach(), [p.grad.clone() for p in model.parameters() if p.grad is not None]


def test_what_is_missing_has_no_part_in_losses_and_gradients(model: AcousticModel, make_batch: MakeBatch) -> None:
    batch = replace(make_batch([6, 3, 8], [20, 26, 22]), channels=FILLED)
    loss, gradients = loss_and_gradients(model, batch)
    other_loss, others = loss_and_gradients(model, with_other_highs(batch, FILLED))
    assert torch.equal(loss, other_loss)
    assert all(torch.equal(a, b) for a, b in zip(gradients, others, strict=True))
    changed, _ = loss_and_gradients(model, with_other_highs(batch, FILLED - 1))
    assert not torch.equal(loss, changed)


def test_no_mel_is_drawn_anywhere_in_channels_that_are_missing(model: AcousticModel, make_batch: MakeBatch) -> None:
    """The decoder's drafts have no target there: a made mel in its place would carry them off without bound."""
    batch = replace(make_batch([6, 3, 8], [20, 26, 22]), channels=FILLED)
    output = model(batch, Conditions())
    missing = batch.missing_channels
    assert missing is not None
    for name, mel in vars(output.decoded).items():
        if name not in ("mel", "draft", "auxiliary_mel") or mel is None:
            continue
        (gradient,) = torch.autograd.grad(output.error_of(mel).abs().sum(), mel, retain_graph=True)
        assert torch.equal(gradient == 0, missing.expand_as(mel)), name
        term = {"auxiliary_mel": "sketch"}.get(name, name)
        moved = replace(output.decoded, **{name: mel + missing * 9.0})
        one, two = (TERMS[term](replace(output, decoded=d), batch, LossConfig()) for d in (output.decoded, moved))
        assert one is not None and two is not None and torch.equal(one, two), name


def test_where_all_channels_are_filled_nothing_differs(model: AcousticModel, make_batch: MakeBatch) -> None:
    batch = make_batch([6, 3], [20, 26])
    filled = replace(batch, channels=torch.tensor([N_MELS, N_MELS]))
    for one, other in zip(loss_and_gradients(model, batch), loss_and_gradients(model, filled), strict=True):
        assert (
            all(torch.equal(a, b) for a, b in zip(one, other, strict=True)) if isinstance(one, list) else one == other
        )


def test_channels_that_some_lack_are_made_but_never_read(model: AcousticModel, make_batch: MakeBatch) -> None:
    batch = make_batch([6, 3, 8], [20, 26, 22])
    other = with_other_highs(batch, torch.tensor([5, 5, 5]))
    one, two = (model(b, Conditions()) for b in (batch, other))
    assert torch.equal(one.mel, two.mel) and torch.equal(one.prosody, two.prosody)
    assert torch.equal(model.style_of(batch.mel, batch.mel_lengths), model.style_of(other.mel, other.mel_lengths))
    spoken = model.infer(batch.text)
    assert spoken.mel.shape[-1] == N_MELS and spoken.mel[..., 5:].std() > 0


def test_the_variance_of_what_is_missing_is_the_models_own(make_model: MakeModel, make_batch: MakeBatch) -> None:
    model = reading_five_channels(make_model(decoder=DECODERS["parallel"])).train()
    model.smma_tunable = True
    batch = replace(make_batch([6, 3, 8], [20, 26, 22]), channels=FILLED)
    for b in (batch, with_other_highs(batch, FILLED)):
        torch.manual_seed(0)
        model.variance.seen.zero_()
        model(b, Conditions(predicted_prosody=True))
        model.update_statistics()
        if b is batch:
            first = model.variance.recorded.clone()
    assert torch.equal(first, model.variance.recorded) and first.any()
