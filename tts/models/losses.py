"""The terms of the training loss, each with its own weight or schedule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.attention import chain_log_z
from tts.attention.masks import length_mask, masked_mean
from tts.batch import Batch
from tts.errors import UserError
from tts.models.acoustic import AcousticModel, AcousticOutput, Conditions
from tts.models.decoders.decoder import Crossing
from tts.models.predictors.pitch import PitchPrediction, octaves_of
from tts.settings.schedule import Schedule, check_schedule, value_at

LAST_STEP = 8.0
SETTINGS = ("blank", "guided_width")
"""What is no weight among the losses' keys."""


@dataclass(frozen=True)
class LossConfig:
    """Weight of each term: a number, or `[step, weight]` points. A term of weight 0 is not computed, nor is one of a
    part that the model lacks, nor those of the alignment where the batch gives it."""

    mel: Schedule = 1.0
    """L1 on the mel, in standard deviations of each channel."""
    draft: Schedule = 1.0
    """The same before the post-net of the autoregressive decoder."""
    sketch: Schedule = 1.0
    """The same on the rough mel along the alignment, of the autoregressive decoder."""
    stop: Schedule = 0.1
    """Cross-entropy of the speech being over, of the autoregressive decoder; the one last step counts for many."""
    forward_sum: Schedule = 0.1
    """−log Z per frame of the softmax over text (Badlani et al. 2021): every path through the text counts. Mean over
    the attentions of the model."""
    blank: float | None = None
    """forward_sum: log weight of a frame that belongs to no token; without, none does."""
    guided: Schedule = 0.0
    """Guided attention (Tachibana et al. 2018, arXiv 1710.08969): weight far from the diagonal costs."""
    duration: Schedule = 0.1
    """Squared error of the log durations."""
    pitch: Schedule = 0.2
    """Error of the predicted pitch in octaves over voiced frames, and cross-entropy of the voicing."""
    prosody: Schedule = 0.5
    """Squared error of the predicted bottleneck."""
    guided_width: float = 0.2
    """Of the diagonal, as a share of the length."""

    def __post_init__(self) -> None:
        for field in fields(self):
            if field.name not in SETTINGS:
                check_schedule(getattr(self, field.name))
        if self.guided_width <= 0:
            raise ValueError(f"guided_width must be above 0, got {self.guided_width}")

    def weights_at(self, step: int) -> dict[str, float]:
        return {f.name: value_at(getattr(self, f.name), step) for f in fields(self) if f.name not in SETTINGS}


@dataclass
class StepReport:
    """What there is to see of one training step, without gradients."""

    terms: dict[str, Tensor]
    """Each computed term of the loss, unweighted."""
    alignment: Tensor
    """`[B, T, N]`; the one the decoder read."""
    heads: Tensor
    """`[B, H, T, N]`; of the attention that `alignment` comes from, over steps where a step is several frames."""
    focus: Tensor
    """`[H]`."""


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
            alignment=output.alignment.detach(),
            heads=output.leading.heads.detach(),
            focus=output.leading.focus.detach(),
        )


def loss_terms(config: LossConfig, step: int, output: AcousticOutput, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
    """The weighted sum, and each computed term unweighted, by name."""
    text_lengths, mel_lengths = batch.text.lengths, batch.mel_lengths
    frames = length_mask(mel_lengths, batch.mel.shape[1])
    tokens = length_mask(text_lengths, batch.text.symbols.shape[1])

    decoded = output.decoded
    target = decoded.mel - output.error
    attentions = [Crossing(output.attention, mel_lengths), *decoded.crossings]

    def l1(mel: Tensor) -> Tensor:
        return masked_mean((mel - target).abs().mean(-1), frames)

    def duration() -> Tensor:
        wanted = output.durations.clamp(min=1).float().log()
        return masked_mean((output.log_durations - wanted).square(), tokens)

    def prosody() -> Tensor:
        return masked_mean((output.predicted_prosody - output.prosody.detach()).float().square().mean(-1), tokens)

    available: dict[str, Callable[[], Tensor]] = {
        "mel": partial(l1, decoded.mel),
        "duration": duration,
        "prosody": prosody,
    }
    if batch.durations is None:
        available |= {
            "forward_sum": lambda: torch.stack([forward_sum(a, text_lengths, config.blank) for a in attentions]).mean(),
            "guided": lambda: torch.stack([guided(a, text_lengths, config.guided_width) for a in attentions]).mean(),
        }
    if decoded.pitch is not None:
        available["pitch"] = partial(pitch_error, decoded.pitch, batch.pitch, frames)
    if decoded.draft is not None:
        available["draft"] = partial(l1, decoded.draft)
    if decoded.sketch is not None:
        available["sketch"] = partial(l1, decoded.sketch)
    if decoded.stop is not None:
        available["stop"] = partial(stop_error, decoded.stop, decoded.crossings[0].steps)
    weights = {name: weight for name, weight in config.weights_at(step).items() if weight and name in available}
    if not weights:
        raise UserError(f"loss: every weight is 0 at step {step}; give one of {', '.join(available)} a weight")
    terms = {name: available[name]() for name in weights}
    total = torch.stack([weights[name] * term for name, term in terms.items()]).sum()
    return total, terms


def forward_sum(crossing: Crossing, text_lengths: Tensor, blank: float | None) -> Tensor:
    """−log Z per frame (or step) of an attention's monotonic heads."""
    log_z = chain_log_z(crossing.attention, text_lengths, crossing.steps, blank)
    return (-log_z / crossing.steps[:, None]).mean()


def guided(crossing: Crossing, text_lengths: Tensor, width: float) -> Tensor:
    """Mean weight of an attention's heads off the diagonal of `width`."""
    weights = crossing.attention.heads.mean(1)
    penalty = guided_attention_penalty(text_lengths, crossing.steps, weights.shape[1], weights.shape[2], width)
    return (weights * penalty).sum() / crossing.steps.sum()


def pitch_error(predicted: PitchPrediction, pitch: Tensor, frames: Tensor) -> Tensor:
    """Mean error in octaves over the voiced frames of `pitch` `[B, T]`, and cross-entropy of the voicing."""
    voiced = pitch > 0
    error = (predicted.octaves - octaves_of(pitch)).abs() * voiced
    voicing = F.binary_cross_entropy_with_logits(predicted.voicing, voiced.float(), reduction="none")
    return error.sum() / voiced.sum().clamp(min=1) + masked_mean(voicing, frames)


def stop_error(logits: Tensor, steps: Tensor) -> Tensor:
    """Cross-entropy of `[B, G]` with being over at the last step, which counts `LAST_STEP` times."""
    inside = length_mask(steps, logits.shape[1])
    last = F.one_hot(steps - 1, logits.shape[1]).float()
    weight = 1 + (LAST_STEP - 1) * last
    error = F.binary_cross_entropy_with_logits(logits, last, weight, reduction="none")
    return masked_mean(error, inside)


def guided_attention_penalty(
    text_lengths: Tensor, mel_lengths: Tensor, frames: int, tokens: int, width: float
) -> Tensor:
    """1 − exp(−(n/N − t/T)² / 2g²), `[B, T, N]`."""
    n = torch.arange(tokens, device=text_lengths.device) / text_lengths[:, None]
    t = torch.arange(frames, device=mel_lengths.device) / mel_lengths[:, None]
    return 1 - torch.exp(-((n[:, None, :] - t[:, :, None]) ** 2) / (2 * width**2))
