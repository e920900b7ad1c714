"""Pictures of an alignment, as files and in TensorBoard."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import librosa.display
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.patheffects import withStroke
from matplotlib.ticker import AutoLocator, ScalarFormatter
from torch import Tensor

from tts.audio.config import AudioConfig
from tts.intervals import Interval
from tts.text.tokens import Tokens

LABELS = 60
"""More tokens than this are not all labelled."""
DARK = "#000000b0"
"""Around what is white, so that it is seen on a loud mel too."""
WIDEST = 2000
"""Frames of a mel in a picture; of a longer one every second, third … is drawn, for there are no more pixels."""
COLOURS, QUIETEST, LOUDEST = "magma", -10.0, 1.0
"""Of every picture of a mel, so that they compare: the colour map, and the log-mel where it begins and ends."""
FONT = "DejaVu Sans"
"""It comes with matplotlib, and has the letters of the International Phonetic Alphabet."""
LINES = 2
"""Of a line of a title that is too long for one."""
UNKNOWN = "□"
LITERAL: dict[str, Any] = {"parse_math": False, "family": FONT}
"""How a user's text is drawn: `$` is no formula, and the font has every letter, so that matplotlib warns of none."""


def alignment_figure(alignment: Tensor, tokens: Tokens, mel: Tensor, audio: AudioConfig, title: str) -> Figure:
    """The mel above, the alignment below it on the same time axis, phones on the vertical axis.

    Parameters
    ----------
    alignment: `[T, N]`; or the frames of each token, `[N]`, which grow with the text and not with its square.
    mel: log-mel `[T, M]`.
    title: what does not fit over the picture in `LINES` for each of its lines is cut off.
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
        ax=upper, cmap=COLOURS, vmin=QUIETEST, vmax=LOUDEST,
    )  # fmt: skip
    heading = upper.set_title(_wrapped(title, figure.get_figwidth()), fontsize=10, **LITERAL)
    upper.set(xlabel="", ylabel="Hz")
    upper.xaxis.set(major_locator=AutoLocator(), major_formatter=ScalarFormatter())  # librosa's rounds 1.05 s to 1.1
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
    lower.set_yticks(shown, [literal(tokens.symbols[i]) for i in shown], fontsize=7, **LITERAL)
    lower.set(xlabel="seconds", ylabel="tokens")
    figure.tight_layout()
    for size in (10, 8, 6, 4):  # letter widths vary with the text and the resolution
        heading.set_fontsize(size)
        box = heading.get_window_extent()
        middle = (box.x0 + box.x1) / 2
        if 1.1 * box.width / 2 < min(middle, figure.bbox.x1 - middle):
            break
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
        mel.detach().cpu().float().numpy().T, origin="lower", aspect="auto", cmap=COLOURS, vmin=QUIETEST, vmax=LOUDEST,
        extent=(*edges, 0, 1),
    )  # fmt: skip
    upper.set(yticks=[], ylabel="mel")
    for word in words:
        middle = (word.start + word.end) / 2
        upper.text(middle, 1.02, literal(word.label), ha="center", va="bottom", fontsize=8, **LITERAL)
    for phone, certain in zip(phones, confidence, strict=True):
        outlined = [withStroke(linewidth=2, foreground=DARK)]
        upper.axvline(phone.start, color="white", linewidth=0.8, path_effects=outlined)
        middle, label = (phone.start + phone.end) / 2, literal(phone.label)
        upper.text(middle, 0.02, label, ha="center", fontsize=8, color="white", path_effects=outlined, **LITERAL)
        lower.bar(phone.start, certain, phone.end - phone.start, align="edge", color="tab:blue", edgecolor="white")
    lower.set(ylim=(0, 1), ylabel="certainty", xlabel="seconds", xlim=(0, seconds))
    return figure


def literal(text: str) -> str:
    """`text` as a picture can show it: in one line, with a box for each character that `FONT` has no picture of."""
    marks = (c for c in " ".join(text.split()) if unicodedata.category(c) != "Cf")
    return "".join(c if ord(c) in _drawn() else UNKNOWN for c in marks) or UNKNOWN


@cache
def _drawn() -> frozenset[int]:
    """The characters of `FONT`."""
    return frozenset(c for c in get_font(findfont(FONT)).get_charmap() if chr(c).isprintable())


def _wrapped(title: str, inches: float) -> str:
    """`title` in lines that fit over a figure of this width, at the usual width of letters."""
    width = int(inches * 11)
    lines = (textwrap.wrap(literal(line), width, max_lines=LINES, placeholder=" …") for line in title.splitlines())
    return "\n".join(line for wrapped in lines for line in wrapped)
