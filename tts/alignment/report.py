"""report.html: the utterances most likely wrong, with pictures. One file without scripts, pictures beside it."""

from __future__ import annotations

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
from tts.plots import phones_figure, save_png

PICTURES, LISTED = 10, 100
"""Utterances that are shown, and listed."""
FOLDER = "report"
STYLE = (
    "body{font:15px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse}td,th{padding:.2em .8em;text-align:left;border-bottom:1px solid #ccc}"
    "td.n{text-align:right;font-variant-numeric:tabular-nums}img{max-width:100%}"
)


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
    title = f"Timings of {corpus.info.name}"
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>',
        f"<h1>{escape(title)}</h1><p>{len(ranked)} utterances aligned, {len(failed)} not. First come those whose sound "
        "fits their text least, beside others of the same speaker: look there for wrong transcripts.</p>",
        _failures(failed),
        "<table><tr><th>id<th>deviation<th>least certain phone<th>at<th>confidence<th>text</tr>",
        *map(_line, ranked[:LISTED]),
        "</table>",
        *map(_shown, shown),
    ]
    write_text(out / "report.html", "\n".join(parts) + "\n")


def _failures(failed: dict[str, str]) -> str:
    if not failed:
        return ""
    rows = "".join(f"<tr><td>{escape(name)}<td>{escape(reason)}</tr>" for name, reason in sorted(failed.items()))
    return f"<h2>Not aligned</h2><table>{rows}</table>"


def _line(ranked: Ranked) -> str:
    phone, confidence = ranked.weakest
    return (
        f"<tr><td>{escape(ranked.utterance.id)}<td class=n>{ranked.deviation:.2f}<td>{escape(phone.label)}"
        f"<td class=n>{phone.start:.2f} s<td class=n>{confidence:.2f}<td>{escape(ranked.utterance.text)}</tr>"
    )


def _shown(ranked: Ranked) -> str:
    name, text = ranked.utterance.id, escape(ranked.utterance.text)
    source = escape(f"{FOLDER}/{quote(name, safe='')}.png")
    return f'<h2>{escape(name)}</h2><p>{text}</p><img src="{source}" alt="{text}">'


def _picture(folder: Path, corpus: PreparedCorpus, ranked: Ranked) -> bool:
    """Whether there was a recording to draw."""
    rate = corpus.info.sample_rate
    audio = AudioConfig(rate, hop_length=rate // 200, win_length=rate // 100, n_mels=60, f_max=min(8000.0, rate / 2))
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
