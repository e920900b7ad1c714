"""Bad cases in 500 hard sentences: `scripts/benchmark.py benchmark=robustness [out=DIR] [jobs=2] [steps=2750]`.

Everything that docs/ROBUSTNESS.md says, from one command: it prepares the corpora, trains the judge and every system
with the same seed and budget, one CPU thread each and `jobs` of them at a time, has each speak, and writes
OUT/robustness.md. What is in OUT already is not done again. Three to four hours on two cores.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch

from tts.alignment import AlignerConfig, train_aligner
from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.audio.griffin_lim import GriffinLim
from tts.audio.mel import LogMel
from tts.data.espeak import MARGIN, spoken
from tts.data.espeak_engine import SAMPLE_RATE, EspeakEngine
from tts.data.manifest import read_manifest
from tts.errors import UserError
from tts.evaluation.robustness import read_hard_sentences
from tts.models.autoregressive import AutoregressiveDecoder
from tts.models.decoder import Teacher
from tts.synthesis.voice import Voice
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd

HERE = Path(__file__).resolve().parents[1]
BUDGET = ["trainer.devices=1", "trainer.threads=1", "trainer.frames_per_batch=4800", "trainer.validate_every=300",
          "trainer.checkpoint_every=300"]  # fmt: skip
SYSTEMS = {
    "plain": ["experiment=transformer_plain"],
    "smma": ["experiment=transformer_smma"],
    "liang": ["experiment=transformer_smma", "model.decoder.positions=true",
              "model.decoder.attention.selection=threshold"],
    "parallel": ["experiment=espeak", "smma.switch_step=400", "smma.prior=[[0,1.0],[250,1.0],[400,0.0]]",
                 "loss.forward_sum=0.1", "loss.blank=null"],
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
"""Single words that the judge learns beside sentences, for a word by itself ends like a sentence."""
RECOGNISED = 10
"""Sentences of every class whose word errors are counted."""
LENGTHS = (50, 100, 200, 400, 800)
"""Steps, of the speed of decoding."""


@dataclass(frozen=True)
class Benchmark:
    out: Path
    jobs: int
    steps: int

    def run(self) -> None:
        self._script("prepare_data", "corpus=espeak")
        words = [f"corpus.out={self.out}/words", "corpus.sentences=words", "corpus.hours=null"]
        self._script("prepare_data", "corpus=espeak", f"corpus.utterances={WORDS}", *words)
        if not (self.out / "judge/aligner.json").is_file():
            self._train_judge()
        self._together(self._train, SYSTEMS)
        if not (self.out / "espeak" / f"{len(read_hard_sentences()):04d}.wav").is_file():
            self._speak_peer()
        self._together(self._listen, *zip(*ROWS.values(), strict=True))
        if not (self.out / "detector/results.json").is_file():
            judge = f"aligner={self.out}/judge"
            self._script("evaluate", "metric=detector", judge, "corpus=espeak", f"out={self.out}/detector")
        pictures = sorted((self.out / "runs/smma/alignments").glob("valid_1_step_*.png"))
        for name, picture in (("before", pictures[0]), ("after", pictures[-1])):  # the first is of step 300
            shutil.copyfile(picture, self.out / f"robustness_{name}.png")
        (self.out / "robustness.md").write_text(self._page(), "utf-8")
        print(f"written: {self.out}/robustness.md")

    def _script(self, name: str, *arguments: str, log: Path | None = None) -> None:
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        command = [sys.executable, str(HERE / f"{name}.py"), *arguments]
        print("$", *command[1:], flush=True)
        done = subprocess.run(command, env=environment, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if log is not None:
            log.write_bytes(done.stdout)
        if done.returncode:
            raise UserError(f"{name} failed:\n{done.stdout.decode(errors='replace')[-2000:]}")

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

    def _listen(self, system: str, path: str) -> None:
        out = self._results(system, path)
        if (out / "results.json").is_file():
            return
        out.mkdir(parents=True, exist_ok=True)
        says = [f"voice={self.out}/runs/{system}", f"path={path}"] if path else [f"recordings={self.out}/{system}"]
        judges = [f"aligner={self.out}/judge", f"recognise={RECOGNISED}"]
        self._script("evaluate", "metric=robustness", *says, *judges, f"out={out}", log=out / "table.txt")

    def _results(self, system: str, path: str) -> Path:
        return self.out / "heard" / (f"{system}_{path}" if path else system)

    def _train_judge(self) -> None:
        """An aligner of copies through the vocoder that the voices speak through."""
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
        train_aligner(recordings, config).save(self.out / "judge", "copies of the espeak corpus and of single words")

    def _speak_peer(self) -> None:
        """The synthesiser that made the corpus reads the same phones, for what the judge says of good speech."""
        audio = AudioConfig()
        log_mel, vocoder = LogMel(audio), GriffinLim(audio)
        engine, front_end = EspeakEngine(PEER, 175, 50), TextFrontEnd(TextConfig(language=PEER))
        (self.out / "espeak").mkdir(exist_ok=True)
        silence = torch.zeros(round(MARGIN * SAMPLE_RATE))
        for number, sentence in enumerate(read_hard_sentences(), 1):
            wav = torch.from_numpy(engine.speak(spoken(front_end(sentence.text))).wav)
            wav = waveform.resample(torch.cat([silence, wav, silence]), SAMPLE_RATE, audio.sample_rate)
            with torch.inference_mode():
                waveform.write(self.out / "espeak" / f"{number:04d}.wav", vocoder(log_mel(wav)), audio.sample_rate)

    def _page(self) -> str:
        found = {row: json.loads((self._results(*row) / "results.json").read_text("utf-8")) for row in ROWS.values()}
        kinds = list(dict.fromkeys(sentence.kind for sentence in read_hard_sentences()))
        parts = [
            "| | bad cases | by kind | unscored | phones without a frame | word errors | real-time factor |",
            "|---|---|---|---|---|---|---|",
        ]
        for name, row in ROWS.items():
            result = found[row]
            bad = dict(result["bad_cases"])
            total = bad.pop("total")
            by_kind = ", ".join(f"{kind} {count}" for kind, count in sorted(bad.items(), key=lambda item: -item[1]))
            lost = sum(case["zero_frames"] for case in result["cases"])
            errors = 100 * result["word_errors"]["all"]["rate"]
            spent, spoken_seconds = (sum(case[key] for case in result["cases"]) for key in ("spent", "seconds"))
            speed = f"{spent / spoken_seconds:.3f}" if row[1] else ""
            parts.append(
                f"| {name} | {total} of {len(result['cases'])} | {by_kind} | {len(result['unscored'])} | {lost} "
                f"| {errors:.1f} % | {speed} |"
            )
        short = {name: f"{system} {path}".strip() for name, (system, path) in ROWS.items()}
        parts += ["", "Bad cases and word errors (per cent) by class:", ""]
        parts += ["| class | " + " | ".join(short.values()) + " |", "|---" * (1 + len(ROWS)) + "|"]
        for kind in kinds:
            cells = []
            for row in ROWS.values():
                bad = sum(case["kind"] == kind and bool(case["faults"]) for case in found[row]["cases"])
                cells.append(f"{bad} · {100 * found[row]['word_errors'][kind]['rate']:.0f}")
            parts.append(f"| {kind} | " + " | ".join(cells) + " |")
        detector = json.loads((self.out / "detector/results.json").read_text("utf-8"))
        parts += ["", f"The detector, on {detector['recordings']} held-out recordings with planted faults:", ""]
        parts += ["| " + " | ".join(detector["found"]) + " |", "|---" * len(detector["found"]) + "|"]
        parts += ["| " + " | ".join(f"{100 * share:.1f} %" for share in detector["found"].values()) + " |"]
        parts += ["", "Decoding, frames a second on one thread, with the cache and without it:", ""]
        parts += ["| steps | with | without |", "|---|---|---|"]
        parts += [f"| {steps} | {cached:.0f} | {plain:.0f} |" for steps, cached, plain in self._decoding()]
        return "\n".join(parts) + "\n"

    def _decoding(self) -> list[tuple[int, float, float]]:
        """Steps, and frames a second with the cache and, all steps before done again in each, without."""
        torch.set_num_threads(1)
        decoder = Voice.load(self.out / "runs/smma").model.decoder
        assert isinstance(decoder, AutoregressiveDecoder)
        width, reduction = decoder.over.in_features, decoder.config.reduction
        rows = []
        for steps in LENGTHS:
            tokens = steps // 3
            states, lengths = torch.randn(1, tokens, width), torch.tensor([tokens])
            durations = torch.full((1, tokens), 3 * reduction)
            with torch.inference_mode():
                started = time.process_time()
                decoder.speak(states, lengths, durations, given=True)
                cached = time.process_time() - started
                started, done = time.process_time(), 0
                for step in range(1, steps, max(1, steps // 20)):  # a sample of them, for it takes long
                    frames = step * reduction
                    mel = torch.zeros(1, frames, decoder.go.shape[0])
                    along = torch.zeros(1, frames, tokens)
                    decoder(states, lengths, Teacher(mel, mel[..., 0], torch.tensor([frames]), along))
                    done += 1
                plain = (time.process_time() - started) / done * steps
            rows.append((steps, steps * reduction / cached, steps * reduction / plain))
        return rows


def main(arguments: list[str], out: Path | None) -> None:
    """Run it, and print where the table is."""
    jobs, steps = 2, 2750
    for argument in arguments:
        key, _, value = argument.partition("=")
        if key not in ("jobs", "steps") or not value.isdigit() or int(value) < 1:
            raise UserError(f"benchmark=robustness takes jobs=2 and steps=2750, not {argument}")
        jobs, steps = (int(value), steps) if key == "jobs" else (jobs, int(value))
    folder = out or Path("runs/robustness")
    folder.mkdir(parents=True, exist_ok=True)
    Benchmark(folder, jobs, steps).run()
