"""How well a head attends: focus rate (sharpness), and what it does not measure, order."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from tts.attention.masks import length_mask


def focus_rate(weights: Tensor, mel_lengths: Tensor) -> Tensor:
    """Mean over valid frames of the largest weight on text, `[H]` (FastSpeech, arXiv 1905.09263); 1 is sharpest.

    `weights` `[B, H, T, N]` sum to one over the text in every valid frame.
    """
    mask = length_mask(mel_lengths, weights.shape[2])[:, None]
    peaks = weights.amax(-1) * mask
    return peaks.sum((0, 2)) / mask.sum()


@dataclass(frozen=True)
class PathReport:
    """Read off the most attended token of every frame; each `[B]`."""

    monotonicity: Tensor
    """Share of steps between frames that stay or move on by one."""
    skipped: Tensor
    """Tokens that no frame attends most."""
    repeated: Tensor
    """Returns: steps back to an earlier token."""
    unfinished: Tensor
    """Tokens from where the last frame is to the last token."""


def inspect_path(alignment: Tensor, text_lengths: Tensor, mel_lengths: Tensor) -> PathReport:
    """What goes wrong along an alignment `[B, T, N]`: focus rate measures none of it."""
    path = alignment.argmax(-1)
    frames = length_mask(mel_lengths, path.shape[1])
    steps, valid = path.diff(dim=1), frames[:, 1:]
    in_order = ((steps == 0) | (steps == 1)) & valid
    attended = torch.zeros(alignment.shape[0], alignment.shape[2], device=alignment.device)
    attended.scatter_reduce_(1, path, frames.to(attended.dtype), "amax")
    tokens = length_mask(text_lengths, alignment.shape[2])
    end = path.gather(1, (mel_lengths - 1)[:, None])[:, 0]
    return PathReport(
        monotonicity=in_order.sum(1) / valid.sum(1).clamp(min=1),
        skipped=((attended == 0) & tokens).sum(1),
        repeated=((steps < 0) & valid).sum(1),
        unfinished=text_lengths - 1 - end,
    )
