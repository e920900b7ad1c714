"""Pictures of an alignment, as files and in TensorBoard."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import librosa.display
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from torch import Tensor

from tts.audio.config import AudioConfig
from tts.data.textgrid import Interval
from tts.text.tokens import Tokens

LABELS = 60
"""More tokens than this are not all labelled."""
DARK = "#000000b0"
"""Around what is white, so that it is seen on a loud mel too."""
WIDEST = 2000
"""Frames of a mel in a picture; of a longer one every second, third … is drawn, for there are no more pixels."""


def alignment_figure(alignment: Tensor, tokens: Tokens, mel: Tensor, audio: AudioConfig, title: str) -> Figure:
    """The mel above, the alignment below it on the same time axis, phones on the vertical axis.

    Parameters
    ----------
    alignment: `[T, N]`; or the frames of each token, `[N]`, which grow with the text and not with its square.
    mel: log-mel `[T, M]`.
    """
    frames, count, every = len(mel), alignment.shape[-1], -(-len(mel) // WIDEST)
    figure = Figure(figsize=(min(20.0, max(7.0, frames * audio.frame_seconds * 2.5)), 4.5 + min(count, LABELS) * 0.09))
    FigureCanvasAgg(figure)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[1, 2])
    # Frame t is centred at t hops, so a picture of T frames starts half a hop before 0.
    step = audio.frame_seconds
    edges = (-step / 2, (frames - 0.5) * step)
    librosa.display.specshow(
        mel[::every].detach().cpu().float().numpy().T, sr=audio.sample_rate, hop_length=audio.hop_length * every,
        n_fft=audio.n_fft, win_length=audio.win_length, fmin=audio.f_min, fmax=audio.f_max, x_axis="time", y_axis="mel",
        ax=upper,
    )  # fmt: skip
    upper.set_title(title, parse_math=False, fontsize=10)
    upper.set(xlabel="", ylabel="Hz")
    weights = alignment.detach().cpu()
    if weights.ndim == 1:
        starts = (weights.cumsum(0) - weights - 0.5) * step
        lower.step([*starts.tolist(), edges[1]], [*range(count), count - 1], where="post")
        lower.set(xlim=edges, ylim=(-0.5, count - 0.5))
    else:
        lower.imshow(
            weights.float().numpy().T, origin="lower", aspect="auto", interpolation="nearest", cmap="magma",
            vmin=0, vmax=1, extent=(*edges, -0.5, count - 0.5),
        )  # fmt: skip
    shown = np.arange(0, count, max(1, -(-count // LABELS)))
    lower.set_yticks(shown, [tokens.symbols[i] for i in shown], fontsize=7)
    lower.set(xlabel="seconds", ylabel="tokens")
    figure.tight_layout()
    return figure


def save_png(figure: Figure, path: Path) -> None:
    """Write `figure` as PNG."""
    figure.savefig(path, format="png", dpi=110)


def phones_figure(
    mel: Tensor, audio: AudioConfig, words: Sequence[Interval], phones: Sequence[Interval], confidence: Sequence[float]
) -> Figure:
    """The mel `[T, M]` with a line at every phone boundary, words above; below, how certain each phone is."""
    seconds = len(mel) * audio.frame_seconds
    figure = Figure(figsize=(min(30.0, max(7.0, 4 * seconds)), 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
    # Frame t is centred at t hops.
    edges = (-audio.frame_seconds / 2, (len(mel) - 0.5) * audio.frame_seconds)
    upper.imshow(
        mel.detach().cpu().float().numpy().T, origin="lower", aspect="auto", cmap="magma", extent=(*edges, 0, 1)
    )
    upper.set(yticks=[], ylabel="mel")
    for word in words:
        upper.text(
            (word.start + word.end) / 2, 1.02, word.label, ha="center", va="bottom", fontsize=8, parse_math=False
        )
    for phone, certain in zip(phones, confidence, strict=True):
        upper.axvline(
            phone.start, color="white", linewidth=0.8, path_effects=[withStroke(linewidth=2, foreground=DARK)]
        )
        upper.text(
            (phone.start + phone.end) / 2, 0.02, phone.label, ha="center", fontsize=8, color="white", parse_math=False,
            path_effects=[withStroke(linewidth=2, foreground=DARK)],
        )  # fmt: skip
        lower.bar(phone.start, certain, phone.end - phone.start, align="edge", color="tab:blue", edgecolor="white")
    lower.set(ylim=(0, 1), ylabel="certainty", xlabel="seconds", xlim=(0, seconds))
    return figure
