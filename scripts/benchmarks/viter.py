"""The peer `viter` (github.com/thewh1teagle/viter, the recipe of the Montreal Forced Aligner): `pip install viter`.

It gets the same input as ours: the recordings, the phones of every word, and optional silence between words. Its
refinement of boundaries is off, since it makes them worse.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tts.audio import waveform
from tts.data.manifest import PreparedCorpus, Utterance
from tts.errors import UserError
from tts.evaluation.alignment import phone_tier
from tts.intervals import Interval

RATE = 16000
"""Hz."""


class Viter:
    """One of its recipes: by default all of it (monophones, triphones, LDA, speaker-adaptive training)."""

    def __init__(self, folder: Path, *flags: str) -> None:
        self.folder, self.flags = folder, flags
        self.phones: dict[str, str] = {}

    @staticmethod
    def installed() -> bool:
        return shutil.which("viter") is not None

    def train(self, corpus: PreparedCorpus, utterances: Sequence[Utterance]) -> float:
        """CPU seconds it took."""
        shutil.rmtree(self.folder, ignore_errors=True)
        symbols = sorted(set().union(*map(_phones, utterances)))
        self.phones = {symbol: f"p{i}" for i, symbol in enumerate(symbols)}
        recordings, words = self._write(self.folder / "train", corpus, utterances)
        return self._run("train", recordings, "--dict", words, "-o", self.folder / "m.viter", *self.flags)

    def align(self, corpus: PreparedCorpus, utterances: Sequence[Utterance]) -> dict[str, list[Interval]]:
        """Phones of every utterance that it could do."""
        shutil.rmtree(self.folder / "align", ignore_errors=True)
        shutil.rmtree(self.folder / "aligned", ignore_errors=True)
        known = [u for u in utterances if _phones(u) <= set(self.phones)]
        recordings, words = self._write(self.folder / "align", corpus, known)
        model, out = self.folder / "m.viter", self.folder / "aligned"
        self._run("align", recordings, model, "--dict", words, "-o", out, "--no-refine")
        names = {name: symbol for symbol, name in self.phones.items()}
        return {
            path.stem: [i._replace(label=names.get(i.label, "sil")) for i in phone_tier(path)]
            for path in sorted(out.rglob("*.TextGrid"))
        }

    def _write(self, folder: Path, corpus: PreparedCorpus, utterances: Sequence[Utterance]) -> tuple[Path, Path]:
        """Recordings with transcripts, a folder per speaker, and the dictionary: words of the same phones are one."""
        words: dict[tuple[str, ...], str] = {}
        for utterance in utterances:
            transcript = []
            for index in range(len(utterance.words)):
                own = zip(utterance.symbols, utterance.word, strict=True)
                phones = tuple(self.phones[symbol] for symbol, word in own if word == index)
                transcript.append(words.setdefault(phones, f"w{len(words)}"))
            target = folder / "recordings" / utterance.speaker
            target.mkdir(parents=True, exist_ok=True)
            waveform.write(target / f"{utterance.id}.wav", waveform.read(corpus.audio_path(utterance), RATE), RATE)
            (target / f"{utterance.id}.txt").write_text(" ".join(transcript), "utf-8")
        lines = [f"{word}\t{' '.join(phones)}\n" for phones, word in words.items()]
        (folder / "words.txt").write_text("".join(lines), "utf-8")
        return folder / "recordings", folder / "words.txt"

    def _run(self, *arguments: object) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = ["viter", *map(str, arguments), "--cpu"]
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"RAYON_NUM_THREADS": "1"})
        if done.returncode:
            raise UserError(f"viter {arguments[0]}: {(done.stderr or done.stdout)[-400:]}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _phones(utterance: Utterance) -> set[str]:
    return {symbol for symbol, word in zip(utterance.symbols, utterance.word, strict=True) if word >= 0}
