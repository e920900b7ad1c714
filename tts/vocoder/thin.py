"""A vocoder with fewer filters for each mel frame from one with more, which it then learns to sound like."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from tts.data.segments import SegmentBatch
from tts.vocoder.generator import Generator
from tts.vocoder.losses import EDGE, VocoderLossConfig, VocoderReport, spectral_distance
from tts.vocoder.source import pulses

WINDOWS = (256, 512, 1024, 2048)
"""Samples of the spectra in which the two waves are compared, an eighth of a window apart."""
FAINT = 1e-4
"""Of a spectrum's magnitude, below which loudness does not count."""


def check_thins(few: Generator, many: Generator) -> None:
    """Raises ValueError unless both are the same but for the filters of a frame, of which `few` takes every second, or
    every third, and so on."""
    if replace(few.config, steps=1) != replace(many.config, steps=1) or few.audio != many.audio:
        raise ValueError("the generators differ in more than generator.steps")
    if many.config.steps % few.config.steps:
        raise ValueError(f"generator.steps={few.config.steps} must divide that of the other, {many.config.steps}")


def thinned(few: Generator, many: Generator) -> dict[str, Tensor]:
    """The state of `few` with the weights of `many`, and those of its filters that are at the same times.

    Raises
    ------
    ValueError: as `check_thins`.
    """
    check_thins(few, many)
    state = {name: value.clone() for name, value in many.state_dict().items()}
    every = many.config.steps // few.config.steps
    for name in ("filter_trunk.head.weight", "filter_trunk.head.bias"):
        state[name] = state[name].unflatten(0, (many.config.steps, -1))[::every].flatten(0, 1)
    return state


class TaughtObjective(nn.Module):
    """How far a generator's wave is from the teacher's, which has the same mel, pulses and noise to make it from.

    So the whole wave can be compared, its phases included, and what a recording would leave to chance is given. The
    pitch is the teacher's, and is not learnt.
    """

    def __init__(self, generator: Generator, teacher: Generator, config: VocoderLossConfig) -> None:
        super().__init__()
        self.generator, self.config = generator, config
        self.teacher = teacher.requires_grad_(False)
        for window in WINDOWS:
            self.register_buffer(f"window_{window}", torch.hann_window(window), persistent=False)

    def forward(self, batch: SegmentBatch, step: int) -> tuple[Tensor, VocoderReport]:
        """The weighted loss, and what led to it: in place of the recording, the teacher's wave."""
        generator, teacher, mel = self.generator, self.teacher, batch.mel
        with torch.no_grad():
            start = torch.rand(len(mel), device=mel.device)
            source = pulses(teacher.pitch(mel), teacher.audio.hop_length, teacher.audio.sample_rate, start)
            noise = torch.randn_like(source)
            wanted = teacher.render(teacher.filters(mel), source, teacher.spectrum(noise), likelier=True)
        made = generator.render(generator.filters(mel), source, generator.spectrum(noise), likelier=True)
        inner = batch.inner(EDGE)
        wanted, made = wanted[:, inner], made[:, inner]
        weight = self.config.weights_at(step)["spectral"]
        pairs = [(self._spectrum(wanted, window), self._spectrum(made, window)) for window in WINDOWS]
        sizes = [[spectrum.abs() + FAINT for spectrum in pair] for pair in pairs]
        terms = {
            "spectral": spectral_distance(*map(list, zip(*sizes, strict=True))),
            "wave": torch.stack([(a - b).abs().sum() / (a.abs().sum() + FAINT) for a, b in pairs]).mean(),
        }
        loss = weight * torch.stack(list(terms.values())).sum()
        return loss, VocoderReport({name: term.detach() for name, term in terms.items()}, wanted, made)

    def _spectrum(self, wav: Tensor, window: int) -> Tensor:
        shape = getattr(self, f"window_{window}")
        return torch.stft(wav, window, window // 8, window=shape, center=False, return_complex=True)
