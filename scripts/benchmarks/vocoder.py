"""Naturalness and speed of vocoders: `scripts/benchmark.py benchmark=vocoder [key=value …]`.

Copies of held-out recordings through each vocoder, and with `voice=PATH` sentences spoken from text, beside the
recordings and another system's voice: predicted opinion (DistillMOS), mel cepstral distortion, PESQ, word errors and
speed.

`corpus=PATH` holds the recordings (data/allison); `vocoder=PATH` is the one to measure (the package's); `run=PATH`
of a training with `trainer.keep_every` gives the curve over it; `sentences=FILE` are to be spoken (the texts of the
held-out recordings, so that voice and copies compare).
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.audio.griffin_lim import GriffinLim
from tts.audio.mel import LogMel
from tts.corpora.corpus import Sound
from tts.corpora.synthetic.hibari import HibariCorpus
from tts.corpora.synthetic.sentences import read_sentences
from tts.data.manifest import PreparedCorpus, read_manifest
from tts.errors import UserError
from tts.evaluation.copies import log_spectral_distance, mel_cepstral_distortion
from tts.evaluation.judges import OpinionPredictor, Recogniser, perceptual_quality, word_error_rate
from tts.storage.files import write_text
from tts.synthesis.voice import Voice
from tts.training.checkpoint import load_checkpoint
from tts.vocoder.choice import GriffinLimVocoder, IstftVocoder, Vocoder, make_vocoder, trained
from tts.vocoder.generator import Generator

HIGHS = 8000.0
"""Hz, above which the log-spectral distance is measured."""
SHORTEST = 1.0
"""Seconds; a predictor of opinions was taught on sentences."""
KEYS = ("corpus", "vocoder", "voice", "run", "sentences")
Row = dict[str, float]


def main(arguments: list[str], out: Path | None) -> None:
    """Print the tables; with `out`, write results.json and the sounds too."""
    given = dict(argument.partition("=")[::2] for argument in arguments)
    if unknown := set(given) - set(KEYS):
        raise UserError(f"benchmark=vocoder takes {', '.join(KEYS)}, not {', '.join(sorted(unknown))}")
    torch.set_num_threads(1)
    run = Path(given["run"]).expanduser() if "run" in given else None
    if run is not None:
        kept(run)  # an error before anything is measured
    judges = Judges()
    corpus = read_manifest(Path(given.get("corpus", "data/allison")).expanduser())
    path = given.get("vocoder")
    chosen = IstftVocoder(path=path)
    tables: dict[str, dict[str, Row]] = {"copies": judge_copies(corpus, chosen, judges, out)}
    show("Copies of held-out recordings", tables["copies"])
    if "voice" in given:
        listing = given.get("sentences")
        texts = read_sentences(Path(listing).expanduser()) if listing is not None else held_out(corpus, chosen)[0]
        tables["sentences"] = judge_sentences(given["voice"], texts, chosen, judges, out)
        show("Sentences spoken from text", tables["sentences"])
    if run is not None:
        tables["training"] = judge_training(run, corpus, judges)
        show("Copies, over training", tables["training"])
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        write_text(out / "results.json", json.dumps(tables, indent=1))


class Judges:
    """The measures, as far as they are installed."""

    def __init__(self) -> None:
        self.opinion, self.recogniser = OpinionPredictor(), Recogniser()
        self.has_pesq = True

    def quality(self, recording: Tensor, copy: Tensor, rate: int) -> float:
        if self.has_pesq:
            try:
                return perceptual_quality(recording, copy, rate)
            except UserError:
                print("note: left out: PESQ, which is not installed (pip install pesq; it needs a C compiler)")
                self.has_pesq = False
        return float("nan")

    def score(self, sounds: list[Tensor], texts: list[str], rate: int) -> Row:
        """Measures that need no recording to compare with."""
        opinions = [self.opinion.score(sound, rate) for sound in sounds]
        transcripts = [self.recogniser.transcribe(sound, rate) for sound in sounds]
        return {"opinion": statistics.mean(opinions), "word errors %": 100 * word_error_rate(texts, transcripts).rate}


def judge_copies(corpus: PreparedCorpus, chosen: IstftVocoder, judges: Judges, out: Path | None) -> dict[str, Row]:
    """A row for the recordings, and one for each vocoder's copies of them."""
    texts, recordings, audio = held_out(corpus, chosen)
    log_mel = LogMel(audio)
    mels = [log_mel(recording) for recording in recordings]
    rows = {"recordings": judges.score(recordings, texts, audio.sample_rate)}
    for name, vocoder in vocoders(chosen, audio):
        sounds, speed = timed(vocoder, mels, audio.sample_rate)
        rows[name] = judges.score(sounds, texts, audio.sample_rate) | {"real-time factor": speed}
        pairs = list(zip(recordings, sounds, strict=True))
        rows[name]["distortion dB"] = statistics.mean(
            mel_cepstral_distortion(mel, log_mel(sound)) for mel, sound in zip(mels, sounds, strict=True)
        )
        rows[name]["PESQ"] = statistics.mean(judges.quality(r[: len(s)], s, audio.sample_rate) for r, s in pairs)
        if audio.sample_rate / 2 > HIGHS:
            rows[name][f"LSD above {HIGHS / 1000:g} kHz dB"] = statistics.mean(
                log_spectral_distance(r, s, audio.sample_rate, HIGHS) for r, s in pairs
            )
        if isinstance(vocoder, Generator):
            rows[name]["M parameters"] = sum(p.numel() for p in vocoder.parameters()) / 1e6
        keep(sounds, out, f"copies_{name}", audio.sample_rate)
    return rows


def judge_sentences(
    path: str, sentences: list[str], chosen: IstftVocoder, judges: Judges, out: Path | None
) -> dict[str, Row]:
    """A row for a voice through each vocoder, all of it timed, and one for another system's voice."""
    rows: dict[str, Row] = {}
    for name, choice in (("Griffin-Lim", GriffinLimVocoder()), ("this vocoder", chosen)):
        voice = Voice.load(path, choice)
        rate = voice.config.audio.sample_rate
        voice.synthesize(sentences[0])
        sounds, speed = timed(partial(speak, voice), sentences, rate)
        rows[name] = judges.score(sounds, sentences, rate) | {"real-time factor": speed}
        rows[name]["first sound s"] = statistics.median(first_sound(voice, text) for text in sentences[:10])
        keep(sounds, out, f"spoken_{name}", rate)
    try:
        peer = peers_sounds(sentences)
    except UserError as error:
        print(f"note: left out: a peer's voice ({error})")
        return rows
    rows["hibari-tts"] = judges.score([peer[text].wav for text in sentences], sentences, peer[sentences[0]].sample_rate)
    return rows


def peers_sounds(sentences: list[str]) -> dict[str, Sound]:
    """The sentences as hibari-tts speaks them."""
    with tempfile.TemporaryDirectory() as temporary:
        listing = Path(temporary) / "sentences.txt"
        listing.write_text("\n".join(sentences), "utf-8")
        return {recording.text: recording.load() for recording in HibariCorpus(temporary, (str(listing),))}


def judge_training(run: Path, corpus: PreparedCorpus, judges: Judges) -> dict[str, Row]:
    """A row for every checkpoint that the run kept."""
    vocoder = trained(str(run))
    texts, recordings, audio = held_out(corpus, IstftVocoder(path=str(run)))
    log_mel, rows = LogMel(audio), {}
    for path in kept(run):
        state = load_checkpoint(path)
        weights = {k.removeprefix("module."): v for k, v in state["average"].items() if k.startswith("module.")}
        vocoder.load_state_dict(weights)
        sounds = [vocoder(log_mel(recording)) for recording in recordings]
        rows[f"step {state['step']}"] = {"minutes": state["minutes"]} | judges.score(sounds, texts, audio.sample_rate)
    return rows


def kept(run: Path) -> list[Path]:
    """Checkpoints by step.

    Raises
    ------
    UserError: there is none.
    """
    paths = sorted((run / "checkpoints").glob("step_*.pt"))
    if not paths:
        raise UserError(f"{run}: no checkpoint was kept; train with trainer.keep_every=STEPS")
    return paths


def held_out(corpus: PreparedCorpus, chosen: IstftVocoder) -> tuple[list[str], list[Tensor], AudioConfig]:
    """Texts and recordings, and the mel definition of the vocoder."""
    audio = AudioConfig() if chosen.path is None else trained(chosen.path).audio
    utterances = [u for u in corpus.utterances if u.split != "train" and u.seconds >= SHORTEST]
    wavs = [waveform.read(corpus.audio_path(u), audio.sample_rate) for u in utterances]
    return [u.text for u in utterances], wavs, audio


def vocoders(chosen: IstftVocoder, audio: AudioConfig) -> Iterator[tuple[str, Vocoder]]:
    yield "Griffin-Lim", GriffinLim(audio)
    yield "this vocoder", make_vocoder(chosen, audio)


def timed(make: Callable[[Any], Tensor], inputs: list[Any], rate: int) -> tuple[list[Tensor], float]:
    """The sounds that `make` gives for every input, and its CPU-seconds per second of sound."""
    make(inputs[0])
    started = time.process_time()
    sounds = [make(value) for value in tqdm(inputs, disable=None)]
    return sounds, (time.process_time() - started) * rate / sum(len(sound) for sound in sounds)


def speak(voice: Voice, text: str) -> Tensor:
    return voice.synthesize(text).wav


def first_sound(voice: Voice, text: str) -> float:
    """Seconds until the first piece of a sentence is there."""
    started = time.perf_counter()
    next(voice.stream(text))
    return time.perf_counter() - started


def keep(sounds: list[Tensor], out: Path | None, name: str, rate: int) -> None:
    if out is not None:
        (out / name.replace(" ", "_")).mkdir(parents=True, exist_ok=True)
        for number, sound in enumerate(sounds, 1):
            waveform.write(out / name.replace(" ", "_") / f"{number:04d}.wav", sound, rate)


def show(title: str, rows: dict[str, Row]) -> None:
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    print(f"\n{title}:\n\n| | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
    for name, row in rows.items():
        print(f"| {name} | {' | '.join(f'{row[c]:.3g}' if c in row else '' for c in columns)} |")
