"""The terms of the training loss, each with its own weight or schedule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.attention import AttentionOutput, chain_log_z
from tts.attention.latency import average_lagging, spread
from tts.attention.masks import length_mask, masked_mean
from tts.batch import Batch
from tts.errors import UserError
from tts.models.acoustic import AcousticModel, AcousticOutput, Conditions
from tts.models.predictors.pitch import octaves_of
from tts.settings.schedule import Schedule, check_schedule, value_at
from tts.settings.schema import nearest

LAST_STEP = 8.0
SETTINGS = ("guided_width", "terms")
"""Fields of the settings that are no weights of built-in terms."""


@dataclass(frozen=True)
class LossConfig:
    """Weight of each term: a number, or `[step, weight]` points. A term of weight 0 is not computed, nor is one of a
    part that the model lacks, nor those of the alignment where the batch gives it."""

    retired: ClassVar[dict[str, object]] = {"blank": None}

    mel: Schedule = 1.0
    """Weight of the L1 distance between predicted and recorded mel, in standard deviations of each channel."""
    draft: Schedule = 1.0
    """Weight of the same distance before the post-net of the autoregressive decoder."""
    sketch: Schedule = 1.0
    """Weight of the same distance for the autoregressive decoder's auxiliary mel, made along the recording's
    alignment."""
    stop: Schedule = 0.1
    """Weight of the cross-entropy of the autoregressive decoder's stop token; the one last step counts for many."""
    forward_sum: Schedule = 0.1
    """Weight of the forward-sum loss (Badlani et al. 2021), which teaches the alignment: −log of the probability of
    all paths through the text, per frame. Mean over the model's attentions."""
    guided: Schedule = 0.0
    """Weight of the guided attention loss (Tachibana et al. 2018, arXiv 1710.08969): attention far from the diagonal
    costs."""
    latency: Schedule = 0.0
    """Weight of the tokens by which monotonic pointers run ahead of an even pace (Ma et al. 2019), for `monotonic`,
    `mocha` and `lookback`."""
    latency_spread: Schedule = 0.0
    """Weight of the variance, in tokens squared, of where the heads' pointers are (Ma et al. 2019)."""
    duration: Schedule = 0.1
    """Weight of the squared error of predicted log durations."""
    pitch: Schedule = 0.2
    """Weight of the error of predicted pitch, in octaves over voiced frames, plus the cross-entropy of voicing."""
    prosody: Schedule = 0.5
    """Weight of the squared error of the prosody that is predicted from text."""
    speaker: Schedule = 1.0
    """Weight of the squared error of the speaker that is heard from the recording (`model.speaker_encoder`)."""
    guided_width: float = 0.2
    """How far from the diagonal `guided` leaves attention alone, as a share of the length; more allows more."""
    terms: dict[str, Schedule] = field(default_factory=dict)
    """Weights of terms that packages of yours define (`loss_term`), by name: loss.terms.NAME=0.5."""

    def __post_init__(self) -> None:
        own = [field.name for field in fields(self) if field.name not in SETTINGS]
        for name in own:
            check_schedule(getattr(self, name))
        for name, weight in self.terms.items():
            if name in own:
                raise ValueError(f"terms.{name}: this term comes with the package; give its weight as {name}")
            if name not in TERMS:
                raise ValueError(
                    f"terms.{name}: there is no such term{nearest(name, TERMS)}; where a package of yours defines it, "
                    "name that with plugins=[PACKAGE]"
                )
            check_schedule(weight)
        if self.guided_width <= 0:
            raise ValueError(f"guided_width must be above 0, got {self.guided_width}")

    def weights_at(self, step: int) -> dict[str, float]:
        schedules = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in SETTINGS} | self.terms
        return {name: value_at(schedule, step) for name, schedule in schedules.items()}


LossTerm = Callable[[AcousticOutput, Batch, LossConfig], Tensor | None]
"""A scalar; None where the model lacks the part, or the batch gives what is to be learnt."""
TERMS: dict[str, LossTerm] = {}


def loss_term(name: str) -> Callable[[LossTerm], LossTerm]:
    """Decorator that offers a term of the loss by name; its weight is `loss.terms.NAME`.

    The function gets an `AcousticOutput`, the `Batch` and the `LossConfig`, and returns a tensor without dimensions, or
    None where the model lacks the part or the batch gives what is to be learnt.

    Raises
    ------
    ValueError: another module offers a term of this name.
    """

    def offer(term: LossTerm) -> LossTerm:
        there = TERMS.get(name)
        if there is not None and there.__module__ != term.__module__:
            raise ValueError(f"loss term {name}: offered by {there.__module__} already; take another name")
        TERMS[name] = term
        return term

    return offer


@dataclass
class StepReport:
    """What is logged of one training step, without gradients."""

    terms: dict[str, Tensor]
    """Each computed term of the loss, unweighted."""
    mel: Tensor
    """float32 `[B, T, M]`; log-mel, reconstructed."""
    alignment: Tensor
    """`[B, T, N]`; the one the decoder read."""
    heads: Tensor
    """`[B, H, T, N]`; of the attention that `alignment` comes from, over steps where a step is several frames."""
    focus: Tensor
    """`[H]`; focus rate of each head in this step, 0 to 1."""


class Objective(nn.Module):
    """Model and loss in one forward, so that parallel training sees which parameters a step used."""

    def __init__(self, model: AcousticModel, config: LossConfig) -> None:
        super().__init__()
        self.model, self.config = model, config

    def forward(self, batch: Batch, conditions: Conditions, step: int) -> tuple[Tensor, StepReport]:
        """The weighted loss and what led to it."""
        output = self.model(batch, conditions)
        loss, terms = loss_terms(self.config, step, output, batch)
        return loss, StepReport(
            terms={name: term.detach() for name, term in terms.items()},
            mel=output.mel.detach(),
            alignment=output.alignment.detach(),
            heads=output.leading.heads.detach(),
            focus=output.leading.focus.detach(),
        )


def loss_terms(config: LossConfig, step: int, output: AcousticOutput, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
    """The weighted sum, and each computed term unweighted, by name.

    Raises
    ------
    UserError: no term has a weight, or a term is not one number.
    """
    weights = {name: weight for name, weight in config.weights_at(step).items() if weight}
    computed = {name: TERMS[name](output, batch, config) for name in weights}
    terms = {name: term for name, term in computed.items() if term is not None}
    for name, term in terms.items():
        if term.ndim:
            raise UserError(
                f"loss.terms.{name}: {TERMS[name].__module__} gives a tensor of shape {tuple(term.shape)}; let it give "
                "one number, such as the mean"
            )
    if not terms:
        available = [name for name, term in TERMS.items() if term(output, batch, config) is not None]
        raise UserError(f"loss: every weight is 0 at step {step}; give one of {', '.join(available)} a weight")
    total = torch.stack([weights[name] * term for name, term in terms.items()]).sum()
    return total, terms


def _l1(mel: Tensor, output: AcousticOutput, batch: Batch) -> Tensor:
    """Of a mel `[B, T, M]`, normalised."""
    return masked_mean(output.error_of(mel).abs().mean(-1), length_mask(batch.mel_lengths, batch.mel.shape[1]))


def _tokens(batch: Batch) -> Tensor:
    return length_mask(batch.text.lengths, batch.text.symbols.shape[1])


@loss_term("mel")
def mel_error(output: AcousticOutput, batch: Batch, config: LossConfig) -> Tensor:
    return _l1(output.decoded.mel, output, batch)


@loss_term("draft")
def draft_error(output: AcousticOutput, batch: Batch, config: LossConfig) -> Tensor | None:
    return None if output.decoded.draft is None else _l1(output.decoded.draft, output, batch)


@loss_term("sketch")
def auxiliary_error(output: AcousticOutput, batch: Batch, config: LossConfig) -> Tensor | None:
    return None if output.decoded.auxiliary_mel is None else _l1(output.decoded.auxiliary_mel, output, batch)


@loss_term("stop")
def stop_error(output: AcousticOutput, batch: Batch, config: LossConfig) -> Tensor | None:
    """Cross-entropy of the stop logits `[B, G]`, one at the last step, which counts `LAST_STEP` times."""
    logits = output.decoded.stop
    if logits is None:
        return None
    steps = output.decoded.cross_attentions[0].mel_lengths
    last = F.one_hot(steps - 1, logits.shape[1]).float()
    weight = 1 + (LAST_STEP - 1) * last
    error = F.binary_cross_entropy_with_logits(logits, last, weight, reduction="none")
    return masked_mean(error, length_mask(steps, logits.shape[1]))


@loss_term("forward_sum")
def forward_sum(output: AcousticOutput, batch: Batch, config: LossConfig) -> Tensor | None:
    """−log Z per frame (or step) of the monotonic heads, mean over the attentions."""
    if batch.durations is not None:
        return None

    def term(attention: AttentionOutput) -> Tensor:
        log_z = chain_log_z(attention, batch.text.lengths, attention.mel_lengths)
        return (-log_z / attention.mel_lengths[:, None]).mean()

    return torch.stack([term(attention) for attention in _attentions(output)]).mean()


@loss_term("guided")
def guided(output: AcousticOutput, batch: Batch, config: LossConfig) -> Tensor | None:
    """Mean weight of the heads off the diagonal, mean over the attentions."""
    if batch.durations is not None:
        return None

    def term(attention: AttentionOutput) -> Tensor:
        weights, steps = attention.heads.mean(1), attention.mel_lengths
        _, frames, tokens = weights.shape
        penalty = guided_attention_penalty(batch.text.lengths, steps, frames, tokens, config.guided_width)
        return (weights * penalty).sum() / steps.sum()

    return torch.stack([term(attention) for attention in _attentions(output)]).mean()


@loss_term("latency")
def latency(output: AcousticOutput, batch: Batch, config: LossConfig) -> Tensor | None:
    pointers = _pointers(output)
    if not pointers:
        return None
    return torch.stack([average_lagging(p, batch.text.lengths, lengths) for p, lengths in pointers]).mean()


@loss_term("latency_spread")
def latency_spread(output: AcousticOutput, batch: Batch, config: LossConfig) -> Tensor | None:
    pointers = _pointers(output)
    return torch.stack([spread(p, lengths) for p, lengths in pointers]).mean() if pointers else None


@loss_term("duration")
def duration_error(output: AcousticOutput, batch: Batch, config: LossConfig) -> Tensor:
    wanted = output.durations.clamp(min=1).float().log()
    return masked_mean((output.log_durations - wanted).square(), _tokens(batch))


@loss_term("pitch")
def pitch_error(output: AcousticOutput, batch: Batch, config: LossConfig) -> Tensor | None:
    """Mean error in octaves over the voiced frames of the batch's pitch, and cross-entropy of the voicing."""
    predicted = output.decoded.pitch
    if predicted is None:
        return None
    voiced = batch.pitch > 0
    error = (predicted.octaves - octaves_of(batch.pitch)).abs() * voiced
    voicing = F.binary_cross_entropy_with_logits(predicted.voicing, voiced.float(), reduction="none")
    frames = length_mask(batch.mel_lengths, batch.mel.shape[1])
    return error.sum() / voiced.sum().clamp(min=1) + masked_mean(voicing, frames)


@loss_term("prosody")
def prosody_error(output: AcousticOutput, batch: Batch, config: LossConfig) -> Tensor:
    error = (output.predicted_prosody - output.prosody.detach()).float().square().mean(-1)
    return masked_mean(error, _tokens(batch))


@loss_term("speaker")
def speaker_error(output: AcousticOutput, batch: Batch, config: LossConfig) -> Tensor | None:
    return None if output.misheard is None else output.misheard.mean()


def _pointers(output: AcousticOutput) -> list[tuple[Tensor, Tensor]]:
    """Pointers `[B, h, T, N]` of the attentions that have some, and the frames or steps of each utterance."""
    return [(a.pointer, a.mel_lengths) for a in _attentions(output) if a.pointer is not None]


def _attentions(output: AcousticOutput) -> list[AttentionOutput]:
    return [output.attention, *output.decoded.cross_attentions]


def guided_attention_penalty(
    text_lengths: Tensor, mel_lengths: Tensor, frames: int, tokens: int, width: float
) -> Tensor:
    """1 − exp(−(n/N − t/T)² / 2g²), `[B, T, N]`."""
    n = torch.arange(tokens, device=text_lengths.device) / text_lengths[:, None]
    t = torch.arange(frames, device=mel_lengths.device) / mel_lengths[:, None]
    return 1 - torch.exp(-((n[:, None, :] - t[:, :, None]) ** 2) / (2 * width**2))
