"""A long recording of synthetic speech, and a recogniser that was told what is said in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from tts.audio import waveform
from tts.data.manifest import read_manifest
from tts.importing.activity import CHUNK, RATE, STEP, Activity
from tts.importing.recognition import Word
from tts.preparation.pauses import levels

GAP = 0.6
FIRST = 2.0
"""Seconds of silence at the beginning."""


def heard(text: str) -> list[Word]:
    """Its words, two a second."""
    return [Word(f" {word}", i / 2, i / 2 + 0.4, 1.0) for i, word in enumerate(text.split())]


class Told:
    """A recogniser that finds where in a recording it is, and was told what is said there."""

    identity = "told"

    def __init__(self, wav: torch.Tensor, words: list[Word]) -> None:
        self.wav, self.told, self.calls, self.until = wav.numpy(), words, 0, 10**9

    def words(self, wav: torch.Tensor) -> list[Word]:
        if self.calls == self.until:
            raise KeyboardInterrupt
        self.calls += 1
        size = 2 ** (len(self.wav) + len(wav)).bit_length()  # of which a Fourier transform is fast
        found = np.fft.irfft(np.fft.rfft(self.wav, size) * np.conj(np.fft.rfft(wav.numpy(), size)), size)
        start = int(found[: len(self.wav)].argmax()) / RATE
        end = start + len(wav) / RATE
        return [Word(w.text, w.start - start, w.end - start, 1.0) for w in self.told if start <= w.start < end]


def levels_as_detector(path: Path) -> Activity:
    """What is loud is speech: in synthetic speech without noise that is so."""
    wav = waveform.read(path, RATE)
    every = torch.nn.functional.pad(wav, (0, -len(wav) % CHUNK)).view(-1, CHUNK)
    loud = (every.square().mean(1) > 1e-6).float().numpy()
    return Activity(loud, levels(wav, RATE)[:: STEP // 80].numpy(), len(wav) / RATE)


def long_recording(prepared: Path, path: Path) -> Told:
    """Writes all that a speaker of a prepared corpus says, with pauses, to `path`."""
    corpus = read_manifest(prepared)
    speaker, rate = corpus.utterances[0].speaker, corpus.info.sample_rate
    parts, words, time = [torch.zeros(round(FIRST * rate))], list[Word](), FIRST
    for utterance in (u for u in corpus.utterances if u.speaker == speaker):
        wav = waveform.read(corpus.audio_path(utterance), rate)
        said = utterance.text.split()
        step = (len(wav) / rate - 0.2) / len(said)
        words += [Word(f" {w}", time + 0.1 + i * step, time + 0.1 + (i + 1) * step, 1.0) for i, w in enumerate(said)]
        parts += [wav, torch.zeros(round(GAP * rate))]
        time += len(wav) / rate + GAP
    path.parent.mkdir(exist_ok=True)
    waveform.write(path, torch.cat(parts), rate)
    return Told(waveform.read(path, RATE), words)
