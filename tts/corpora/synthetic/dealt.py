"""What corpora have in common whose sentences are dealt out to the voices of a neural synthesiser."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tts.corpora.corpus import Recording, Sound
from tts.corpora.synthetic.sentences import deal, digest, sentences
from tts.errors import UserError

SPEEDS = (0.5, 2.0)
"""What the voices take."""
CHARACTERS_PER_SECOND = 13.0
"""At speed 1, for the estimate of `hours` only."""


@dataclass(frozen=True)
class DealtSentences:
    """Settings of such a corpus. Each sentence is spoken by one of the voices, and by another one in every later pass
    over the sentences.

    Raises
    ------
    UserError: a setting out of range.
    """

    downloads: str
    """Folder for what is fetched: WordNet, where it is asked for, and what the synthesiser needs."""
    sentences: tuple[str, ...] = ("embedded", "words")
    """What is spoken, one or several of: embedded (sentences of the package), words, drills, wordnet (fetched), auto
    (embedded, and WordNet's where it is on this machine), files with one sentence a line."""
    voices: tuple[str, ...] = ()
    """The speakers."""
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

    def __post_init__(self) -> None:
        if not self.voices or not self.sentences:
            raise UserError("corpus.voices and corpus.sentences: name at least one of each")
        if len(set(self.voices)) != len(self.voices):
            raise UserError(f"corpus.voices: a voice is named twice in {', '.join(self.voices)}")
        if not SPEEDS[0] <= self.speed <= SPEEDS[1]:
            raise UserError(f"corpus.speed={self.speed}: must be between {SPEEDS[0]} and {SPEEDS[1]}")
        if (self.hours or 0) < 0 or (self.utterances or 0) < 0:
            raise UserError("corpus.hours and corpus.utterances must not be negative")

    def recordings(
        self, prefix: str, voices: Sequence[str], language: str, loader: Callable[[str, str], Callable[[], Sound]]
    ) -> Iterator[Recording]:
        """
        Parameters
        ----------
        prefix: of the speakers' names, which are otherwise those of the voices.
        voices: who speaks.
        language: of the package's own sentences.
        loader: of a voice and a text → what speaks it, which must pickle.
        """
        root = Path(self.root).expanduser() if self.root else None
        place = Path(self.downloads)
        texts = [text for source in self.sentences for text in sentences(source, place, root, language)]
        texts = list(dict.fromkeys(texts))
        for text, voice in deal(texts, voices, self._seconds, self.hours, self.utterances, self.seed):
            sentence = digest(text)[:10]
            yield Recording(
                f"{voice}-{sentence}",
                speaker=f"{prefix}-{voice}",
                text=text,
                load=loader(voice, text),
                recording=sentence,
                stamp=digest(voice, text, self.speed, self.seed)[:16],
            )

    def _seconds(self, text: str) -> float:
        return (0.5 + len(text) / CHARACTERS_PER_SECOND) / self.speed
