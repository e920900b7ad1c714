"""A recording as a small picture of its mel, for pages."""

from __future__ import annotations

import math
from functools import cache
from io import BytesIO

import matplotlib
import numpy as np
import torch
from PIL import Image

from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel
from tts.reporting.plots import COLOURS, LOUDEST, QUIETEST

WIDEST, TALL = 640, 80
"""Pixels: frames of a longer recording are averaged."""


def mel_png(wav: torch.Tensor, rate: int) -> bytes:
    """PNG of the log-mel of `wav` [samples], time to the right, `TALL` pixels high, in 256 colours."""
    n_fft = max(1024, 2 ** math.ceil(math.log2(rate / 50)))  # 20 ms and more, or low channels would be empty
    every = -(-len(wav) // (rate // 100 * WIDEST))
    with torch.inference_mode():
        mel = torch.cat([_averaged(part, rate, n_fft, every) for part in _parts(wav, rate, every)])
    levels = ((mel - QUIETEST) / (LOUDEST - QUIETEST)).clamp(0, 1).T.flip(0).numpy()
    picture = Image.fromarray((levels * 255).astype(np.uint8)).convert("P")
    picture.putpalette(_palette())
    written = BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()


def _parts(wav: torch.Tensor, rate: int, every: int) -> tuple[torch.Tensor, ...]:
    """About half a minute each, as the spectra of an hour would not fit in memory."""
    return wav.split(rate // 100 * max(every, 3000 // every * every))


def _averaged(wav: torch.Tensor, rate: int, n_fft: int, every: int) -> torch.Tensor:
    """Log-mel [frames / every, TALL]."""
    short = max(0, n_fft - len(wav) + 1)
    mel = _log_mel(rate, n_fft)(torch.nn.functional.pad(wav, (0, short)))[:-1]  # whose place is the next part's
    return torch.stack([part.mean(0) for part in mel.split(every)])


@cache
def _log_mel(rate: int, n_fft: int) -> LogMel:
    return LogMel(AudioConfig(rate, n_fft, n_fft, rate // 100, n_mels=TALL, f_max=min(8000.0, rate / 2)))


@cache
def _palette() -> bytes:
    colours = matplotlib.colormaps[COLOURS](np.arange(256))[:, :3]
    return bytes((colours * 255).astype(np.uint8).flatten())
