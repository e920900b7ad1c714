"""The times found in each file of the user's, on its clock."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

from tts.alignment.timing import Alignment
from tts.data.manifest import Utterance
from tts.data.originals import Original
from tts.intervals import Interval

Part = tuple[Utterance, Alignment]
"""An utterance and its times."""


@dataclass(frozen=True)
class TimedFile:
    """A file and what was found in it."""

    original: Original
    parts: tuple[Part, ...]
    """Its aligned utterances in order of time, with times in seconds from the start of the file."""
    sound: Path | None = None
    """Where the file was when the corpus was prepared; None where that is not known."""

    @classmethod
    def of(cls, original: Original, found: Mapping[str, Alignment]) -> TimedFile:
        """From alignments by id, with times in seconds from the start of the prepared audio of each."""
        parts: list[Part] = []
        ends: dict[str, float] = {}  # what each speaker has said by then
        for utterance in original.utterances:
            if utterance.id in found:
                after = ends.get(utterance.speaker, 0.0)
                alignment = found[utterance.id].shifted(utterance.offset or 0.0, after, original.seconds).rounded()
                ends[utterance.speaker] = alignment.phones[-1].end
                parts.append((utterance, alignment))
        return cls(original, tuple(parts))

    @property
    def name(self) -> str:
        """Of the files with its times, without their endings."""
        return self.original.name

    @property
    def seconds(self) -> float:
        """How long it is, to a microsecond."""
        return round(self.original.seconds, 6)

    @property
    def words(self) -> list[tuple[Interval, float]]:
        """Words, each with its confidence."""
        return [pair for _, found in self.parts for pair in zip(found.words, found.word_confidence, strict=True)]

    @property
    def phones(self) -> list[tuple[Interval, float]]:
        """Phones, each with its confidence."""
        return [pair for _, found in self.parts for pair in zip(found.phones, found.confidence, strict=True)]

    @property
    def score(self) -> float:
        """Log-likelihood per frame."""
        seconds = [utterance.seconds for utterance, _ in self.parts]
        scores = [alignment.score for _, alignment in self.parts]
        return round(sum(s * t for s, t in zip(scores, seconds, strict=True)) / sum(seconds), 4)

    @property
    def misfit(self) -> float:
        """The largest of its utterances'; NaN where none was measured."""
        known = [alignment.misfit for _, alignment in self.parts if not math.isnan(alignment.misfit)]
        return max(known, default=math.nan)

    def tiers(self) -> dict[str, list[Interval]]:
        """`words` and `phones`; of several speakers each has their own, `NAME - words` and `NAME - phones`."""
        speakers = dict.fromkeys(u.speaker for u in self.original.utterances)
        tiers = {}
        for speaker in speakers:
            own = [alignment for utterance, alignment in self.parts if utterance.speaker == speaker]
            before = f"{speaker} - " if len(speakers) > 1 else ""
            tiers[f"{before}words"] = [word for alignment in own for word in alignment.words]
            tiers[f"{before}phones"] = [phone for alignment in own for phone in alignment.phones]
        return tiers


class Alignments(Sequence[Part]):
    """Every aligned utterance of a corpus, `(Utterance, Alignment)`, with times in seconds from the start of its file;
    `files` has them by file."""

    files: list[TimedFile]
    """Every file, and what was found in it."""

    def __init__(self, files: Iterable[TimedFile]) -> None:
        self.files = list(files)
        self._parts = [part for file in self.files for part in file.parts]

    @overload
    def __getitem__(self, index: int) -> Part: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Part]: ...

    def __getitem__(self, index: int | slice) -> Part | Sequence[Part]:
        return self._parts[index]

    def __len__(self) -> int:
        return len(self._parts)
