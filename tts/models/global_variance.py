"""Global variance: a mel averaged by its loss gets the variance of recordings back (Toda and Tokuda 2007).

B batch, T frames, M mel channels, S speakers.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from tts.audio.transforms import create_dct
from tts.models.statistics import RunningUpdate, running_means

MOMENTUM = 0.99
MOST = 2.0
"""Bound of the gain: beyond it the estimate is off, not the mel."""


class GlobalVariance(nn.Module):
    """Variance of the cepstral coefficients of mels within an utterance, in recordings and in the model's output.

    An L1 loss predicts the median of all likely mels, which is flatter than any of them. The cosine transform over the
    channels separates kinds of flatness: broad tilts come out right, formants a third too weak.
    """

    per_speaker: ClassVar[tuple[str, ...]] = ("recorded", "spoken", "seen")
    cosines: Tensor
    recorded: Tensor
    spoken: Tensor
    seen: Tensor

    def __init__(self, n_mels: int, speakers: int) -> None:
        super().__init__()
        with torch.device("cpu"):  # on the meta device, where a file's shapes are checked, it imports the compiler
            cosines = create_dct(n_mels, n_mels, norm="ortho")
        self.register_buffer("cosines", cosines, persistent=False)
        self.register_buffer("recorded", torch.zeros(speakers, n_mels))
        self.register_buffer("spoken", torch.zeros(speakers, n_mels))
        self.register_buffer("seen", torch.zeros(speakers, 2))

    @torch.no_grad()
    def updates(self, recorded: Tensor, spoken: Tensor, frames: Tensor, speaker: Tensor) -> list[RunningUpdate]:
        """The updates by log-mels `[B, T, M]` of the same utterances, where `frames` `[B, T]` is true."""
        updates = []
        for known, seen, mel in ((self.recorded, self.seen[:, 0], recorded), (self.spoken, self.seen[:, 1], spoken)):
            with torch.autocast(mel.device.type, enabled=False):  # the finest coefficients vary by less than bfloat16
                variance = self._spread(mel.float() @ self.cosines, frames)[1]
            updates.append(running_means(known, seen, variance, speaker, MOMENTUM))
        return updates

    @property
    def gain(self) -> Tensor:
        """What each speaker's coefficients lack, as a factor, `[S, M]`."""
        gain = (self.recorded / self.spoken.clamp(min=1e-8)).sqrt().clamp(1.0, MOST)
        gain = torch.where(self.spoken > 0, gain, 1.0)
        gain[:, 0] = 1.0  # loudness
        return gain

    def mean(self, mel: Tensor, frames: Tensor) -> Tensor:
        """Of log-mels `[B, T, M]` where `frames` `[B, T]` is true, as cepstra `[B, 1, M]`."""
        return self._spread(mel @ self.cosines, frames)[0]

    def restore(self, mel: Tensor, mean: Tensor, gain: Tensor, strength: float) -> Tensor:
        """Log-mels `[B, T, M]` with `strength`, from 0 to 1, of the variance about `mean` that they lack by `gain`
        `[B, M]`."""
        cepstrum = mel @ self.cosines
        return ((cepstrum - mean) * gain[:, None] ** strength + mean) @ self.cosines.T

    @staticmethod
    def _spread(cepstrum: Tensor, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Mean `[B, 1, M]` and variance `[B, M]` over an utterance's own frames."""
        mask = frames[..., None].to(cepstrum.dtype)
        count = mask.sum(1, keepdim=True).clamp(min=1)
        mean = (cepstrum * mask).sum(1, keepdim=True) / count
        return mean, ((cepstrum - mean).square() * mask).sum(1) / count[:, 0]
