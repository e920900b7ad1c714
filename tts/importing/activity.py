"""Where in a recording somebody speaks, and where it is quiet."""

from __future__ import annotations

import bisect
import math
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from tts.audio import waveform
from tts.importing.extra import library
from tts.preparation.pauses import Span
from tts.storage.files import atomic_write

RATE = 16000
"""Hz, of Silero's detector and of the recogniser."""
CHUNK = 512
"""Samples that the detector takes at a time."""
STEP = 160
"""Samples of an entry of the level."""
ON, OFF = 0.5, 0.35
"""Probabilities at which speech begins, and below which it ends."""
SHORTEST_SPEECH, SHORTEST_GAP = 0.2, 0.15
"""Seconds; what is shorter is none."""
NEIGHBOURHOOD = 10.0
"""Seconds of a recording that a threshold of quietness is found for."""
BELOW_SPEECH, ABOVE_NOISE = 30.0, 8.0
"""dB between loud speech, or the noise, and what counts as quiet."""


@dataclass(frozen=True)
class Activity:
    """What was found in one recording."""

    speech: np.ndarray
    """Probability of speech in each `CHUNK` samples at `RATE`, [C]."""
    level: np.ndarray
    """dB of each `STEP` samples, [L]."""
    seconds: float
    """How long it is."""

    def spans(self) -> list[Span]:
        """Stretches of speech, in order."""
        chunk, spans, start = CHUNK / RATE, list[Span](), -1
        for i, probability in enumerate([*self.speech.tolist(), 0.0]):
            if start < 0 and probability >= ON:
                start = i
            elif start >= 0 and probability < OFF:
                spans.append(Span(start * chunk, min(i * chunk, self.seconds)))
                start = -1
        joined: list[Span] = []
        for span in spans:
            if joined and span.start - joined[-1].end < SHORTEST_GAP:
                joined[-1] = Span(joined[-1].start, span.end)
            else:
                joined.append(span)
        return [span for span in joined if span.seconds >= SHORTEST_SPEECH]

    def pauses(self, shortest: float) -> list[Span]:
        """Stretches of at least `shortest` seconds that are quiet for their surroundings, or hold no speech."""
        step = STEP / RATE
        at = np.arange(len(self.level))
        speech = self.speech[np.minimum(at * STEP // CHUNK, len(self.speech) - 1)]
        quiet = (self.level < self._threshold()) | (speech < OFF)
        edges = np.flatnonzero(np.diff(quiet.astype(np.int8), prepend=0, append=0))
        found = (Span(start * step, min(end * step, self.seconds)) for start, end in edges.reshape(-1, 2).tolist())
        return [span for span in found if span.seconds >= shortest - 1e-9]

    def _threshold(self) -> np.ndarray:
        """dB below which it is quiet, [L]."""
        size = round(NEIGHBOURHOOD * RATE / STEP)
        found = np.empty(len(self.level))
        for start in range(0, len(self.level), size):
            around = self.level[max(0, start - size) : start + 2 * size]
            loud, noise = np.quantile(around, 0.95), np.quantile(around, 0.05)
            found[start : start + size] = min(loud - BELOW_SPEECH, noise + ABOVE_NOISE)
        return found


def listen(path: Path) -> Activity:
    """Go through a recording once, block by block.

    Raises
    ------
    UserError: it is damaged, or no sound; the extra `import` is not installed.
    """
    detector = library("silero_vad", "finding speech").load_silero_vad(onnx=True)
    source = waveform.open_source(path)
    seconds = None if source.seconds is None else round(source.seconds)
    bar = tqdm(total=seconds, unit="s", desc=f"{path.stem}: speech", disable=None)
    speech: list[float] = []
    levels: list[np.ndarray] = []
    samples = 0
    for block in _even(waveform.resampled(source.blocks, source.sample_rate, RATE), CHUNK * 5):
        samples += len(block)
        padded = torch.nn.functional.pad(block, (0, -len(block) % CHUNK))
        speech += [float(detector(chunk, RATE)) for chunk in padded.split(CHUNK)]
        power = torch.nn.functional.pad(block, (0, -len(block) % STEP)).view(-1, STEP).double().square().mean(1)
        bar.update(len(block) // RATE)
        levels.append((10 * power.clamp_min(1e-12).log10()).float().numpy())
    bar.close()
    level = np.concatenate(levels) if levels else np.empty(0, np.float32)
    return Activity(np.array(speech, np.float32), level, samples / RATE)


def write_activity(path: Path, found: Activity, key: str) -> None:
    """Keep what was found in a file, of the state that `key` stands for, as `.npz`."""
    path.parent.mkdir(exist_ok=True)
    with atomic_write(path) as draft, draft.open("wb") as file:
        np.savez_compressed(file, key=key, speech=found.speech, level=found.level, seconds=found.seconds)


def read_activity(path: Path, key: str) -> Activity | None:
    """What was kept; None where there is nothing, or of another `key`, or what was not written so."""
    try:
        with np.load(path, allow_pickle=False) as data:
            if str(data["key"]) != key:
                return None
            found = Activity(data["speech"], data["level"], float(data["seconds"]))
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
    if found.speech.dtype != np.float32 or found.level.dtype != np.float32 or not math.isfinite(found.seconds):
        return None
    samples = round(found.seconds * RATE)
    whole = found.speech.shape == (-(-samples // CHUNK),) and found.level.shape == (-(-samples // STEP),)
    return found if whole else None


def _even(blocks: Iterable[torch.Tensor], size: int) -> Iterator[torch.Tensor]:
    """The same sound in stretches whose length is a multiple of `size`, but for the last."""
    pending = torch.empty(0)
    for block in blocks:
        pending = torch.cat([pending, block])
        whole = len(pending) // size * size
        if whole:
            yield pending[:whole]
            pending = pending[whole:].clone()
    if len(pending):
        yield pending


def windows(spans: list[Span], pauses: list[Span], longest: float, apart: float, margin: float) -> list[Span]:
    """Stretches of at most `longest` seconds in which a recogniser listens, cut where speech pauses longest.

    Parameters
    ----------
    spans: of speech.
    pauses: within them, where one is to be cut.
    apart: seconds without speech between which nothing is heard together.
    margin: seconds about the speech.
    """
    groups: list[list[Span]] = []
    for span in spans:
        if groups and span.start - groups[-1][-1].end < apart:
            groups[-1].append(span)
        else:
            groups.append([span])
    found = []
    for group in groups:
        start, end = group[0].start, group[-1].end
        cuts = [Span(a.end, b.start) for a, b in pairwise(group)]
        first = bisect.bisect_left(pauses, start, key=lambda pause: pause.start)
        cuts += [p for p in pauses[first : bisect.bisect_right(pauses, end, key=lambda p: p.start)] if p.end < end]
        cuts.sort()
        while end - start > longest - 2 * margin:
            last = start + longest - 2 * margin
            here = [cut for cut in cuts if start + longest / 3 < (cut.start + cut.end) / 2 < last]
            cut = max(here, key=lambda span: span.seconds, default=Span(last, last))
            middle = (cut.start + cut.end) / 2
            found.append(Span(start, middle))
            start = middle
        found.append(Span(start, end))
    return _with_margins(found, margin)


def _with_margins(spans: list[Span], margin: float) -> list[Span]:
    """Each a little longer, but not into the next."""
    wider = []
    for i, span in enumerate(spans):
        before = spans[i - 1].end if i else 0.0
        after = spans[i + 1].start if i + 1 < len(spans) else float("inf")
        start = span.start - min(margin, max(0.0, span.start - before) / 2)
        wider.append(Span(start, span.end + min(margin, max(0.0, after - span.end) / 2)))
    return wider
