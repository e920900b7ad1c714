"""The `hibari` corpus: sentences spoken by hibari-tts, a small neural voice that comes inside its package.

It sounds natural, unlike espeak-ng, and is rendered at some hundred times real time: speech that teaches a
voice with few recordings the sounds and words they lack. Needs the extra `synthetic` (hibari-tts).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal

import torch

from tts.corpora.corpus import Corpus, Recording, Sound
from tts.corpora.synthetic.sentences import deal, digest, sentences
from tts.errors import UserError

SPEEDS = (0.5, 2.0)
"""What the voices take."""
CHARACTERS_PER_SECOND = 13.0
"""At speed 1, for the estimate of `hours` only."""


@dataclass(frozen=True)
class HibariCorpus(Corpus):
    """Synthetic English speech by hibari-tts, more natural than espeak-ng's. Each sentence is spoken by one of the
    voices, and by another one in every later pass over the sentences.

    Raises
    ------
    UserError: hibari-tts is not installed, unknown voice, or a setting out of range.
    """

    downloads: str
    """Folder for what is fetched: WordNet, where it is asked for."""
    sentences: tuple[str, ...] = ("embedded", "words")
    """What is spoken, one or several of: embedded (sentences of the package), words, drills, wordnet (fetched), auto
    (embedded, and WordNet's where it is on this machine), files with one sentence a line."""
    voices: tuple[str, ...] = ("heart",)
    """The speakers. `heart` comes with the package; it fetches the others (fenrir, kore, emma, fable) at their first
    use."""
    hours: float | None = None
    """About how much speech, in hours; null for every sentence in every voice."""
    utterances: int | None = None
    """Largest number of utterances; null for no bound."""
    speed: float = 1.0
    """How fast the voices speak, 0.5 to 2: 2 is twice as fast."""
    seed: int = 0
    """Start of the random numbers: the order of the sentences, and chance in how they are said."""
    root: str | None = None
    """Folder with WordNet, if it is here already: Debian's package or its unpacked files."""
    layout: Literal["hibari"] = "hibari"
    name: str = "hibari"
    language: str = "en-us"
    licence: str = "Apache-2.0"
    credits: str = "hibari-tts (Maureese Williams), distilled from Kokoro-82M (hexgrad)"

    def __post_init__(self) -> None:
        if not self.voices or not self.sentences:
            raise UserError("corpus.voices and corpus.sentences: name at least one of each")
        if len(set(self.voices)) != len(self.voices):
            raise UserError(f"corpus.voices: a voice is named twice in {', '.join(self.voices)}")
        if not SPEEDS[0] <= self.speed <= SPEEDS[1]:
            raise UserError(f"corpus.speed={self.speed}: must be between {SPEEDS[0]} and {SPEEDS[1]}")
        if (self.hours or 0) < 0 or (self.utterances or 0) < 0:
            raise UserError("corpus.hours and corpus.utterances must not be negative")
        known = _package().voices.VOICES
        for voice in self.voices:
            if voice not in known:
                raise UserError(f"corpus.voices: hibari-tts has no voice {voice!r}; known: {', '.join(sorted(known))}")

    def __iter__(self) -> Iterator[Recording]:
        root = Path(self.root).expanduser() if self.root else None
        texts = [text for source in self.sentences for text in sentences(source, Path(self.downloads), root)]
        texts = list(dict.fromkeys(texts))
        for text, voice in deal(texts, self.voices, self._seconds, self.hours, self.utterances, self.seed):
            sentence = digest(text)[:10]
            yield Recording(
                f"{voice}-{sentence}",
                speaker=f"hibari-{voice}",
                text=text,
                load=partial(_load, voice, text, self.speed, self.seed),
                recording=sentence,
                stamp=digest(voice, text, self.speed, self.seed)[:16],
            )

    def _seconds(self, text: str) -> float:
        return (0.5 + len(text) / CHARACTERS_PER_SECOND) / self.speed


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
