"""report.html: the utterances most likely wrong. One file without scripts; pictures and sounds in report/."""

from __future__ import annotations

import math
import shutil
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
from tts.reporting.html import page, table
from tts.reporting.plots import phones_figure, save_png
from tts.storage.files import write_text

SHOWN, LISTED = 10, 100
"""Utterances that are shown, and listed."""
FOLDER = "report"
EXPLAINED = """<dl>
<dt>deviation<dd>How well the sound fits the text: the mean log-likelihood of the utterance's frames, less the median of
all utterances of its speaker, in standard deviations (robust ones: 1.48 median absolute deviations). 0 is as usual;
below −3 is rare where all texts are right.
<dt>least certain phone, at, confidence<dd>The phone whose place is least sure, where it begins in your file (pictures
and sounds below begin where the utterance does), and how sure it is, from 0 to 1: the mean probability that the frames
given to it are in it. Below 0.5, check that it is in the recording.
<dt>misfit<dd>How much better the frames fit any sounds, in any order, than those of the text, as a share of what is
believable. Where the text is right it is below 0.7; above 1 the text is most likely another one, or the
speaker is one whom the aligner was not trained on.
</dl>"""


def write_report(out: Path, corpus: PreparedCorpus, ranked: Sequence[Ranked], failed: dict[str, str]) -> None:
    """Write report.html, and report/ID.png and ID.flac of the worst; those of utterances that are no longer among them
    are removed.

    Parameters
    ----------
    ranked: the most suspicious utterance first.
    failed: utterances that could not be aligned, and why.
    """
    (out / FOLDER).mkdir(exist_ok=True)
    shown = [r for r in ranked[:SHOWN] if _show(out / FOLDER, corpus, r)]
    stale = {u.id for u in corpus.utterances} - {r.utterance.id for r in shown}
    for path in (out / FOLDER).iterdir():
        if path.suffix in (".png", ".flac") and path.stem in stale:
            path.unlink()
    parts = [
        f"<p>{len(ranked)} utterances aligned, {len(failed)} not. First come those whose sound fits their text least, "
        "beside others of the same speaker: look there for wrong transcripts.</p>",
    ]
    doubtful = sum(r.alignment.doubtful for r in ranked)
    if doubtful:
        parts.append(
            f"<p><strong>{doubtful} sound like another text than theirs: their misfit is above 1.</strong></p>"
        )
    if failed:
        parts += ["<h2>Not aligned</h2>", table(("id", "reason"), sorted(failed.items()))]
    headings = ("id", "deviation", "least certain phone", "at", "confidence", "misfit", "text")
    parts += [EXPLAINED, table(headings, list(map(_row, ranked[:LISTED]))), *map(_section, shown)]
    write_text(out / "report.html", page(f"Timings of {corpus.info.name}", parts))


def _row(ranked: Ranked) -> tuple[str | float, ...]:
    phone, confidence = ranked.weakest
    at = f"{phone.start:.2f}\u00a0s"
    misfit = "" if math.isnan(ranked.alignment.misfit) else ranked.alignment.misfit
    return ranked.utterance.id, ranked.deviation, phone.label, at, confidence, misfit, ranked.utterance.text


def _section(ranked: Ranked) -> str:
    name, text = ranked.utterance.id, escape(ranked.utterance.text)
    source = escape(f"{FOLDER}/{quote(name, safe='')}")
    offset, file = ranked.utterance.offset, ranked.utterance.original
    place = f"<p>{escape(file or '')}, from {offset:.2f}\u00a0s</p>" if offset is not None else ""
    return (
        f"<h2>{escape(name)}</h2><p dir=auto>{text}</p>{place}"
        f'<audio controls preload="metadata" src="{source}.flac"></audio><br><img src="{source}.png" alt="{text}">'
    )


def _show(folder: Path, corpus: PreparedCorpus, ranked: Ranked) -> bool:
    """Put picture and sound into the folder; whether there was a recording."""
    rate, path = corpus.info.sample_rate, corpus.audio_path(ranked.utterance)
    n_fft = max(1024, 2 ** math.ceil(math.log2(rate / 50)))  # 20 ms and more, or low channels would be empty
    audio = AudioConfig(rate, n_fft, rate // 100, rate // 200, n_mels=60, f_max=min(8000.0, rate / 2))
    try:
        wav = waveform.read(path, rate)
    except UserError:
        return False
    if len(wav) <= audio.n_fft:
        return False
    with torch.inference_mode():
        mel = LogMel(audio)(wav)
    alignment = ranked.alignment.shifted(-(ranked.utterance.offset or 0.0))
    figure = phones_figure(mel, audio, alignment.words, alignment.phones, alignment.confidence)
    save_png(figure, folder / f"{ranked.utterance.id}.png")
    shutil.copyfile(path, folder / f"{ranked.utterance.id}.flac")
    return True
