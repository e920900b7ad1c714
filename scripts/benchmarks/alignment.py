"""Phone times beside those of peers: `scripts/benchmark.py benchmark=alignment [out=DIR] [corpus=PATH] [parts=A,B]`.

All are trained on the train split of the `espeak` corpus, with the same phones and optional pauses, and scored on
its held-out splits against exact times, which none of them reads. Parts: `peers`, `time` (accuracy by CPU-seconds of
training), `speech` (by minutes of it), `voices` (other rates of speaking), `languages`, `seeds`. Training is timed in
CPU seconds of one thread. Peers that are not installed are left out: `pip install viter
monotonic-alignment-search`.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from benchmarks.forward_sum import ForwardSum
from benchmarks.viter import Viter
from tts.alignment import Aligner, AlignerConfig, train_aligner
from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.corpora.synthetic.espeak import EspeakCorpus
from tts.data.manifest import PreparedCorpus, Utterance, read_manifest
from tts.errors import UserError
from tts.evaluation.alignment import PhoneScore
from tts.evaluation.boundaries import PhonesDiffer
from tts.evaluation.table import boundary_table
from tts.intervals import Interval, phone_tier
from tts.preparation.limits import Limits
from tts.preparation.prepare import prepare
from tts.text.config import TextConfig

PARTS = ("peers", "time", "speech", "voices", "languages", "seeds")
MONOPHONES, TRIPHONES = ("--speakers", "single", "--no-tri"), ("--no-lda", "--no-sat")
FINE = AudioConfig(hop_length=80, win_length=400, n_fft=512)
"""Mel frames every 5 ms."""
MINUTES = (1, 3, 10)
"""Of training."""
SPEECH = (1, 5, 30)
"""Minutes."""
RATES = {"en-us": (175, "en-us"), "+f3": (175, "en-us+f3"), "+m3": (175, "en-us+m3"),
         "slow (130 words a minute)": (130, "en-us+f3"), "fast (230 words a minute)": (230, "en-us+f3")}  # fmt: skip
LANGUAGES = ("fr-fr", "de", "es")
Row = dict[str, float]


def main(arguments: list[str], out: Path | None) -> None:
    """Print a table for every part; with `out`, write results.json too."""
    folder, parts = Path("data/espeak"), list(PARTS)
    for argument in arguments:
        key, _, value = argument.partition("=")
        if key == "corpus":
            folder = Path(value).expanduser()
        elif key == "parts" and set(value.split(",")) <= set(PARTS):
            parts = value.split(",")
        else:
            raise UserError(f"benchmark=alignment takes corpus=PATH and parts={','.join(PARTS)}, not {argument}")
    corpus = read_manifest(folder)
    if parts != ["seeds"] and not (corpus.folder / "truth").is_dir():
        raise UserError(f"{corpus.folder}: has no exact times; give a prepared corpus=espeak, or parts=seeds")
    for peer, package in ((Viter, "viter"), (ForwardSum, "monotonic-alignment-search")):
        if not peer.installed():
            print(f"note: left out: {package}, which is not installed (pip install {package})")
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as scratch:
        comparison = Comparison(corpus, Path(scratch))
        results = {part: comparison.run(part) for part in parts}
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "results.json").write_text(json.dumps(results, indent=2, ensure_ascii=False), "utf-8")
        print(f"written: {out}/results.json")


class Comparison:
    """The parts of the benchmark on one corpus."""

    def __init__(self, corpus: PreparedCorpus, scratch: Path) -> None:
        self.corpus, self.scratch = corpus, scratch
        self.train = corpus.split("train")
        self.held_out = [*corpus.split("valid"), *corpus.split("test")]
        self.rows: dict[str, Row] = {}

    def run(self, part: str) -> dict[str, Row]:
        """Figures by aligner, printed as they come and as a table in the end."""
        self.rows = {}
        getattr(self, f"_{part}")()
        print(f"\n{part}:\n{boundary_table(self.rows)}\n", flush=True)
        return self.rows

    def _peers(self) -> None:
        self._ours("ours", AlignerConfig(), self.train)
        if Viter.installed():
            self._viter("viter, monophones", self.train, *MONOPHONES)
            self._viter("viter, triphones", self.train, *TRIPHONES)
            self._viter("viter, all of it", self.train)
        if ForwardSum.installed():
            for name, audio in (("12.5 ms", AudioConfig()), ("5 ms", FINE)):
                peer = ForwardSum(audio)
                seconds = peer.train_on(self.corpus, self.train, 180, 180)
                self._score(f"forward-sum, {name}", seconds, peer.align(self.corpus, self.held_out))

    def _time(self) -> None:
        default = AlignerConfig()
        for gaussians in (1, 4, 16):
            self._ours(f"ours, {gaussians} Gaussians", replace(default, mixtures=gaussians), self.train)
        if Viter.installed():
            self._viter("viter, monophones", self.train, *MONOPHONES)
            self._viter("viter, all of it", self.train)
        if ForwardSum.installed():
            peer, spent = ForwardSum(AudioConfig()), 0.0
            for minutes in MINUTES:
                spent += peer.train_on(self.corpus, self.train, 60 * minutes - spent, 60 * MINUTES[0])
                self._score(f"forward-sum, {minutes} min", spent, peer.align(self.corpus, self.held_out))

    def _speech(self) -> None:
        for minutes in SPEECH:
            some = first_minutes(self.train, minutes)
            self._ours(f"ours, {minutes} min", AlignerConfig(), some)
            if Viter.installed():
                self._viter(f"viter, {minutes} min", some, *MONOPHONES)

    def _voices(self) -> None:
        texts = sorted({u.text for u in self.held_out})
        ours, _ = self._train_ours(AlignerConfig(), self.corpus, self.train)
        viter = Viter(self.scratch / "viter", *MONOPHONES)
        if viter.installed():
            viter.train(self.corpus, self.train)
        for name, (rate, voice) in RATES.items():
            corpus = self._speak(name, texts, rate, (voice,))
            self._score(f"ours, {name}", 0.0, align_ours(ours, corpus, corpus.utterances), corpus)
            if viter.installed():
                self._score(f"viter, {name}", 0.0, viter.align(corpus, corpus.utterances), corpus)

    def _languages(self) -> None:
        """Trained on what is aligned, as a user would."""
        for language in LANGUAGES:
            corpus = self._speak(language, None, 175, (f"{language}+f3", f"{language}+m3"))
            self._ours(f"ours, {language}", AlignerConfig(), corpus.utterances, corpus)
            if Viter.installed():
                self._viter(f"viter, {language}", corpus.utterances, *MONOPHONES, corpus=corpus)

    def _seeds(self) -> None:
        """The second training's times against the first's."""
        aligners = [self._train_ours(AlignerConfig(seed=seed), self.corpus, self.train) for seed in (0, 1)]
        first, second = (align_ours(aligner, self.corpus, self.held_out) for aligner, _ in aligners)
        self._score("seed 1 against seed 0", aligners[1][1], second, truth=first)

    def _speak(self, name: str, texts: list[str] | None, rate: int, voices: tuple[str, ...]) -> PreparedCorpus:
        """A corpus of these sentences, or the embedded ones of the voices' language, in every voice."""
        folder = self.scratch / "spoken" / name.replace(" ", "-")
        folder.mkdir(parents=True)
        source = "embedded"
        if texts is not None:
            source = str(folder / "sentences.txt")
            Path(source).write_text("\n".join(texts), "utf-8")
        language = voices[0].partition("+")[0]
        corpus = EspeakCorpus(str(folder), source, voices, hours=None, rate=rate, language=language)
        prepare(corpus, folder / "corpus", AudioConfig(), TextConfig(language=language), Limits(), workers=1)
        return read_manifest(folder / "corpus")

    def _ours(
        self, name: str, config: AlignerConfig, train: Sequence[Utterance], corpus: PreparedCorpus | None = None
    ) -> None:
        aligner, seconds = self._train_ours(config, corpus or self.corpus, train)
        tested = corpus.utterances if corpus is not None else self.held_out
        self._score(name, seconds, align_ours(aligner, corpus or self.corpus, tested), corpus)

    def _train_ours(
        self, config: AlignerConfig, corpus: PreparedCorpus, train: Sequence[Utterance]
    ) -> tuple[Aligner, float]:
        started = time.process_time()
        recordings = [(u.id, waveform.read(corpus.audio_path(u), config.sample_rate), u.tokens) for u in train]
        aligner = train_aligner(recordings, config)
        return aligner, time.process_time() - started

    def _viter(self, name: str, train: Sequence[Utterance], *flags: str, corpus: PreparedCorpus | None = None) -> None:
        peer = Viter(self.scratch / "viter", *flags)
        seconds = peer.train(corpus or self.corpus, train)
        tested = corpus.utterances if corpus is not None else self.held_out
        self._score(name, seconds, peer.align(corpus or self.corpus, tested), corpus)

    def _score(
        self,
        name: str,
        seconds: float,
        found: dict[str, list[Interval]],
        corpus: PreparedCorpus | None = None,
        truth: dict[str, list[Interval]] | None = None,
    ) -> None:
        """Parameters
        ----------
        truth: what `found` is compared with; the exact times if not given.
        """
        tested = corpus.utterances if corpus is not None else self.held_out
        exact = (corpus or self.corpus).folder / "truth"
        score, missing = PhoneScore(), 0
        for u in tested:
            try:
                score.add(found[u.id], phone_tier(exact / f"{u.id}.TextGrid") if truth is None else truth[u.id])
            except (KeyError, PhonesDiffer):
                missing += 1
        self.rows[name] = score.summary() | {"cpu_seconds": seconds, "unscored": missing}
        print(f"{name}: {seconds:.0f} CPU-s, {missing} of {len(tested)} utterances could not be done", flush=True)


def align_ours(aligner: Aligner, corpus: PreparedCorpus, utterances: Sequence[Utterance]) -> dict[str, list[Interval]]:
    """Phones of every utterance that it could do."""
    found = {}
    for u in utterances:
        try:
            wav = waveform.read(corpus.audio_path(u), corpus.info.sample_rate)
            found[u.id] = aligner.align(wav, corpus.info.sample_rate, u.tokens, u.id).phones
        except UserError:
            continue
    return found


def first_minutes(utterances: Sequence[Utterance], minutes: float) -> list[Utterance]:
    """The first so many minutes, in an order that mixes the speakers."""
    chosen, seconds = [], 0.0
    for utterance in sorted(utterances, key=lambda u: (u.recording, u.speaker)):
        if seconds >= 60 * minutes:
            break
        chosen.append(utterance)
        seconds += utterance.seconds
    return chosen
