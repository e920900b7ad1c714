"""Who speaks in each piece: voices that sound alike are one speaker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from tts.audio import waveform
from tts.importing.activity import RATE
from tts.importing.extra import library
from tts.importing.fit import Clip
from tts.importing.kept import Kept
from tts.reporting.progress import shown
from tts.storage.files import fingerprint, stamp

INSTALL = "resemblyzer 'setuptools<81'"
SIZE = 256
"""Of an embedding."""
LONG_ENOUGH = 2.0
"""Seconds of a piece by which a speaker is told; who speaks in shorter ones is who sounds most alike."""
DIFFERENT = 0.32
"""Cosine distance between the means of two groups of pieces beyond which they are two speakers."""
SMALLEST_SHARE, FEWEST = 0.01, 3
"""Of all pieces that a speaker has; smaller groups count to the speaker who sounds most alike."""
CHANGE = 0.3
"""Cosine distance of the two halves of a piece beyond which somebody else goes on in it."""
MOST_AT_ONCE = 3000
"""Pieces that are compared with each other; the others are compared with the groups that result."""


class Heard(NamedTuple):
    """What of a piece tells its speaker."""

    embedding: np.ndarray
    """Of length 1, [E]."""
    change: float
    """Cosine distance between its halves; 0 where it is too short to say."""


class SpeakerRecogniser:
    """Resemblyzer (the encoder of Wan et al. 2018, arXiv 1710.10467), whose weights are in its package.

    Raises
    ------
    UserError: it is not installed.
    """

    def __init__(self) -> None:
        self._model: Any = library("resemblyzer", "telling speakers apart (speakers=true)", INSTALL).VoiceEncoder(
            "cpu", verbose=False
        )

    def __call__(self, wav: np.ndarray) -> Heard:
        """Of `wav` [samples], at 16 kHz."""
        embedding, partial, _ = self._model.embed_utterance(wav, return_partials=True, rate=2.5)
        change = 0.0
        if len(wav) >= 2 * LONG_ENOUGH * RATE and len(partial) > 2:
            change = max(distance(partial[:k].mean(0), partial[k + 1 :].mean(0)) for k in range(1, len(partial) - 1))
        return Heard(embedding, change)


def hear(clips: Sequence[Clip], recognise: Callable[[np.ndarray], Heard], folder: Path) -> list[Heard]:
    """Each clip heard, or as an earlier run heard it; kept in `folder/voices.jsonl`."""
    found = []
    with Kept(folder / "voices.jsonl") as kept:
        for clip in shown(clips, len(clips), "speakers"):
            key = fingerprint(clip.id, stamp(clip.path))
            heard = _read(kept.get(key))
            if heard is None:
                heard = recognise(waveform.read(clip.path, RATE).numpy())
                kept.add(key, [heard.embedding.tolist(), heard.change])
            found.append(heard)
    return found


def _read(data: Any) -> Heard | None:
    try:
        embedding, change = data
        read = Heard(np.asarray(embedding, np.float32), float(change))
    except (TypeError, ValueError):
        return None
    return read if read.embedding.shape == (SIZE,) and np.isfinite(read.embedding).all() else None


def tell_apart(embeddings: Sequence[np.ndarray], seconds: Sequence[float]) -> list[int]:
    """A number of a speaker for each piece, 0 for the one who speaks most.

    Average-linkage clustering of the pieces that are long enough; the others go to the nearest group.
    """
    if not len(embeddings):
        return []
    all_ = np.stack(embeddings)
    long = np.flatnonzero(np.asarray(seconds) >= LONG_ENOUGH)
    long = long if len(long) else np.arange(len(all_))
    if len(long) > MOST_AT_ONCE:
        long = np.random.default_rng(0).permutation(long)[:MOST_AT_ONCE]
    if len(long) < 2:
        return [0] * len(all_)
    groups = fcluster(linkage(all_[long], "average", "cosine"), DIFFERENT, "distance")
    counts = np.bincount(groups)
    fewest = min(max(FEWEST, SMALLEST_SHARE * len(long)), counts.max())
    kept = [g for g in np.argsort(-counts, kind="stable") if counts[g] >= fewest]
    centres = np.stack([all_[long[groups == g]].mean(0) for g in kept])
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    nearest = (all_ @ centres.T).argmax(1)
    order = np.argsort(-np.bincount(nearest, np.asarray(seconds), len(kept)), kind="stable")
    rank = np.empty(len(kept), int)
    rank[order] = np.arange(len(kept))
    return [int(number) for number in rank[nearest]]


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """Cosine distance, 0 to 2."""
    return 1 - float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
