"""Fundamental frequency, and what its harmonics look like on the mel scale."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel
from tts.environment import numba_folder
from tts.storage.locks import wait_exclusive

if TYPE_CHECKING:
    from tts.audio.pyin import PitchTracker

LOWEST, HIGHEST = 60.0, 500.0
"""Hz; the range of speaking voices."""
FRAME_SECONDS = 0.064
"""What the tracker looks at for one mel frame: nearly four periods of the lowest voice, at any sample rate."""
VERSION = 2
"""Of what is found; part of the name of stored features. 1, until 0.4, took creaky voices for unvoiced."""
STEPS = 256
"""Fundamentals in a template, evenly spaced in octaves."""
STRONGEST = 3.0
"""Nats; deeper valleys between harmonics are below any recording's noise."""


def pitch_contour(wav: Tensor, config: AudioConfig) -> Tensor:
    """Fundamental frequency of every mel frame in Hz, 0 where unvoiced: `[samples]` → float32 `[T]`.

    Probabilistic YIN (Mauch and Dixon 2014).

    Raises
    ------
    ValueError: a sample is not finite.
    """
    return torch.from_numpy(_tracker(config.sample_rate, config.hop_length)(wav)).float()


@cache
def _tracker(rate: int, hop: int) -> PitchTracker:
    from tts.audio.pyin import PitchTracker  # brings numba, a quarter of a second that speaking does without

    length = 2 * round(FRAME_SECONDS * rate / 2)
    # In octaves a second; librosa's own 35.92 at any common hop, but never more than its range in one frame.
    fastest = min(35.92, 2.5 * rate / hop)
    return PitchTracker(rate, hop, length, LOWEST, HIGHEST, fastest)


def compile_pitch_tracking(config: AudioConfig) -> None:
    """Fill numba's cache with what `pitch_contour` needs.

    Processes that compile it at the same time, in other trainings too, would corrupt the cache, and later runs would
    crash.
    """
    folder = numba_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with wait_exclusive(folder, "compiling pitch tracking"):
        pitch_contour(torch.zeros(config.sample_rate), config)


@cache
def harmonic_template(config: AudioConfig) -> Tensor:
    """Log-mel fine structure of pulses at each of `STEPS` fundamentals, `[STEPS, M]`: peaks and valleys about zero.
    Read only."""
    log_mel = LogMel(config)
    samples = torch.arange(8 * config.n_fft) / config.sample_rate
    rows = []
    for fundamental in LOWEST * (HIGHEST / LOWEST) ** (np.arange(STEPS) / (STEPS - 1)):
        harmonics = torch.arange(1, int(config.sample_rate / 2 / fundamental) + 1)
        pulses = torch.cos(2 * torch.pi * fundamental * harmonics[:, None] * samples).sum(0)
        frames = log_mel(pulses)
        rows.append(frames[len(frames) // 4 : -len(frames) // 4].mean(0))
    rows_tensor = torch.stack(rows)
    return (rows_tensor - rows_tensor.mean(0)).clamp(-STRONGEST, STRONGEST)


def harmonics_at(template: Tensor, pitch: Tensor) -> Tensor:
    """Rows of a template `[STEPS, M]` at frequencies `[...]` in Hz, interpolated; 0 where the pitch is: `[..., M]`."""
    octaves = (pitch.clamp(LOWEST, HIGHEST) / LOWEST).log2() / np.log2(HIGHEST / LOWEST)
    place = octaves.float() * (len(template) - 1)
    below = place.floor().long().clamp(max=len(template) - 2)
    share = (place - below)[..., None]
    return torch.lerp(template[below], template[below + 1], share) * (pitch > 0)[..., None]
