"""A vocoder that whispers: noise, filtered as the mel says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel
from tts.vocoder.choice import VocoderChoice


@dataclass(frozen=True)
class WhisperChoice(VocoderChoice):
    """Whispers what a voice says."""

    kind: Literal["whisper"] = "whisper"
    """Which vocoder."""
    level: float = 1.0
    """How loud."""

    def load(self, audio: AudioConfig) -> Whisper:
        return Whisper(audio, self.level)


class Whisper:
    def __init__(self, audio: AudioConfig, level: float) -> None:
        self.audio, self.level = audio, level
        self.to_magnitude = torch.linalg.pinv(LogMel(audio).spectrogram.mel_scale.fb)  # [M, F]

    def __call__(self, log_mel: Tensor) -> Tensor:
        """Log-mel `[T, M]` to a waveform `[(T - 1) * hop_length]`."""
        n_fft, hop = self.audio.n_fft, self.audio.hop_length
        magnitude = (log_mel.exp() @ self.to_magnitude).clamp_min(0).T
        random = torch.Generator().manual_seed(0)
        noise = torch.randn((len(log_mel) - 1) * hop, generator=random)
        window = torch.hann_window(n_fft)
        spectrum = torch.stft(noise, n_fft, hop, window=window, return_complex=True)
        shaped = spectrum / spectrum.abs().clamp_min(1e-5) * magnitude * self.level
        return torch.istft(shaped, n_fft, hop, window=window, length=len(noise))

    def stream(self, log_mel: Tensor, frames: int) -> Iterator[Tensor]:
        yield self(log_mel)
