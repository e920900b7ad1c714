"""Pictures of an alignment, as files and in TensorBoard."""

from __future__ import annotations

from pathlib import Path

import librosa.display
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from torch import Tensor

from tts.audio.config import AudioConfig
from tts.text.tokens import Tokens

LABELS = 60
"""More tokens than this are not all labelled."""


def alignment_figure(alignment: Tensor, tokens: Tokens, mel: Tensor, audio: AudioConfig, title: str) -> Figure:
    """The mel above, the alignment below it on the same time axis, phones on the vertical axis.

    Parameters
    ----------
    alignment: `[T, N]`; mel: log-mel `[T, M]`.
    """
    frames, count = alignment.shape
    figure = Figure(figsize=(min(20.0, max(7.0, frames * audio.frame_seconds * 2.5)), 4.5 + min(count, LABELS) * 0.09))
    FigureCanvasAgg(figure)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[1, 2])
    # Frame t is centred at t hops, so a picture of T frames starts half a hop before 0.
    step = audio.frame_seconds
    edges = (-step / 2, (frames - 0.5) * step)
    librosa.display.specshow(
        mel.detach().cpu().float().numpy().T, sr=audio.sample_rate, hop_length=audio.hop_length, n_fft=audio.n_fft,
        win_length=audio.win_length, fmin=audio.f_min, fmax=audio.f_max, x_axis="time", y_axis="mel", ax=upper,
    )  # fmt: skip
    upper.set_title(title, parse_math=False, fontsize=10)
    upper.set(xlabel="", ylabel="Hz")
    weights = alignment.detach().cpu().float().numpy().T
    lower.imshow(
        weights, origin="lower", aspect="auto", interpolation="nearest", cmap="magma", vmin=0, vmax=1,
        extent=(*edges, -0.5, count - 0.5),
    )  # fmt: skip
    shown = np.arange(0, count, max(1, -(-count // LABELS)))
    lower.set_yticks(shown, [tokens.symbols[i] for i in shown], fontsize=7)
    lower.set(xlabel="seconds", ylabel="tokens")
    figure.tight_layout()
    return figure


def save_png(figure: Figure, path: Path) -> None:
    """Write `figure` as PNG."""
    figure.savefig(path, format="png", dpi=110)
