"""Hits and false alarms of the fault detector (`tts.evaluation.faults`), by faults inserted into good recordings."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor
from tqdm import tqdm

from tts.alignment import Aligner
from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.audio.griffin_lim import GriffinLim
from tts.audio.mel import LogMel
from tts.data.manifest import PreparedCorpus, Utterance
from tts.evaluation.faults import FEWEST_PHONES, Fault, detect_faults
from tts.text.tokens import Tokens

FOREIGN_SECONDS = 1.0


@dataclass
class DetectorScore:
    """Hits and false alarms."""

    recordings: int
    found: dict[str, float]
    """Share of recordings in which a fault was found, by the fault inserted; `none` are false alarms."""
    missed: list[str] = field(default_factory=list)
    """Faults that were inserted and not found."""
    imagined: list[str] = field(default_factory=list)
    """False alarms."""


def score_detector(
    aligner: Aligner, corpus: PreparedCorpus, utterances: list[Utterance], seed: int = 0
) -> DetectorScore:
    """Insert each fault into a copy of each recording, made by Griffin-Lim like the sentences to be judged."""
    audio = AudioConfig(sample_rate=corpus.info.sample_rate)
    log_mel, vocoder, draw = LogMel(audio), GriffinLim(audio), random.Random(seed)

    def copy(utterance: Utterance) -> Tensor:
        with torch.inference_mode():
            return vocoder(log_mel(waveform.read(corpus.audio_path(utterance), audio.sample_rate)))

    found: dict[str, list[bool]] = {}
    score = DetectorScore(len(utterances), {})
    for utterance in tqdm(utterances, desc="detector", disable=None):
        wav = copy(utterance)
        foreign = copy(draw.choice([u for u in utterances if u.words != utterance.words] or utterances))
        for name, what, changed in insert_faults(aligner, wav, audio.sample_rate, utterance.tokens, foreign, draw):
            faults: list[Fault] = detect_faults(
                aligner, aligner.densities(changed, audio.sample_rate), utterance.tokens
            )
            found.setdefault(name, []).append(bool(faults))
            if faults and name == "none":
                score.imagined.append(f"{utterance.id}: {faults[0].kind} {faults[0].what}")
            if not faults and name != "none":
                score.missed.append(f"{utterance.id}: {name} {what}")
    score.found = {name: sum(answers) / len(answers) for name, answers in found.items()}
    return score


def insert_faults(
    aligner: Aligner, wav: Tensor, sample_rate: int, tokens: Tokens, foreign: Tensor, draw: random.Random
) -> Iterator[tuple[str, str, Tensor]]:
    """Name, word and sound of each version of a copy.

    Unchanged (`none`), replaced by the `foreign` recording, with foreign speech after the end, a word cut out, a word
    repeated, the end missing from the last word but one on, foreign speech before a word.
    """
    yield "none", "", wav
    yield "other text", "", foreign
    foreign = foreign[: round(FOREIGN_SECONDS * sample_rate)]
    words = aligner.align(wav, sample_rate, tokens).words
    sizes = [tokens.word.count(i) for i in range(len(words))]
    inner = [i for i in range(1, len(words) - 1) if sizes[i] >= FEWEST_PHONES]
    yield "run on", "", torch.cat([wav, foreign])
    if not inner:
        return
    word = words[draw.choice(inner)]
    start, end = round(word.start * sample_rate), round(word.end * sample_rate)
    yield "cut", word.label, torch.cat([wav[:start], wav[end:]])
    yield "doubled", word.label, torch.cat([wav[:end], wav[start:]])
    yield "truncated", words[-2].label, wav[: round(words[-2].start * sample_rate)]
    yield "babble", word.label, torch.cat([wav[:start], foreign, wav[start:]])
