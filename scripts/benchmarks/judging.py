"""Voices trained by a recipe on a prepared corpus, and what judges say of them."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.likeness import Likeness
from tts.corpora.synthetic.sentences import read_sentences
from tts.data.manifest import PreparedCorpus
from tts.errors import UserError
from tts.evaluation.judges import OpinionPredictor, Recogniser, SecondOpinion, SecondRecogniser, word_error_rate
from tts.synthesis.voice import Voice

TRAIN = Path(__file__).parents[1] / "train.py"
Row = dict[str, float]


def train_voice(run: Path, corpus: Path, experiment: str, seed: int, overrides: Sequence[str]) -> float:
    """Train a voice into `run` on a prepared corpus, beside what else the experiment has; the minutes it took.

    Raises
    ------
    UserError: the training failed.
    """
    shutil.rmtree(run, ignore_errors=True)
    chosen = [f"experiment={experiment}", f"seed={seed}", f"corpus.parts.voice.out={corpus}", f"run_dir={run}"]
    started = time.monotonic()
    done = subprocess.run([sys.executable, str(TRAIN), *chosen, *overrides], capture_output=True, text=True)
    if done.returncode:
        raise UserError(f"{TRAIN} {' '.join(chosen)}: {last_line(done)}")
    return (time.monotonic() - started) / 60


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    """What a command that failed said last, or how it ended."""
    return next(iter(reversed(done.stderr.strip().splitlines())), f"ended with {done.returncode}")


def show(name: str, row: Row) -> None:
    print(name, *(f"{key} {value:.4g}" for key, value in row.items()), sep="\n  ", flush=True)


class Judges:
    """Of what a voice says."""

    def __init__(self, corpus: PreparedCorpus, listings: list[Path]) -> None:
        self.texts = {path.stem: read_sentences(path) for path in listings}
        self.recognisers: dict[str, Recogniser | SecondRecogniser] = {
            "": Recogniser(),
            " by pocketsphinx": SecondRecogniser(),
        }
        self.opinions: dict[str, OpinionPredictor | SecondOpinion] = {
            "": OpinionPredictor(),
            " by DNSMOS": SecondOpinion(),
        }
        self.likeness = Likeness()
        self.speaker = self.likeness.speaker(corpus, (u for u in corpus.utterances if u.split != "train"))

    def score(self, voice: Voice, speaker: str) -> Row:
        row: Row = {}
        for name, texts in self.texts.items():
            spoken = [voice.synthesize(text, speaker=speaker) for text in texts]
            for by, recogniser in self.recognisers.items():
                heard = [recogniser.transcribe(s.wav, s.sample_rate) for s in spoken]
                row[f"word errors %{by}, {name}"] = 100 * word_error_rate(texts, heard).rate
            for by, opinion in self.opinions.items():
                row[f"opinion{by}, {name}"] = statistics.mean(opinion.score(s.wav, s.sample_rate) for s in spoken)
            likeness = [float(self.likeness.embedding(s.wav, s.sample_rate) @ self.speaker) for s in spoken]
            row[f"likeness, {name}"] = statistics.mean(likeness)
        return row
