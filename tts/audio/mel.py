"""Log-mel spectrograms: the only place where audio becomes features."""

from __future__ import annotations

import torch
from torch import nn

from tts.audio.config import AudioConfig
from tts.audio.transforms import MelSpectrogram


class LogMel(nn.Module):
    """Waveform to log-mel frames: librosa's Slaney mel scale and norm on magnitudes, natural log above a
    floor."""

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        self.config = config
        self.spectrogram = MelSpectrogram(
            sample_rate=config.sample_rate,
            n_fft=config.n_fft,
            win_length=config.win_length,
            hop_length=config.hop_length,
            f_min=config.f_min,
            f_max=config.f_max,
            n_mels=config.n_mels,
            power=1.0,
            center=True,
            pad_mode="reflect",
            norm="slaney",
            mel_scale="slaney",
        )

    def forward(self, wav: torch.Tensor) -> torch.Tensor:
        """[..., samples] → [..., T, M] with T = 1 + samples // hop_length; frame t is centred on sample
        t·hop.

        Raises
        ------
        ValueError: `wav` is not longer than half an FFT window, the least that can be mirrored at its ends.
        """
        if wav.shape[-1] <= self.config.n_fft // 2:
            raise ValueError(f"{wav.shape[-1]} samples are too few: at least {self.config.n_fft // 2 + 1} are needed")
        mel = self.spectrogram(wav)  # [..., M, T]
        return mel.clamp_min(self.config.floor).log().transpose(-1, -2)
