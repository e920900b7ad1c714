"""Prompts of a prepared corpus joined into one long recording, as people have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from tts.audio import waveform
from tts.data.manifest import PreparedCorpus, Utterance
from tts.preparation.pauses import Span, speech_spans

MUSIC = 4
"""After one in so many prompts there is music, or noise."""
HISS = -65
"""Decibels of full scale."""


@dataclass(frozen=True)
class Prompt:
    """What is said in the long recording, and when."""

    text: str
    spans: tuple[Span, ...]
    """Of speech, between its pauses."""

    @property
    def start(self) -> float:
        return self.spans[0].start

    @property
    def end(self) -> float:
        return self.spans[-1].end


def long_recording(
    corpus: PreparedCorpus, chosen: Sequence[Utterance], minutes: float, seed: int, path: Path
) -> tuple[list[Prompt], list[Utterance]]:
    """Write so many minutes of the chosen utterances in another order, with silences, chords and noise between them,
    which are as much longer as it takes where there are too few; its prompts, and the utterances that are not in it."""
    rng = np.random.default_rng(seed)
    rate = corpus.info.sample_rate
    order = [chosen[i] for i in rng.permutation(len(chosen))]
    # Silences of 0.75 s in the mean, and around one in MUSIC 3.5 s of music with a second silence.
    usual = len(order) * (0.75 + (3.5 + 0.75) / MUSIC)
    longer = max(1.0, (60 * minutes - sum(u.seconds for u in order)) / usual)
    parts, seconds, prompts = list[Tensor](), 0.0, list[Prompt]()
    used = 0
    for used, utterance in enumerate(order):
        if seconds >= 60 * minutes:
            break
        for sound in _between(rng, rate, used % MUSIC == MUSIC - 1, longer):
            parts.append(sound)
            seconds += len(sound) / rate
        wav = waveform.read(corpus.audio_path(utterance), rate)
        spans = tuple(Span(s.start + seconds, s.end + seconds) for s in speech_spans(wav, rate))
        prompts.append(Prompt(utterance.text, spans))
        parts.append(wav)
        seconds += len(wav) / rate
    else:
        used = len(order)
    parts += _between(rng, rate, True, longer)
    wav = torch.cat(parts)
    wav += torch.from_numpy(rng.normal(scale=10 ** (HISS / 20), size=len(wav)).astype(np.float32))
    waveform.write(path, wav, rate)
    return prompts, order[used:]


def _between(rng: np.random.Generator, rate: int, music: bool, longer: float) -> list[Tensor]:
    """Silence, and chords or noise within it."""
    silence = torch.zeros(round(longer * rng.uniform(0.3, 1.2) * rate))
    if not music:
        return [silence]
    time_ = np.arange(round(longer * rng.uniform(2, 5) * rate)) / rate
    if rng.random() < 0.5:
        sound = sum(np.sin(2 * np.pi * rng.uniform(150, 900) * time_) for _ in range(4)) * 0.04
    else:
        sound = rng.normal(scale=0.03, size=len(time_))
    fade = np.minimum(1, np.minimum(time_, time_[::-1]) / 0.1)
    return [silence, torch.from_numpy((sound * fade).astype(np.float32)), silence]
