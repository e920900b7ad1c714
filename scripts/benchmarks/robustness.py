"""Bad cases in 500 hard sentences: `scripts/benchmark.py benchmark=robustness [out=DIR] [jobs=2] [steps=5500]
[systems=smma,parallel,plain]`; `liang` is a fourth, with the heads and positions of its paper.

The tables of docs/ROBUSTNESS.md from one command: it prepares the corpora, trains the judge and every system with the
same seed and budget, one CPU thread each and `jobs` of them at a time, has each speak, and writes OUT/robustness.md.
What is in OUT already is not done again. Two to three hours on two cores, by what its parts took.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from benchmarks.robustness_page import page
from tts.alignment import AlignerConfig, train_aligner
from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.audio.griffin_lim import GriffinLim
from tts.audio.mel import LogMel
from tts.corpora.synthetic.espeak import say
from tts.corpora.synthetic.espeak_engine import SAMPLE_RATE, EspeakEngine
from tts.data.manifest import read_manifest
from tts.errors import UserError
from tts.evaluation.robustness import read_hard_sentences
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd

HERE = Path(__file__).resolve().parents[1]
BUDGET = ["trainer.devices=1", "trainer.threads=1", "trainer.frames_per_batch=2400", "optimizer.lr=1.5e-3",
          "optimizer.ema_decay=0.9975", "trainer.validate_every=500", "trainer.checkpoint_every=500"]  # fmt: skip
SYSTEMS = {
    "smma": ["experiment=transformer_smma"],
    "parallel": ["experiment=exact_times", "corpus=synthetic", "smma.switch_step=700", "loss.forward_sum=0.1",
                 "smma.prior=[[0,1.0],[450,1.0],[700,0.0]]", "smma.hard_share=[[0,0.0],[800,0.5]]", "loss.blank=null"],
    "plain": ["experiment=transformer_plain"],
    "liang": ["experiment=transformer_plain", "smma.switch_on=step"],
}  # fmt: skip
ROWS = {
    "espeak-ng, a copy through the vocoder": ("espeak", ""),
    "Transformer, plain attention": ("plain", "hard"),
    "Transformer, SMMA of Liang et al. 2020, soft": ("liang", "soft"),
    "Transformer, SMMA of Liang et al. 2020, hard": ("liang", "hard"),
    "Transformer, SMMA, soft": ("smma", "soft"),
    "Transformer, SMMA, hard": ("smma", "hard"),
    "parallel decoder, SMMA": ("parallel", "hard"),
}
"""The system, and the path it speaks along."""
PEER = "en-us"
WORDS = 2200
"""Single words in the judge's training beside sentences: a word by itself ends like a sentence."""
RECOGNISED = 10
"""Sentences of every class whose word errors are counted."""


@dataclass(frozen=True)
class Benchmark:
    out: Path
    jobs: int
    steps: int
    systems: tuple[str, ...]

    def run(self) -> None:
        self._script("prepare_data", "corpus=espeak")
        self._script("prepare_data", "corpus=drills")
        self._script("prepare_data", "corpus=wordnet")
        words = [f"corpus.out={self.out}/words", "corpus.sentences=words", "corpus.hours=null"]
        self._script("prepare_data", "corpus=espeak", f"corpus.utterances={WORDS}", *words)
        if not (self.out / "judge/aligner.json").is_file():
            self._train_judge()
        self._together(self._train, self.systems)
        if not (self.out / "espeak" / f"{len(read_hard_sentences()):04d}.wav").is_file():
            self._speak_peer()
        self._together(self._evaluate, *zip(*self._rows.values(), strict=True))
        if not (self.out / "detector/results.json").is_file():
            judge = f"aligner={self.out}/judge"
            self._script("evaluate", "metric=detector", judge, "corpus=espeak", f"out={self.out}/detector")
        pictures = sorted((self.out / "runs/smma/alignments").glob("valid_1_step_*.png"))
        for name, picture in zip(
            ("before", "after"), pictures[:1] + pictures[-1:], strict=False
        ):  # the first: step 500
            shutil.copyfile(picture, self.out / f"robustness_{name}.png")
        (self.out / "robustness.md").write_text(page(self.out, self._found()), "utf-8")
        print(f"written: {self.out}/robustness.md")

    @property
    def _rows(self) -> dict[str, tuple[str, str]]:
        return {name: row for name, row in ROWS.items() if row[0] in ("espeak", *self.systems)}

    def _found(self) -> dict[str, dict[str, Any]]:
        """results.json by row."""
        paths = {name: self._results(*row) / "results.json" for name, row in self._rows.items()}
        return {name: json.loads(path.read_text("utf-8")) for name, path in paths.items()}

    def _script(self, name: str, *arguments: str, log: Path | None = None) -> None:
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        command = [sys.executable, str(HERE / f"{name}.py"), *arguments]
        print("$", *command[1:], flush=True)
        with log.open("w+b") if log is not None else tempfile.TemporaryFile() as output:
            done = subprocess.run(command, env=environment, check=False, stdout=output, stderr=subprocess.STDOUT)
            if done.returncode:
                output.seek(0)
                raise UserError(f"{name} failed:\n{output.read().decode(errors='replace')[-2000:]}")

    def _together(self, do: Callable[..., None], *arguments: Iterable[str]) -> None:
        with ThreadPoolExecutor(self.jobs) as pool:
            list(pool.map(do, *arguments))

    def _train(self, name: str) -> None:
        run = self.out / "runs" / name
        if not (run / "voice/voice.json").is_file() or not (run / "done").is_file():
            run.mkdir(parents=True, exist_ok=True)
            budget = [*BUDGET, f"trainer.max_steps={self.steps}", f"run_dir={run}", f"name={name}", "resume=auto"]
            self._script("train", *SYSTEMS[name], *budget, log=run / "training.log")
            (run / "done").touch()

    def _evaluate(self, system: str, path: str) -> None:
        out = self._results(system, path)
        if (out / "results.json").is_file():
            return
        out.mkdir(parents=True, exist_ok=True)
        source = (
            [f"voice={self.out}/runs/{system}", f"path={path}", "vocoder=griffin_lim"]
            if path
            else [f"recordings={self.out}/{system}"]
        )
        judges = [f"aligner={self.out}/judge", f"recognise={RECOGNISED}"]
        self._script("evaluate", "metric=robustness", *source, *judges, f"out={out}", log=out / "table.log")

    def _results(self, system: str, path: str) -> Path:
        return self.out / "heard" / (f"{system}_{path}" if path else system)

    def _train_judge(self) -> None:
        """An aligner of copies through the vocoder that the voices speak through here, which needs no training."""
        audio, config = AudioConfig(), AlignerConfig()
        log_mel, vocoder = LogMel(audio), GriffinLim(audio)
        recordings = []
        words = read_manifest(self.out / "words")
        espeak = read_manifest(Path("data/espeak"))
        for corpus, utterances in ((espeak, espeak.split("train")), (words, words.utterances)):
            for u in utterances:
                with torch.inference_mode():
                    copy = vocoder(log_mel(waveform.read(corpus.audio_path(u), audio.sample_rate)))
                recordings.append((u.id, waveform.resample(copy, audio.sample_rate, config.sample_rate), u.tokens))
        speakers = sorted({u.speaker for u in (*espeak.split("train"), *words.utterances)})
        train_aligner(recordings, config).save(self.out / "judge", learnt_from={"espeak": speakers})

    def _speak_peer(self) -> None:
        """The synthesiser that made the corpus speaks the same sentences, for figures of speech without faults."""
        audio, front_end, engine = AudioConfig(), TextFrontEnd(TextConfig()), EspeakEngine(PEER)
        log_mel, vocoder = LogMel(audio), GriffinLim(audio)
        (self.out / "espeak").mkdir(exist_ok=True)
        for number, sentence in enumerate(read_hard_sentences(), 1):
            wav, _ = say(engine, front_end(sentence.text))
            with torch.inference_mode():
                copy = vocoder(log_mel(waveform.resample(wav, SAMPLE_RATE, audio.sample_rate)))
            waveform.write(self.out / "espeak" / f"{number:04d}.wav", copy, audio.sample_rate)


def main(arguments: list[str], out: Path | None) -> None:
    """Run it, and print where the table is."""
    given = {"jobs": "2", "steps": "5500", "systems": "smma,parallel,plain"}
    for argument in arguments:
        key, _, value = argument.partition("=")
        systems = value.split(",") if key == "systems" else []
        if key not in given or set(systems) - set(SYSTEMS) or not (systems or (value.isdigit() and int(value))):
            known = " ".join(f"{key}={value}" for key, value in given.items())
            raise UserError(f"benchmark=robustness takes {known}, not {argument}")
        given[key] = value
    assert out is not None
    Benchmark(out, int(given["jobs"]), int(given["steps"]), tuple(given["systems"].split(","))).run()
