"""The terms of the training loss, each with its own weight or schedule."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.attention import chain_log_z
from tts.attention.masks import length_mask
from tts.data.batch import Batch
from tts.errors import UserError
from tts.models.acoustic import AcousticModel, AcousticOutput, Conditions
from tts.models.pitch import octaves_of
from tts.schedule import Schedule, check_schedule, value_at


@dataclass(frozen=True)
class LossConfig:
    """Weight of each term: a number, or `[step, weight]` points. A term of weight 0 is not computed."""

    mel: Schedule = 1.0
    """L1 on the mel, in standard deviations of each channel."""
    forward_sum: Schedule = 0.1
    """−log Z per frame of the softmax over text (Badlani et al. 2021): every path through the text counts."""
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
            check_schedule(getattr(self, field.name))

    def weights_at(self, step: int) -> dict[str, float]:
        return {f.name: value_at(getattr(self, f.name), step) for f in fields(self) if f.name != "guided_width"}


@dataclass
class StepReport:
    """What there is to see of one training step, without gradients."""

    terms: dict[str, Tensor]
    """Each computed term of the loss, unweighted."""
    alignment: Tensor
    """`[B, T, N]`; the one the decoder read."""
    heads: Tensor
    """`[B, H, T, N]`."""
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
            heads=output.attention.heads.detach(),
            focus=output.attention.focus.detach(),
        )


def loss_terms(config: LossConfig, step: int, output: AcousticOutput, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
    """The weighted sum, and each computed term unweighted, by name."""
    text_lengths, mel_lengths = batch.text.lengths, batch.mel_lengths
    frames = length_mask(mel_lengths, batch.mel.shape[1])
    tokens = length_mask(text_lengths, batch.text.symbols.shape[1])

    def mel() -> Tensor:
        return output.error.abs().mean(-1)[frames].mean()

    def forward_sum() -> Tensor:
        log_z = chain_log_z(output.attention, text_lengths, mel_lengths)
        return (-log_z / mel_lengths[:, None]).mean()

    def guided() -> Tensor:
        penalty = guided_attention_penalty(
            text_lengths, mel_lengths, frames.shape[1], tokens.shape[1], config.guided_width
        )
        return (output.attention.heads.mean(1) * penalty).sum() / frames.sum()

    def duration() -> Tensor:
        target = output.durations.clamp(min=1).float().log()
        return (output.log_durations - target).square()[tokens].mean()

    def pitch() -> Tensor:
        voiced = batch.pitch > 0
        error = (output.pitch.octaves - octaves_of(batch.pitch)).abs() * voiced
        voicing = F.binary_cross_entropy_with_logits(output.pitch.voicing[frames], voiced[frames].float())
        return error.sum() / voiced.sum().clamp(min=1) + voicing

    def prosody() -> Tensor:
        return (output.predicted_prosody - output.prosody.detach()).float().square().mean(-1)[tokens].mean()

    available = {f.__name__: f for f in (mel, forward_sum, guided, duration, pitch, prosody)}
    weights = {name: weight for name, weight in config.weights_at(step).items() if weight}
    if not weights:
        raise UserError(f"loss: every weight is 0 at step {step}; give one of {', '.join(available)} a weight")
    terms = {name: available[name]() for name in weights}
    total = torch.stack([weights[name] * term for name, term in terms.items()]).sum()
    return total, terms


def guided_attention_penalty(
    text_lengths: Tensor, mel_lengths: Tensor, frames: int, tokens: int, width: float
) -> Tensor:
    """1 − exp(−(n/N − t/T)² / 2g²), `[B, T, N]`."""
    n = torch.arange(tokens, device=text_lengths.device) / text_lengths[:, None]
    t = torch.arange(frames, device=mel_lengths.device) / mel_lengths[:, None]
    return 1 - torch.exp(-((n[:, None, :] - t[:, :, None]) ** 2) / (2 * width**2))
