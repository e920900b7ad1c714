"""The `hibari` corpus: sentences spoken by hibari-tts, a small neural voice that comes inside its package.

It sounds natural, unlike espeak-ng, and is rendered at some hundred times real time: speech that teaches a
voice with few recordings the sounds and words they lack. Needs the extra `synthetic` (hibari-tts).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Literal

import torch

from tts.corpora.corpus import Corpus, Recording, Sound
from tts.corpora.synthetic.dealt import DealtSentences
from tts.corpora.synthetic.sentences import digest
from tts.errors import UserError


@dataclass(frozen=True)
class HibariCorpus(DealtSentences, Corpus):
    """Synthetic English speech by hibari-tts, more natural than espeak-ng's. Each sentence is spoken by one of the
    voices, and by another one in every later pass over the sentences.

    Raises
    ------
    UserError: hibari-tts is not installed, unknown voice, or a setting out of range.
    """

    voices: tuple[str, ...] = ("heart",)
    """The speakers. `heart` comes with the package; it fetches the others (fenrir, kore, emma, fable) at their first
    use."""
    layout: Literal["hibari"] = "hibari"
    name: str = "hibari"
    language: str = "en-us"
    licence: str = "Apache-2.0"
    credits: str = "hibari-tts (Maureese Williams), distilled from Kokoro-82M (hexgrad)"

    def __post_init__(self) -> None:
        super().__post_init__()
        known = _package().voices.VOICES
        for voice in self.voices:
            if voice not in known:
                raise UserError(f"corpus.voices: hibari-tts has no voice {voice!r}; known: {', '.join(sorted(known))}")

    def __iter__(self) -> Iterator[Recording]:
        return self.recordings(
            "hibari", self.voices, self.language, lambda voice, text: partial(_load, voice, text, self.speed, self.seed)
        )


def _load(voice: str, text: str, speed: float, seed: int) -> Sound:
    engine = _engine(voice)
    wav = engine(text, speed=speed, seed=int(digest(seed, voice, text), 16) % 2**32)
    if len(wav) == 0:
        raise UserError("hibari-tts finds nothing to say in it")
    return Sound([torch.from_numpy(wav)], engine.sample_rate)


@cache
def _engine(voice: str) -> Any:
    try:
        return _package().Hibari(voice)
    except (RuntimeError, OSError) as error:
        raise UserError(f"hibari-tts cannot load its voice {voice!r}: {error}") from error


def _package() -> Any:
    try:
        import hibari
        import hibari.voices
    except ImportError as error:
        raise UserError(
            f"corpus=hibari needs hibari-tts ({error}): pip install 'smma-tts[synthetic]', or hibari-tts"
        ) from error
    return hibari
