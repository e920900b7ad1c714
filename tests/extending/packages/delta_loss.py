"""A loss term: how the mel changes from frame to frame."""

from __future__ import annotations

from torch import Tensor

from tts.attention.masks import length_mask, masked_mean
from tts.batch import Batch
from tts.models.acoustic import AcousticOutput
from tts.models.losses import LossConfig, loss_term


@loss_term("delta")
def delta(output: AcousticOutput, batch: Batch, config: LossConfig) -> Tensor:
    """L1 error of differences between frames, in standard deviations of each channel."""
    error = output.error.diff(dim=1).abs().mean(-1)  # [B, T − 1]
    return masked_mean(error, length_mask(batch.mel_lengths - 1, error.shape[1]))
