"""Log-mel and pitch, computed once per utterance and audio setting, and read from disk a piece at a time."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock
from tqdm import tqdm

from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel
from tts.audio.pitch import pitch_contour
from tts.data.manifest import PreparedCorpus, Utterance
from tts.errors import UserError
from tts.files import whole

WORTH_A_POOL = 64
"""Utterances; for fewer, processes take longer to start than to work."""


@dataclass(frozen=True)
class FeatureStore:
    """`features/<fingerprint>/ID.npy` of a prepared corpus: float16 [T, M + 1] each, log-mel and pitch in Hz."""

    folder: Path
    audio: AudioConfig

    def path(self, utterance: Utterance) -> Path:
        return self.folder / f"{utterance.id}.npy"

    def frames(self, utterance: Utterance) -> int:
        """T of an utterance, known without reading it."""
        return 1 + round(utterance.seconds * self.audio.sample_rate) // self.audio.hop_length

    def load(self, utterance: Utterance) -> tuple[torch.Tensor, torch.Tensor]:
        """Log-mel frames, float32 [T, M], and their pitch in Hz, float32 [T], 0 where unvoiced.

        Raises
        ------
        UserError: the file is missing or damaged.
        """
        features = self._mapped(utterance)
        if features is None:
            raise UserError(f"{self.path(utterance)}: missing or damaged features; prepare the corpus again")
        values = torch.from_numpy(features.astype(np.float32))
        return values[:, :-1], values[:, -1]

    def save(self, utterance: Utterance, mel: torch.Tensor, pitch: torch.Tensor) -> None:
        """Keep log-mel frames `[T, M]` and their pitch in Hz `[T]`: the file is there whole or not at all."""
        with whole(self.path(utterance)) as draft, draft.open("wb") as file:
            np.save(file, torch.cat([mel, pitch[:, None]], 1).half().numpy())

    def fresh(self, utterance: Utterance, source: Path) -> bool:
        """Whether the utterance's features are whole and not older than what they were made of."""
        try:
            older = self.path(utterance).stat().st_mtime_ns < source.stat().st_mtime_ns
        except OSError:
            return False
        return not older and self._mapped(utterance) is not None

    def _mapped(self, utterance: Utterance) -> np.ndarray | None:
        try:
            features = np.load(self.path(utterance), mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        expected = (self.frames(utterance), self.audio.n_mels + 1)
        return features if features.shape == expected and features.dtype == np.float16 else None


def ensure_features(corpus: PreparedCorpus, audio: AudioConfig, workers: int) -> FeatureStore:
    """The features of every utterance of `corpus`, computing those that are missing, damaged or out of date.

    Parameters
    ----------
    workers: processes, where there is enough to do.

    Raises
    ------
    UserError: the corpus was prepared at another sample rate, or its audio is missing or does not fit the
    manifest.
    """
    if corpus.info.sample_rate != audio.sample_rate:
        raise UserError(
            f"{corpus.folder}: prepared at {corpus.info.sample_rate} Hz, but audio.sample_rate is "
            f"{audio.sample_rate}; prepare the corpus again with this audio setting, or train with the other"
        )
    store = FeatureStore(corpus.folder / "features" / audio.fingerprint, audio)
    store.folder.mkdir(parents=True, exist_ok=True)
    missing = [u for u in corpus.utterances if not store.fresh(u, corpus.audio_path(u))]
    if not missing:
        return store
    # The bar is for terminals; without a word, minutes of this look like a hang in a log.
    print(f"features of {corpus.info.name} to compute, once: {len(missing)} utterances", file=sys.stderr)
    _compile_pitch_tracking(audio)
    paths, work = [corpus.audio_path(u) for u in missing], partial(_compute, store)
    with ExitStack() as stack:
        done: Iterable[str] = map(work, missing, paths)
        if len(missing) >= WORTH_A_POOL and workers > 1:
            # Processes: most of pitch tracking holds Python's lock.
            pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=torch.set_num_threads, initargs=(1,))
            stack.enter_context(pool)
            done = pool.map(work, missing, paths, chunksize=8)
        for _ in tqdm(done, total=len(missing), desc=f"features {corpus.info.name}", disable=None):
            pass
    return store


def _compile_pitch_tracking(audio: AudioConfig) -> None:
    """Processes that compile it at once, in other trainings too, damage each other's cache: every later run dies."""
    user = getattr(os, "getuid", int)()  # none on Windows, whose folder for temporary files is a user's own
    with FileLock(Path(tempfile.gettempdir()) / f"smma-tts-{user}.lock"):
        pitch_contour(torch.zeros(audio.sample_rate), audio)


def _compute(store: FeatureStore, utterance: Utterance, path: Path) -> str:
    audio = store.audio
    wav = waveform.read(path, audio.sample_rate)
    with torch.inference_mode():
        mel = _log_mel(audio)(wav)
    if len(mel) != store.frames(utterance):
        raise UserError(f"{path}: not as long as the manifest says; prepare the corpus again")
    store.save(utterance, mel, pitch_contour(wav, audio))
    return utterance.id


@cache
def _log_mel(audio: AudioConfig) -> LogMel:
    return LogMel(audio)
