"""Log-mel and pitch, computed once per utterance and audio setting, and read from disk a piece at a time."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional as F

from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.audio.mel import LogMel
from tts.audio.pitch import VERSION, compile_pitch_tracking, pitch_contour
from tts.data.manifest import PreparedCorpus, Utterance
from tts.errors import UserError
from tts.reporting.progress import counted, shown
from tts.storage.files import atomic_write, sha256, stamp
from tts.storage.locks import wait_exclusive
from tts.workers import WorkerDied, map_unordered

WORTH_PROCESSES = 256
"""Utterances; for fewer, processes take longer to start than to work."""
ORIGINS = "origins.jsonl"
"""Beside the features: what each of them was made of."""


class Origin(NamedTuple):
    """What tells the file that features were made of from any other, whatever its date."""

    stamp: str
    sha256: str


def origin(path: Path) -> Origin:
    """Raises UserError where the file cannot be read."""
    try:
        return Origin(stamp(path), sha256(path))  # in this order: what is written meanwhile is noticed
    except OSError as error:
        raise UserError(f"{path}: not readable ({error.strerror}); prepare the corpus again") from error


@dataclass(frozen=True)
class FeatureStore:
    """`features/<settings>-<version>/ID.npy` of a prepared corpus: float16 [T, M + 1] each, log-mel and pitch in Hz."""

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
        with atomic_write(self.path(utterance)) as draft, draft.open("wb") as file:
            np.save(file, torch.cat([mel, pitch[:, None]], 1).half().numpy())

    def outdated(self, sources: Iterable[tuple[Utterance, Path]]) -> list[tuple[Utterance, Path]]:
        """Those of the utterances, each with the file that its features are made of, whose features are missing or
        damaged, or were made of other content than the file has now."""
        origins, noticed, outdated = self._origins(), {}, []
        for utterance, source in sources:
            known = origins.get(utterance.id)
            made_of = self._still_made_of(utterance, source, known)
            if made_of is None:
                outdated.append((utterance, source))
            elif made_of != known:
                noticed[utterance.id] = made_of
        if noticed and os.access(self.folder, os.W_OK):  # where it may not be written, they are read again each time
            self.record(noticed)
        return outdated

    def _still_made_of(self, utterance: Utterance, source: Path, known: Origin | None) -> Origin | None:
        """The origin of the features as `source` is now, where it is theirs; None where they must be computed.

        The content is read where the stamp is another, as in a corpus that was copied. Features that an earlier
        version made without a note, `known` is None, count as theirs unless they are older.
        """
        if self._mapped(utterance) is None or not source.is_file():
            return None
        if known is None:
            older = self.path(utterance).stat().st_mtime_ns < source.stat().st_mtime_ns
            return None if older else origin(source)
        if known.stamp == stamp(source):
            return known
        now = origin(source)
        return now if now.sha256 == known.sha256 else None

    def record(self, origins: Mapping[str, Origin]) -> None:
        """Note down what the features of utterances, by id, were made of."""
        lines = "".join(json.dumps({"id": id, **origin._asdict()}) + "\n" for id, origin in origins.items())
        with (self.folder / ORIGINS).open("a", encoding="ascii") as file:
            file.write(lines)

    def _origins(self) -> dict[str, Origin]:
        """By id; the last line of an id counts, and one that a crash cut short does not."""
        found = {}
        try:
            lines = (self.folder / ORIGINS).read_text("ascii", "replace").splitlines()
        except OSError:
            return {}
        for line in lines:
            try:
                entry = json.loads(line)
                found[str(entry["id"])] = Origin(str(entry["stamp"]), str(entry["sha256"]))
            except (ValueError, LookupError, TypeError):
                continue
        return found

    def _mapped(self, utterance: Utterance) -> np.ndarray | None:
        try:
            features = np.load(self.path(utterance), mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        expected = (self.frames(utterance), self.audio.n_mels + 1)
        return features if features.shape == expected and features.dtype == np.float16 else None


def feature_folder(corpus: Path, audio: AudioConfig) -> Path:
    """Where a prepared corpus keeps its features: one folder for each mel definition and version of the pitch."""
    return corpus / "features" / f"{audio.fingerprint}-{VERSION}"


def ensure_features(corpus: PreparedCorpus, audio: AudioConfig, workers: int) -> FeatureStore:
    """The features of every utterance of `corpus`, computing those that are missing, damaged or out of date.

    Parameters
    ----------
    workers: processes, where there is enough to do.

    Raises
    ------
    UserError: its audio is missing or does not fit the manifest.
    """
    store = FeatureStore(feature_folder(corpus.folder, audio), audio)
    store.folder.mkdir(parents=True, exist_ok=True)
    sources = [(u, corpus.audio_path(u)) for u in corpus.utterances]
    if not store.outdated(sources):
        return store
    with wait_exclusive(store.folder, f"features of {corpus.info.name}"):
        missing = store.outdated(sources)  # another training may have made them meanwhile
        if missing:
            if corpus.info.sample_rate < audio.sample_rate:
                print(
                    f"{corpus.folder}: prepared at {corpus.info.sample_rate} Hz; nothing above half of that is learnt "
                    f"from it, where audio.sample_rate is {audio.sample_rate} (prepare it again to have its highs)",
                    file=sys.stderr,
                )
            _make(store, missing, corpus.info.name, workers)
    return store


def _make(store: FeatureStore, missing: list[tuple[Utterance, Path]], name: str, workers: int) -> None:
    print(f"features of {name} to compute, once: {counted(len(missing), 'utterance')}", file=sys.stderr)
    compile_pitch_tracking(store.audio)
    work = partial(_compute, store)
    in_processes = len(missing) >= WORTH_PROCESSES and workers > 1
    done = map_unordered(work, missing, workers) if in_processes else ((pair, work(pair)) for pair in missing)
    for (utterance, path), made_of in shown(done, len(missing), f"features {name}"):
        if isinstance(made_of, WorkerDied):
            raise UserError(f"{path}: no features could be computed of it: {made_of}")
        store.record({utterance.id: made_of})


def _compute(store: FeatureStore, pair: tuple[Utterance, Path]) -> Origin:
    (utterance, path), audio = pair, store.audio
    made_of = origin(path)
    wav = waveform.read(path, audio.sample_rate)
    samples = round(utterance.seconds * audio.sample_rate)
    if abs(len(wav) - samples) == 1:  # where the corpus has another rate
        wav = F.pad(wav, (0, samples - len(wav)))
    with torch.inference_mode():
        mel = _log_mel(audio)(wav)
    if len(mel) != store.frames(utterance):
        raise UserError(f"{path}: not as long as the manifest says; prepare the corpus again")
    store.save(utterance, mel, pitch_contour(wav, audio))
    return made_of


@cache
def _log_mel(audio: AudioConfig) -> LogMel:
    return LogMel(audio)
