"""Acoustic features of the aligner: mel-frequency cepstral coefficients."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tts.alignment.config import AlignerConfig
from tts.audio.transforms import MFCC

DITHER = 1e-4
"""Amplitude of the noise added: digital silence has no spectrum."""
LOWEST, HIGHEST = 20.0, 7600.0
"""Hz."""


class Cepstra(nn.Module):
    """Waveform `[samples]` → cepstra `[T, C]`, their mean over the recording taken off.

    Frame t is centred on sample t·hop_length.
    """

    def __init__(self, config: AlignerConfig) -> None:
        super().__init__()
        self.seed = config.seed
        self.mfcc = MFCC(
            config.sample_rate,
            n_mfcc=config.cepstra,
            log_mels=True,
            melkwargs={
                "n_fft": config.n_fft,
                "win_length": config.win_length,
                "hop_length": config.hop_length,
                "n_mels": config.n_mels,
                "f_min": LOWEST,
                "f_max": min(HIGHEST, config.sample_rate / 2),
            },
        )

    @torch.no_grad()
    def forward(self, wav: Tensor) -> Tensor:
        noise = torch.randn(wav.shape, generator=torch.Generator().manual_seed(self.seed << 32 | len(wav)))
        cepstra = self.mfcc(wav + DITHER * noise).transpose(0, 1)
        return cepstra - cepstra.mean(0)
