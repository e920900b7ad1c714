"""What can be measured of a recording without its text: level, noise, peak, pitch, how much of it is speech."""

from __future__ import annotations

import hashlib
import heapq
import json
import math
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.audio.pitch import compile_pitch_tracking, pitch_contour
from tts.data.manifest import PreparedCorpus, Utterance
from tts.errors import UserError
from tts.preparation.pauses import levels, speech_spans
from tts.preparation.utterance import clipped_share
from tts.reporting.progress import shown
from tts.settings.schema import parse, plain
from tts.storage.files import fingerprint, stamp, write_text
from tts.workers import WorkerDied, map_unordered

KEPT = "measures.jsonl"
"""In the folder of a prepared corpus."""
WORTH_PROCESSES = 256
"""Recordings; for fewer, processes take longer to start than to work."""
MOST_BYTES = 2**12
"""Of a line in it."""
SILENCE = -120.0
"""dBFS; nothing is quieter."""
ABOVE_NOISE = 25.0
"""dB that speech should be above the noise."""


@dataclass(frozen=True)
class Measures:
    """Of a mono recording."""

    seconds: float
    speech: float
    """Seconds, pauses not counted; 0 where there is no speech."""
    level: float
    """RMS of its speech, in dBFS."""
    noise: float
    """Level that the quietest twentieth of its frames stays below, in dBFS."""
    peak: float
    """In dBFS."""
    clipped: float
    """Share of samples that stand in runs at the same extreme value."""
    pitch: float | None = None
    """Median of its voiced frames in Hz; None where there are none, or it was not asked for."""
    sha256: str = ""
    """Of its samples."""

    @property
    def above_noise(self) -> float:
        """dB from the noise to the speech."""
        return self.level - self.noise

    def __post_init__(self) -> None:
        if not all(math.isfinite(value) for value in plain(self).values() if isinstance(value, float)):
            raise ValueError("a measure that is no number")


def measure(wav: torch.Tensor, rate: int, pitch: bool = True) -> Measures:
    """Measures of a waveform `[samples]` in [−1, 1]; all at `SILENCE` where it has no sample."""
    if not len(wav):
        return Measures(0.0, 0.0, SILENCE, SILENCE, SILENCE, 0.0)
    level = levels(wav, rate)
    spans = speech_spans(wav, rate) if float(level.max()) > SILENCE else []  # of nothing, all is as loud as the rest
    spoken = [wav[round(s.start * rate) : round(s.end * rate)] for s in spans]
    return Measures(
        seconds=round(len(wav) / rate, 4),
        speech=round(sum(span.seconds for span in spans), 4),
        level=_decibels(torch.cat(spoken).square().mean().sqrt() if spoken else wav.square().mean().sqrt()),
        noise=round(float(level.quantile(0.05)), 1),
        peak=_decibels(wav.abs().max()),
        clipped=round(clipped_share(wav), 5),
        pitch=_pitch(wav, rate) if pitch else None,
        sha256=hashlib.sha256((wav * 2**15).round().to(torch.int16).numpy().tobytes()).hexdigest()[:32],
    )


def sample(utterances: Sequence[Utterance], most: int) -> Sequence[Utterance]:
    """At most so many of a corpus, in their order: as good as by chance, and the same ones whenever it is asked."""
    if len(utterances) <= most:
        return utterances
    chosen = heapq.nsmallest(most, range(len(utterances)), key=lambda i: (fingerprint(utterances[i].id), i))
    return [utterances[i] for i in sorted(chosen)]


def measures_of(corpus: PreparedCorpus, utterances: Sequence[Utterance], workers: int) -> dict[str, Measures]:
    """Of some of a corpus's utterances, by id; those whose sound cannot be read are missing.

    Measures are kept in `measures.jsonl`, and taken anew where the sound has changed.
    """
    known = _kept(corpus.folder / KEPT, {u.id for u in corpus.utterances})
    paths = {u.id: corpus.audio_path(u) for u in utterances}
    stamps = {id: stamp(path) for id, path in paths.items() if path.is_file()}
    found = {id: known[id][1] for id, seen in stamps.items() if id in known and known[id][0] == seen}
    missing = [(id, paths[id]) for id in stamps if id not in found]
    if missing:
        found |= dict(_measured(missing, corpus.info.sample_rate, workers, corpus.info.name))
        if os.access(corpus.folder, os.W_OK):
            kept = known | {id: (stamps[id], measures) for id, measures in found.items()}
            lines = ({"id": id, "stamp": seen, **plain(measures)} for id, (seen, measures) in kept.items())
            write_text(corpus.folder / KEPT, "".join(json.dumps(line) + "\n" for line in lines))
    return found


def _measured(missing: list[tuple[str, Path]], rate: int, workers: int, name: str) -> Iterator[tuple[str, Measures]]:
    compile_pitch_tracking(_audio(rate))
    work = partial(_measure_file, rate)
    in_processes = len(missing) >= WORTH_PROCESSES and workers > 1
    done = map_unordered(work, missing, workers) if in_processes else ((item, work(item)) for item in missing)
    for (id, _), result in shown(done, len(missing), f"measure {name}"):
        if result is not None and not isinstance(result, WorkerDied):
            yield id, result


def _measure_file(rate: int, item: tuple[str, Path]) -> Measures | None:
    try:
        return measure(waveform.read(item[1], rate), rate)
    except UserError:  # training will say so
        return None


def _pitch(wav: torch.Tensor, rate: int) -> float | None:
    voiced = pitch_contour(wav, _audio(rate))
    voiced = voiced[voiced > 0]
    return round(float(voiced.median()), 1) if len(voiced) else None


def _audio(rate: int) -> AudioConfig:
    """Frames for the pitch, at any rate of a corpus."""
    return AudioConfig(rate, rate // 20, rate // 20, rate // 80, n_mels=20, f_max=rate / 2)


def _decibels(amplitude: torch.Tensor) -> float:
    return round(20 * float(amplitude.clamp_min(10 ** (SILENCE / 20)).log10()), 1)


def _kept(path: Path, ids: Collection[str]) -> dict[str, tuple[str, Measures]]:
    """Of these utterances, with the stamp of the file that was measured. A line that does not fit is measured again."""
    found: dict[str, tuple[str, Measures]] = {}
    if not path.is_file():
        return found
    with path.open("rb") as file:
        for line in iter(lambda: file.readline(MOST_BYTES), b""):
            try:
                fields: dict[str, Any] = json.loads(line)
                id, seen = str(fields.pop("id")), str(fields.pop("stamp"))
                if id in ids:
                    found[id] = (seen, parse(Measures, fields, "measures"))
            except (UserError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
                continue
    return found
