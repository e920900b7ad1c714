"""What every corpus offers: recordings one by one, each with its text and a way to load its sound."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import torch

from tts.audio import waveform
from tts.audio.decoding import Content
from tts.corpora.written import Changes, Place, in_own_files
from tts.errors import UserError
from tts.intervals import Interval
from tts.settings.defaults import MISSING, defaults
from tts.settings.schema import Choice
from tts.storage.files import stamp


class NotThisLayout(UserError):
    """A folder lacks what a layout of corpora is told by."""


@dataclass(frozen=True)
class Sound:
    """The sound of one recording, which is read as it is used: it may be longer than memory has room for."""

    blocks: Iterable[torch.Tensor]
    """One stretch after another, [samples] each, float32 in [−1, 1], mono; gone through once. Raises `UserError` where
    what is read is damaged."""
    sample_rate: int
    """Hz."""
    truth: Mapping[str, list[Interval]] | None = None
    """Exact times where the corpus knows them: tiers `words` and `phones`, in seconds from the start."""
    seconds: float | None = None
    """How long it is, where that is known."""
    start: float = 0.0
    """Where it begins in its file, in seconds, if it is a part of it."""
    file_seconds: float | None = None
    """How long that file is, if it is a part of it that ends before it."""
    channel: str = ""
    """What was taken of several channels and tracks, as in `3 of 6`, `mean of 2`, `track 1 of 2`; empty where its
    file has one."""
    announced: float | None = None
    """How long that file is as its head says, which a file that was cut off has kept; None where that is not certain,
    or the sound ends before its file."""

    def cut_from(self, there: float) -> float | None:
        """How long its file was before it was cut off, as less is `there`; None where it is whole. All in seconds."""
        return self.announced if self.announced is not None and self.announced > there + ROUNDED else None

    @property
    def wav(self) -> torch.Tensor:
        """All of it at once, [samples]; raises `UserError` where memory has no room for that."""
        return waveform.gather(self.blocks, self.sample_rate, self.sample_rate, self.seconds)


@dataclass(frozen=True)
class Recording:
    """One recording as the corpus has it: nothing has been checked yet."""

    id: str
    """Unique in its corpus; becomes a file name, so preparation refuses unsafe ones."""
    speaker: str
    """Name of the speaker, the same in all of that speaker's recordings."""
    text: str
    """What is said, as written."""
    load: Callable[[], Sound]
    """Reads (or makes) the sound; called in a worker process, so it must pickle: a module-level function, a
    `functools.partial` of one, or a bound method of a picklable object. Raises `UserError` if it cannot."""
    recording: str = ""
    """The recording it was cut from, which decides its split; its own id when empty."""
    stamp: str = ""
    """Changes when the sound does, so that preparing again notices a replaced file."""
    language: str = ""
    """The espeak-ng language of its text, where that is not the corpus's."""
    file: str = ""
    """The file that it is in, on whose clock timings are, as errors and tables name it; empty where it is in none, as
    synthetic speech. Parts of one file have the same `recording`."""
    style: str = ""
    """The manner of speaking, in the corpus's own words."""
    problem: str = ""
    """Why it cannot be used, where the corpus's list already shows that; preparation rejects it with these words."""
    written: Place | None = None
    """Where its text stands, so that a corrected one can be written there; None where that is not known. The corpus
    reads that file by `tts.corpora.trial.content_of`."""

    @property
    def source(self) -> str:
        """The recording it was cut from, or its own id."""
        return self.recording or self.id


class Corpus(Choice, ABC, group="corpus", tag="layout"):
    """A named set of recordings. Each layout is a frozen dataclass, whose fields are the keys of its config.

    For example::

        @dataclass(frozen=True)
        class Mine(Corpus):
            root: str
            layout: Literal["mine"] = "mine"
            name: str = "mine"
            language: str = "en-us"
            licence: str = "not stated"
            credits: str = "not stated"

            def __iter__(self) -> Iterator[Recording]:
                for path in sorted(Path(self.root).glob("*.wav")):
                    yield from_file(path.stem, "me", path.with_suffix(".txt").read_text(), path)

    Such a class is offered as `corpus=mine` once it is defined. Fields without a default must be given.
    """

    layout: str
    """How the folder of recordings is read: one of the layouts that corpus= offers."""
    name: str
    """Name of the corpus: it names the prepared folder, and tells its utterances from those of other corpora."""
    language: str
    """The espeak-ng language of the texts, such as en-us, de, fr-fr."""
    licence: str
    """Licence of the recordings; stored with every voice that is trained on them."""
    credits: str
    """Who made the recordings; stored with every voice that is trained on them."""

    @classmethod
    def beside(cls) -> dict[str, Any]:
        """Where the prepared corpus goes, and what is fetched; what must be given, only preparation asks for."""
        required = dict.fromkeys(key for key, value in defaults(cls).items() if value == MISSING)
        downloads = {"downloads": "${.out}/downloads"} if "downloads" in required else {}
        return required | downloads | {"out": "data/${.name}"}

    @abstractmethod
    def __iter__(self) -> Iterator[Recording]:
        """Its recordings, in the same order every time.

        Raises
        ------
        UserError: the corpus cannot be read, or a line of its list is wrong.
        """

    def with_texts(self, texts: Mapping[Place, str]) -> Changes:
        """What its files would be with other texts, each on one line, at places that its recordings name.

        Raises
        ------
        UserError, OSError: a file cannot be read.
        """
        return in_own_files(texts)


@dataclass(frozen=True)
class Part:
    """Of an audio file what a recording is."""

    channel: int | None = None
    """The one to take of several, 1 for the first; None for the loudest (`tts.audio.waveform.open_source`)."""
    start: float = 0.0
    """Where it begins, in seconds."""
    seconds: float | None = None
    """How long it is; None for all that follows."""
    alone: bool = field(default=False, repr=False)
    """Whether it begins with its file and no other part begins later, so that its length may be the file's, rounded."""


WHOLE = Part()
ROUNDED = 0.1
"""Seconds by which times that are written may be wrong."""
UP_TO_A_SECOND = 1.0
"""By which lengths of whole files may be, too."""


def from_file(id: str, speaker: str, text: str, path: Path, part: Part = WHOLE) -> Recording:
    """The recording in an audio file that libsndfile or FFmpeg reads, at any sample rate, with any number of channels.

    Parameters
    ----------
    path: of the file, which is not opened yet; preparation rejects the recording if it cannot be read.
    """
    try:
        seen = stamp(path)
    except (OSError, ValueError):  # the latter for names that no file can have
        seen = "missing"
    seen += f":{part}" if part != WHOLE else ""
    return Recording(id, speaker, text, partial(open_sound, path, part), stamp=seen, file=str(path))


def open_sound(path: Path | Content, part: Part = WHOLE) -> Sound:
    """A file, or a part of it, as a sound. Raises `UserError` where it cannot be read."""
    source = waveform.open_source(path, part.channel, part.start, part.seconds)
    end = part.start + (part.seconds or 0.0)
    if source.file_seconds is not None:
        other_unit = end > max(2 * source.file_seconds, source.file_seconds + UP_TO_A_SECOND)
        if other_unit or (end > source.file_seconds + ROUNDED and not part.alone):
            raise UserError(
                f"{path}: it is {source.file_seconds:.2f} s long, and what is said to be in it ends at {end:g} s; "
                + ("are these times in seconds?" if other_unit else "mend this end")
            )
    return Sound(
        source.blocks,
        source.sample_rate,
        seconds=source.seconds,
        start=part.start,
        # What is read to its end shows that better than the head, which a cut file has kept.
        file_seconds=None if part.seconds is None else source.file_seconds,
        channel=source.channel,
        announced=source.announced if part.seconds is None else None,
    )
