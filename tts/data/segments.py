"""Random stretches of recordings: what a vocoder trains on. L frames, S = (L − 1)·hop samples."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import soundfile
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import Dataset, Sampler

from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel
from tts.batch import Tensors
from tts.data.dataset import Item
from tts.errors import UserError

QUIETEST, LOUDEST = -1.2, 0.3
"""Nats; recordings are scaled to any loudness in between, so that the vocoder learns all of them."""
SPEEDS = (Fraction(2, 3), Fraction(4, 5), Fraction(1), Fraction(1), Fraction(1), Fraction(5, 4))
"""Recordings are resampled to be faster and higher, or slower and deeper: more voices than there are speakers."""


@dataclass
class SegmentBatch(Tensors):
    ids: list[str]
    wav: Tensor
    """float32 `[B, S]`."""
    mel: Tensor
    """float32 `[B, L, M]`, log-mel; the first frame is centred on the first sample, the last behind the last."""
    pitch: Tensor
    """float32 `[B, L]`, Hz; 0 where unvoiced."""
    bandwidth: Tensor | None = None
    """float32 `[B]`, Hz above which each recording holds nothing; None where all go up to half the sample rate."""

    def inner(self, edge: int) -> slice:
        """The samples further than `edge` frames from both ends."""
        hop = self.wav.shape[1] // (self.mel.shape[1] - 1)
        return slice(edge * hop, self.wav.shape[1] - edge * hop)


class SegmentDataset(Dataset[SegmentBatch], ABC):
    """Batch number k, drawn from the seed and k alone, so that a run goes on where it was.

    Parameters
    ----------
    weights: share of the frames of each corpus, `[P]`.
    frames: L.
    """

    def __init__(
        self, items: list[Item], weights: list[float], audio: AudioConfig, frames: int, batch_size: int, seed: int
    ) -> None:
        self.items, self.audio, self.frames, self.batch_size, self.seed = items, audio, frames, batch_size, seed
        lengths = np.array([float(item.frames) for item in items])
        parts = np.array([item.part for item in items])
        total = np.bincount(parts, lengths, len(weights))
        chances = lengths * np.array(weights)[parts] / total[parts]
        self.until = torch.from_numpy(np.cumsum(chances / chances.sum()))

    def __getitem__(self, number: int) -> SegmentBatch:
        draw = torch.Generator().manual_seed(self.seed * 1_000_003 + number)
        drawn = torch.rand(self.batch_size, generator=draw, dtype=torch.float64)
        chosen = [self.items[i] for i in torch.searchsorted(self.until, drawn).clamp(max=len(self.items) - 1).tolist()]
        places = torch.rand(self.batch_size, generator=draw).tolist()
        wav, mel, pitch, bandwidth = self._cut(chosen, places, draw)
        narrow = bool((bandwidth < self.audio.sample_rate / 2).any())
        return SegmentBatch([item.id for item in chosen], wav, mel, pitch, bandwidth if narrow else None)

    @abstractmethod
    def _cut(self, items: list[Item], places: list[float], draw: torch.Generator) -> tuple[Tensor, ...]:
        """Samples `[B, S]`, mel `[B, L, M]` and pitch `[B, L]` at `places` in the items, from 0 to 1, and their
        bandwidths `[B]`."""


class RecordedSegments(SegmentDataset):
    """Recordings at any loudness and speed, and their mels."""

    @cached_property
    def log_mel(self) -> LogMel:
        return LogMel(self.audio)

    @property
    def beside(self) -> int:
        """Frames at each end whose windows reach beyond the samples."""
        return self.audio.n_fft // (2 * self.audio.hop_length) + 1

    def _cut(self, items: list[Item], places: list[float], draw: torch.Generator) -> tuple[Tensor, ...]:
        gains = (QUIETEST + (LOUDEST - QUIETEST) * torch.rand(self.batch_size, generator=draw)).tolist()
        speeds = torch.randint(len(SPEEDS), (self.batch_size,), generator=draw).tolist()
        cut = [
            self._cut_one(item, place, math.exp(gain), SPEEDS[speed])
            for item, place, gain, speed in zip(items, places, gains, speeds, strict=True)
        ]
        wavs, pitches = zip(*cut, strict=True)
        hop, beside = self.audio.hop_length, self.beside
        wav = torch.stack(wavs)
        with torch.inference_mode():
            mel = self.log_mel(wav)[:, beside : beside + self.frames]
        wav = wav[:, beside * hop : (beside + self.frames - 1) * hop]
        # Of a slower recording that had all its highs the mel says that there is nothing above them.
        whole = self.audio.sample_rate / 2
        bandwidth = torch.tensor([
            min(item.bandwidth * float(SPEEDS[speed]), whole) if item.bandwidth < whole else whole
            for item, speed in zip(items, speeds, strict=True)
        ])  # fmt: skip
        return wav, mel.clone(), torch.stack(pitches), bandwidth

    def _cut_one(self, item: Item, place: float, gain: float, speed: Fraction) -> tuple[Tensor, Tensor]:
        """Samples with `beside` frames on both sides, and the pitch of the frames between."""
        hop, length = self.audio.hop_length, math.ceil((self.frames - 1) * speed)
        _, pitch = item.store.load(item.utterance)
        start = int(place * max(0, len(pitch) - length))
        margin = math.ceil(self.beside * speed)
        wav = read_samples(item, (start - margin) * hop, (length + 2 * margin) * hop) * gain
        wav = waveform.resample(wav, speed.numerator, speed.denominator)
        wav = wav[round(margin * hop / speed) - self.beside * hop :]
        wav = F.pad(wav, (0, self.beside * hop))[: (self.frames - 1 + 2 * self.beside) * hop]
        places = start + (torch.arange(self.frames) * float(speed)).round().long()
        return wav, F.pad(pitch, (0, max(0, int(places[-1]) + 1 - len(pitch))))[places] * float(speed)


class StoredSegments(SegmentDataset):
    """Recordings as they are, and the mels that are stored for them, which need not be their own."""

    def _cut(self, items: list[Item], places: list[float], draw: torch.Generator) -> tuple[Tensor, ...]:
        wavs, mels, pitches = zip(*map(self._cut_one, items, places), strict=True)
        bandwidth = torch.tensor([item.bandwidth for item in items])
        return torch.stack(wavs), torch.stack(mels), torch.stack(pitches), bandwidth

    def _cut_one(self, item: Item, place: float) -> tuple[Tensor, Tensor, Tensor]:
        mel, pitch = item.store.load(item.utterance)
        start = int(place * max(0, len(mel) - self.frames + 1))
        stretch = slice(start, start + self.frames)
        missing = max(0, start + self.frames - len(mel))
        hop = self.audio.hop_length
        return (
            read_samples(item, start * hop, (self.frames - 1) * hop),
            F.pad(mel[stretch], (0, 0, 0, missing), value=math.log(self.audio.floor)),
            F.pad(pitch[stretch], (0, missing)),
        )


def read_samples(item: Item, start: int, count: int) -> Tensor:
    """Samples of a recording from `start` on at its store's rate, float32 `[count]`, with silence before its start and
    behind its end.

    Raises
    ------
    UserError: the file cannot be read.
    """
    own, wanted = item.corpus.info.sample_rate, item.store.audio.sample_rate
    if own == wanted:
        return _read(item, start, count)
    common = math.gcd(own, wanted)
    period, share = own // common, wanted // common  # samples there and here, between which both rates meet
    margin = math.ceil(waveform.reach(own, wanted) / period)
    first, last = start // share - margin, -(-(start + count) // share) + margin
    converted = waveform.resample(_read(item, first * period, (last - first) * period), own, wanted)
    return converted[start - first * share :][:count]


def _read(item: Item, start: int, count: int) -> Tensor:
    """Likewise, at the rate of the file."""
    path = item.corpus.audio_path(item.utterance)
    try:
        samples, _ = soundfile.read(path, max(0, count + min(0, start)), max(0, start), dtype="float32")
    except (OSError, RuntimeError) as error:
        raise UserError(f"{path}: not readable as audio; prepare the corpus again") from error
    before = min(count, max(0, -start))
    return F.pad(torch.from_numpy(samples), (before, count - before - len(samples)))


class Numbers(Sampler[int]):
    """`first`, `first + step`, … without end: numbers of batches."""

    def __init__(self, first: int, step: int) -> None:
        self.first, self.step = first, step

    def __iter__(self) -> Iterator[int]:
        number = self.first
        while True:
            yield number
            number += self.step
