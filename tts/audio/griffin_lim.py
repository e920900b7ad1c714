"""Log-mel frames back to a waveform, with no training: the fast Griffin-Lim algorithm."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.audio import transforms
from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel


class GriffinLim(nn.Module):
    """Mel inversion by pseudo-inverse, then phase recovery by fast Griffin-Lim.

    Perraudin, Balazs, Søndergaard 2013, *A fast Griffin-Lim algorithm*. The start has zero phase, so the same
    mel always gives the same waveform.
    """

    basis_inverse: Tensor

    def __init__(self, audio: AudioConfig, iterations: int = 60, momentum: float = 0.99) -> None:
        super().__init__()
        self.audio = audio
        basis = LogMel(audio).spectrogram.mel_scale.fb  # [F, M]
        self.register_buffer("basis_inverse", torch.linalg.pinv(basis.double()).float())  # [M, F]
        self.phase = transforms.GriffinLim(
            n_fft=audio.n_fft,
            n_iter=iterations,
            win_length=audio.win_length,
            hop_length=audio.hop_length,
            power=1.0,
            momentum=momentum,
            rand_init=False,
        )

    @torch.no_grad()
    def forward(self, log_mel: Tensor) -> Tensor:
        """[T, M] → waveform [(T − 1)·hop_length], float32."""
        frames = len(log_mel)
        shortest = self.audio.n_fft // (2 * self.audio.hop_length) + 2  # less cannot be reflected at its ends
        log_mel = F.pad(log_mel, (0, 0, 0, max(0, shortest - frames)), value=math.log(self.audio.floor))
        magnitude = (log_mel.float().exp() @ self.basis_inverse).clamp_min(0.0)  # [T, F]
        return self.phase(magnitude.transpose(0, 1))[: (frames - 1) * self.audio.hop_length]

    def stream(self, log_mel: Tensor, _: int) -> Iterator[Tensor]:
        """All of it at once: every sample depends on every frame."""
        yield self(log_mel)
