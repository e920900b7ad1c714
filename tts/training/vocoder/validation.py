"""Validation of a vocoder: held-out recordings beside the copies it makes of their mels."""

from __future__ import annotations

import math

import torch

from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel
from tts.data.dataset import Item
from tts.data.segments import read_samples
from tts.training.monitoring.means import Means
from tts.training.monitoring.tensorboard import TensorBoard
from tts.vocoder.generator import Generator
from tts.vocoder.losses import Spectra, octave_error, spectral_distance

SHOWN = 2
"""Recordings whose pictures and sound are logged."""


class VocoderValidator:
    """The same held-out recordings every time, spread evenly; the longest are shown."""

    def __init__(self, items: list[Item], audio: AudioConfig, device: torch.device, limit: int) -> None:
        spread = items[:: max(1, -(-len(items) // limit))]
        self.items = sorted(spread, key=lambda item: (item.part, -item.frames))
        self.audio, self.device = audio, device
        self.log_mel, self.spectra = LogMel(audio).to(device), Spectra().to(device)

    @torch.no_grad()
    def __call__(self, generator: Generator, board: TensorBoard | None, step: int) -> dict[str, float]:
        """Means over recordings. `spectral` is the distance of the loss between recording and copy, `mel` the L1 error
        of the copy's log-mel, `pitch` the error of the fundamental in semitones where there is one, NaN if there is
        none."""
        means = Means()
        for number, item in enumerate(self.items):
            mel, pitch = (x.to(self.device) for x in item.store.load(item.utterance))
            wav = read_samples(item, 0, (len(mel) - 1) * self.audio.hop_length).to(self.device)
            copy = generator(mel)
            copied = self.log_mel(copy)
            apart = octave_error(generator.octaves(mel[None]), pitch[None]) if pitch.any() else math.nan
            means.add(
                {
                    "spectral": float(spectral_distance(self.spectra(wav[None]), self.spectra(copy[None]))),
                    "mel": float((copied - mel).abs().mean()),
                    "pitch": 12 * float(apart),
                }
            )
            if number < SHOWN and board is not None:
                for kind, shown, sound in (("recording", self.log_mel(wav), wav), ("copy", copied, copy)):
                    board.mel(f"valid_{number + 1}/mel_{kind}", shown.cpu(), step)
                    text = f"{item.id}: {item.utterance.text}"
                    board.audio(f"valid_{number + 1}/{kind}", sound, self.audio.sample_rate, step, text)
        return means.values()
