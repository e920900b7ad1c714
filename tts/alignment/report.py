"""report.html: the utterances most likely wrong, with pictures. One file without scripts, pictures beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

import torch

from tts.alignment.ranking import Ranked
from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel
from tts.data.manifest import PreparedCorpus
from tts.errors import UserError
from tts.files import write_text
from tts.html import page, table
from tts.plots import phones_figure, save_png

PICTURES, LISTED = 10, 100
"""Utterances that are shown, and listed."""
FOLDER = "report"


def write_report(out: Path, corpus: PreparedCorpus, ranked: Sequence[Ranked], failed: dict[str, str]) -> None:
    """Write report.html, and report/ID.png for the worst.

    Parameters
    ----------
    ranked: the most suspicious utterance first.
    failed: utterances that could not be aligned, and why.
    """
    (out / FOLDER).mkdir(exist_ok=True)
    for old in (out / FOLDER).glob("*.png"):
        old.unlink()
    shown = [r for r in ranked[:PICTURES] if _picture(out / FOLDER, corpus, r)]
    parts = [
        f"<p>{len(ranked)} utterances aligned, {len(failed)} not. First come those whose sound fits their text least, "
        "beside others of the same speaker: look there for wrong transcripts.</p>",
    ]
    if failed:
        parts += ["<h2>Not aligned</h2>", table(("id", "reason"), sorted(failed.items()))]
    headings = ("id", "deviation", "least certain phone", "at", "confidence", "text")
    parts += [table(headings, list(map(_row, ranked[:LISTED]))), *map(_shown, shown)]
    write_text(out / "report.html", page(f"Timings of {corpus.info.name}", parts))


def _row(ranked: Ranked) -> tuple[str | float, ...]:
    phone, confidence = ranked.weakest
    at = f"{phone.start:.2f} s"
    return ranked.utterance.id, ranked.deviation, phone.label, at, confidence, ranked.utterance.text


def _shown(ranked: Ranked) -> str:
    name, text = ranked.utterance.id, escape(ranked.utterance.text)
    source = escape(f"{FOLDER}/{quote(name, safe='')}.png")
    return f'<h2>{escape(name)}</h2><p>{text}</p><img src="{source}" alt="{text}">'


def _picture(folder: Path, corpus: PreparedCorpus, ranked: Ranked) -> bool:
    """Whether there was a recording to draw."""
    rate = corpus.info.sample_rate
    n_fft = max(1024, 2 ** math.ceil(math.log2(rate / 50)))  # 20 ms and more, or low channels would be empty
    audio = AudioConfig(rate, n_fft, rate // 100, rate // 200, n_mels=60, f_max=min(8000.0, rate / 2))
    try:
        wav = waveform.read(corpus.audio_path(ranked.utterance), rate)
    except UserError:
        return False
    if len(wav) <= audio.n_fft:
        return False
    with torch.inference_mode():
        mel = LogMel(audio)(wav)
    alignment = ranked.alignment
    figure = phones_figure(mel, audio, alignment.words, alignment.phones, alignment.confidence)
    save_png(figure, folder / f"{ranked.utterance.id}.png")
    return True
