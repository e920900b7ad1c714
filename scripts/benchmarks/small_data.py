"""How little speech a voice needs: `scripts/benchmark.py benchmark=small_data [key=value …] [overrides …]`.

Cuts so many seconds out of a prepared corpus, trains a voice on them by `experiment=little_speech` and judges what it
says: word errors of two recognisers (Whisper, pocketsphinx), opinions of two predictors (DistillMOS, DNSMOS), and
likeness to the speaker (cosine of `resemblyzer`, a speaker recogniser, to held-out recordings). Beside the extras
`judges` and `opinion` it needs `pip install resemblyzer speechmos "setuptools<81"`.

`corpus=PATH` (data/allison); `seconds=10,60,all`; `draws=0,1`: which seconds, and the seed of the training;
`experiment=NAME` for another recipe, such as without_base; `sentences=FILE,FILE` are spoken
(data/sentences/fresh.txt). `voice=PATH` judges a voice that there is, as the corpus's speaker, and trains none.
Overrides go to `scripts/train.py`, for instance `optimizer.lr=1.0e-3`. With `out=DIR` the voices stay, rows that are
there are not done again, results.json holds all, and small_data.png shows them.
"""

from __future__ import annotations

import json
import math
import random
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from benchmarks.arguments import settings_and_overrides
from benchmarks.judging import Judges, Row, show, train_voice
from tts.corpora.synthetic.sentences import digest
from tts.data.manifest import PreparedCorpus, read_manifest, write_manifest
from tts.errors import UserError
from tts.reporting.plots import save_png
from tts.storage.files import write_text
from tts.synthesis.voice import Voice

DEFAULTS = {
    "corpus": "data/allison", "seconds": "10,60", "draws": "0,1", "experiment": "little_speech",
    "sentences": "data/sentences/fresh.txt", "voice": "",
}  # fmt: skip
SHORTEST, LONGEST, FEWEST_WORDS = 1.5, 10.0, 3
"""Seconds and words of an utterance that is drawn: what a person would record to be spoken like."""
TICKS = (10, 30, 60, 300, 1200)
"""Seconds, on the figure's axis."""


def main(arguments: list[str], out: Path | None) -> None:
    """Train and judge a voice for every amount and draw; print a line for each."""
    settings, overrides = settings_and_overrides(arguments, DEFAULTS)
    torch.set_num_threads(1)
    corpus = read_manifest(Path(settings["corpus"]).expanduser())
    judges = Judges(corpus, [Path(path).expanduser() for path in settings["sentences"].split(",")])
    if settings["voice"]:
        show(settings["voice"], judges.score(Voice.load(settings["voice"]), corpus.utterances[0].speaker))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = out or Path(temporary)
        results = folder / "results.json"
        rows: dict[str, Row] = json.loads(results.read_text("utf-8")) if results.is_file() else {}
        for seconds in (math.inf if s == "all" else float(s) for s in settings["seconds"].split(",")):
            for draw in map(int, settings["draws"].split(",")):
                case = Case(seconds, draw, settings["experiment"], tuple(overrides))
                name = f"{corpus.info.name} {case}"
                if name not in rows:
                    rows[name] = measured(corpus, case, folder, judges)
                    write_text(results, json.dumps(rows, indent=1))
                show(name, rows[name])
        if out is not None:
            draw_figure(rows, out)


def draw_figure(rows: dict[str, Row], out: Path) -> None:
    """OUT/small_data.png: every column against the seconds of speech, a colour for each corpus, a dot for each run."""
    columns = [column for column in next(iter(rows.values())) if column not in ("seconds", "minutes of training")]
    wide = min(5, len(columns))
    deep = -(-len(columns) // wide)
    figure = Figure(figsize=(3.4 * wide, 2.8 * deep))
    FigureCanvasAgg(figure)
    places = figure.subplots(deep, wide, squeeze=False).flat
    for axes, column in zip(places, columns, strict=False):
        for corpus in dict.fromkeys(name.partition(" ")[0] for name in rows):
            own = [row for name, row in rows.items() if name.partition(" ")[0] == corpus and column in row]
            axes.scatter([row["seconds"] for row in own], [row[column] for row in own], s=14, alpha=0.8, label=corpus)
        axes.set_xscale("log")
        axes.set_xticks(TICKS, [f"{tick:g}" if tick < 60 else f"{tick / 60:g} min" for tick in TICKS], fontsize=7)
        axes.minorticks_off()
        axes.set_title(column, fontsize=8)
        axes.grid(alpha=0.3)
    figure.axes[0].legend(fontsize=7)
    for axes in figure.axes[len(columns) :]:
        axes.set_axis_off()
    figure.tight_layout()
    save_png(figure, out / "small_data.png")


@dataclass(frozen=True)
class Case:
    """A voice to train: on which seconds, by which recipe."""

    seconds: float
    draw: int
    experiment: str
    overrides: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.seconds:g} s, draw {self.draw}, {' '.join([self.experiment, *self.overrides])}"


def measured(corpus: PreparedCorpus, case: Case, folder: Path, judges: Judges) -> Row:
    """What the voice is worth, and the minutes that it took."""
    small = folder / "corpora" / f"{corpus.info.name}_{case.seconds:g}_{case.draw}"
    length = cut(corpus, case.seconds, case.draw, small)
    run = folder / f"{small.name}_{digest(case)[:8]}"
    minutes = train_voice(run, small, case.experiment, case.draw, case.overrides)
    speaker = corpus.utterances[0].speaker
    return {"seconds": length, "minutes of training": minutes} | judges.score(Voice.load(run), speaker)


def cut(corpus: PreparedCorpus, seconds: float, draw: int, folder: Path) -> float:
    """Write a prepared corpus of about `seconds` of the training split, in utterances drawn by `draw`, or of all of it;
    its length."""
    chosen = corpus.split("train")
    if seconds < math.inf:
        usable = [u for u in chosen if SHORTEST <= u.seconds <= LONGEST and len(u.words) >= FEWEST_WORDS]
        random.Random(draw).shuffle(usable)
        chosen = []
        for utterance in usable:
            if sum(u.seconds for u in chosen) + utterance.seconds <= 1.05 * seconds:
                chosen.append(utterance)
    length = sum(u.seconds for u in chosen)
    if length < 0.9 * seconds < math.inf:
        raise UserError(
            f"{corpus.folder}: {length:.1f} s of its utterances come nearest to {seconds:g}; "
            "give seconds that they make, or another draw"
        )
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "audio").mkdir(parents=True)
    for utterance in chosen:
        shutil.copy(corpus.audio_path(utterance), folder / "audio")
    write_manifest(folder, replace(corpus.info, name=folder.name), chosen)
    return length
