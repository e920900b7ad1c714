"""The terms of the vocoder's loss, each with its own weight or schedule."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.audio.pitch import LOWEST
from tts.data.segments import SegmentBatch
from tts.errors import UserError
from tts.settings.schedule import Schedule, check_schedule, value_at
from tts.vocoder.generator import Generator

WINDOWS = (128, 256, 512, 1024, 2048)
"""Samples of the spectra that are compared, a quarter window apart."""
QUIET = 1e-9
"""Power of a sample's spectrum below which loudness does not count."""
EDGE = 4
"""Mel frames at each end of a segment that are not compared, since their neighbours are missing."""


@dataclass(frozen=True)
class VocoderLossConfig:
    """Weight of each term: a number, or `[step, weight]` points. A term of weight 0 is not computed."""

    spectral: Schedule = 1.0
    """Weight of the spectral energy distance between recording and copy (Gritsenko et al. 2020, arXiv 2008.01160)."""
    pitch: Schedule = 1.0
    """Weight of the error of the fundamental frequency in octaves, over voiced frames."""
    adversarial: Schedule = 0.0
    """Weight of the adversarial (hinge) loss: how clearly the discriminators tell copies from recordings. 0 trains
    without."""
    features: Schedule = 0.0
    """Weight of the L1 distance between the discriminators' features of recording and copy, layer by layer."""

    def __post_init__(self) -> None:
        for field in fields(self):
            check_schedule(getattr(self, field.name))

    def weights_at(self, step: int) -> dict[str, float]:
        return {f.name: value_at(getattr(self, f.name), step) for f in fields(self)}

    @property
    def uses_discriminators(self) -> bool:
        """Whether the discriminators have a weight at any step."""
        return any(s != 0.0 for s in (self.adversarial, self.features))


class Spectra(nn.Module):
    """Magnitudes of a waveform at several resolutions."""

    def __init__(self) -> None:
        super().__init__()
        for window in WINDOWS:
            self.register_buffer(f"window_{window}", torch.hann_window(window), persistent=False)

    def forward(self, wav: Tensor) -> list[Tensor]:
        """`[B, samples]` → `[B, F, frames]` for each resolution."""
        spectra = []
        for window in WINDOWS:
            shape = getattr(self, f"window_{window}")
            spectrum = torch.stft(wav, window, window // 4, window=shape, center=False, return_complex=True)
            spectra.append((spectrum.real.square() + spectrum.imag.square() + QUIET * window).sqrt())
        return spectra


def spectral_distance(a: list[Tensor], b: list[Tensor]) -> Tensor:
    """L1 of log magnitudes, and half the Euclidean distance relative to the strength of `a`; mean over resolutions."""
    terms = []
    for x, y in zip(a, b, strict=True):
        strength = x.detach().square().mean((1, 2)).add(1e-4).sqrt()
        apart = (x - y).square().mean((1, 2)).add(1e-8).sqrt()
        terms.append((x.log() - y.log()).abs().mean() + 0.5 * (apart / strength).mean())
    return torch.stack(terms).mean()


def lowpass(wav: Tensor, hertz: Tensor, sample_rate: int) -> Tensor:
    """`[B, samples]` without what lies above `hertz` `[B]`."""
    spectrum = torch.fft.rfft(wav)
    frequency = torch.arange(spectrum.shape[1], device=wav.device) * sample_rate / wav.shape[1]
    return torch.fft.irfft(spectrum * (frequency <= hertz[:, None]), wav.shape[1])


@dataclass
class VocoderReport:
    """One training step: what is logged, and what the discriminators are given."""

    terms: dict[str, Tensor]
    """Each computed term of the loss, unweighted, without gradients."""
    recording: Tensor
    """`[B, samples]`, without the edges."""
    copy: Tensor
    """The same of the generator, with gradients."""
    discriminators_norm: Tensor | None = None
    """Norm of their gradient, where they were trained."""


class VocoderObjective(nn.Module):
    """Generator and spectral loss in one forward, so that parallel training sees which parameters a step used."""

    def __init__(self, generator: Generator, config: VocoderLossConfig) -> None:
        super().__init__()
        self.generator, self.config = generator, config
        self.spectra = Spectra()

    def forward(self, batch: SegmentBatch, step: int) -> tuple[Tensor, VocoderReport]:
        """The weighted loss without the discriminators, and what led to it.

        Two copies are made with different noise. The energy distance is their mean distance to the recording less half
        their distance to each other: without the latter, the best copy would be an average that sounds like none.

        Raises
        ------
        UserError: no term has a weight at this step, that of the discriminators included.
        """
        weights = self.config.weights_at(step)
        if not any(weights.values()):
            raise UserError(f"loss: every weight is 0 at step {step}; give one of {', '.join(weights)} a weight")
        generator = self.generator
        octaves = generator.octaves(batch.mel)
        filters = generator.filters(batch.mel)
        # The filters are learnt with the pitch that speaking will have.
        inner = batch.inner(EDGE)
        copies = [generator.copy(filters, octaves.detach())[:, inner] for _ in range(2)]
        recording = batch.wav[:, inner]
        if batch.bandwidth is not None:  # what a recording does not hold is not to be unlearnt
            recording, *copies = (
                lowpass(wav, batch.bandwidth, generator.audio.sample_rate) for wav in (recording, *copies)
            )
        terms: dict[str, Tensor] = {}
        if weights["spectral"]:
            target, first, second = (self.spectra(wav) for wav in (recording, *copies))
            near = (spectral_distance(target, first) + spectral_distance(target, second)) / 2
            terms["spectral"] = near - spectral_distance(first, second) / 2
        if weights["pitch"]:
            terms["pitch"] = octave_error(octaves, batch.pitch)
        loss = sum((weights[name] * term for name, term in terms.items()), start=octaves.new_zeros(()))
        return loss, VocoderReport({n: t.detach() for n, t in terms.items()}, recording, copies[0])


def octave_error(octaves: Tensor, pitch: Tensor) -> Tensor:
    """Mean error in octaves of predictions `[B, T]` above `LOWEST` where `pitch` `[B, T]`, in Hz, is not 0."""
    voiced = pitch > 0
    error = (octaves - (pitch.clamp(min=LOWEST) / LOWEST).log2()).abs() * voiced
    return error.sum() / voiced.sum().clamp(min=1)


def discriminator_loss(on_recordings: list[Tensor], on_copies: list[Tensor]) -> Tensor:
    """Hinge loss of discriminators' scores: above 1 on recordings, below −1 on copies."""
    pairs = zip(on_recordings, on_copies, strict=True)
    return torch.stack([F.relu(1 - real).mean() + F.relu(1 + copy).mean() for real, copy in pairs]).mean()


def adversarial_loss(on_copies: list[Tensor]) -> Tensor:
    """The generator's side: scores above 1 on copies."""
    return torch.stack([F.relu(1 - copy).mean() for copy in on_copies]).mean()


def feature_loss(of_recordings: list[list[Tensor]], of_copies: list[list[Tensor]]) -> Tensor:
    """L1 between features of discriminators' layers, each relative to the recording's own size."""
    terms = [
        (real - copy).abs().mean() / real.abs().mean().clamp(min=1e-4)
        for reals, copies in zip(of_recordings, of_copies, strict=True)
        for real, copy in zip([r.detach() for r in reals], copies, strict=True)
    ]
    return torch.stack(terms).mean()
