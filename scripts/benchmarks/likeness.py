"""How alike two people sound: cosine between embeddings of `resemblyzer`, a speaker recogniser."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from tts.audio import waveform
from tts.data.manifest import PreparedCorpus, Utterance
from tts.errors import UserError

SHORTEST = 1.5
"""Seconds of a recording that a speaker is known by."""
COMPARED = 20
"""Such recordings."""


class Likeness:
    """Raises UserError where resemblyzer is not installed."""

    def __init__(self) -> None:
        try:
            import resemblyzer
        except ImportError as error:
            raise UserError(
                f"this benchmark needs resemblyzer ({error}): pip install resemblyzer 'setuptools<81'"
            ) from error
        self.package, self.encoder = resemblyzer, resemblyzer.VoiceEncoder("cpu", verbose=False)

    def embedding(self, wav: torch.Tensor, rate: int) -> Any:
        """Of length 1."""
        return self.encoder.embed_utterance(self.package.preprocess_wav(wav.numpy(), source_sr=rate))

    def speaker(self, corpus: PreparedCorpus, utterances: Iterable[Utterance]) -> Any:
        """The mean over a person's recordings, of length 1. Raises UserError where all are too short."""
        rate = corpus.info.sample_rate
        chosen = [u for u in utterances if u.seconds >= SHORTEST][:COMPARED]
        if not chosen:
            raise UserError(f"{corpus.folder}: no recording of {SHORTEST} s to know the speaker by")
        mean = sum(self.embedding(waveform.read(corpus.audio_path(u), rate), rate) for u in chosen)
        return mean / np.linalg.norm(mean)
