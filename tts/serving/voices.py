"""The voices that are served: found in a folder, read, and read again when their files change.

A request names one of those that are loaded; no path is ever made of what it says.
"""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tts.errors import UserError
from tts.intervals import Interval
from tts.runtime.folder import ACOUSTIC, CARD
from tts.serving.errors import Refused
from tts.settings.schema import nearest
from tts.storage.files import stamp
from tts.storage.published import fetched
from tts.synthesis.speakers import Speakers
from tts.text.controls import AS_PREDICTED, Controls

logger = logging.getLogger(__name__)
INNER = "voice"
"""Where a run has its voice."""
THEIR_MODELS = ("tts-1", "tts-1-hd", "gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-12-15")
THEIR_VOICES = (
    "alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer", "verse",
)  # fmt: skip
"""OpenAI's names, which some clients send and cannot be told otherwise."""
FIRST = "default"
"""The speaker, or the voice, that stands first."""


class Speech(Protocol):
    """A spoken sentence."""

    @property
    def wav(self) -> Any:
        """float32 `[samples]`, an array or a tensor."""

    @property
    def sample_rate(self) -> int: ...

    @property
    def words(self) -> list[Interval]: ...

    @property
    def phones(self) -> list[Interval]: ...

    @property
    def text(self) -> str: ...


class Card(Speakers, Protocol):
    """What a voice says of itself."""

    @property
    def licence(self) -> str: ...

    @property
    def credits(self) -> str: ...


class Voice(Protocol):
    """A voice by torch (`tts.synthesis.voice`) or onnxruntime (`tts.runtime`)."""

    @property
    def info(self) -> Card: ...

    @property
    def sample_rate(self) -> int: ...

    @property
    def controls(self) -> Set[str]:
        """Names of the controls of a whole text that it takes."""

    def sentences(
        self, text: str, speaker: str | None = None, *, language: str | None = None, controls: Controls = AS_PREDICTED
    ) -> Iterator[Speech]: ...


@dataclass(frozen=True)
class Served:
    """A voice that is loaded."""

    name: str
    voice: Voice
    created: int
    """Seconds since 1970 at which its card was written."""
    run: Path | None = None
    """Folder of the run that trains it, or trained it; None where the voice is elsewhere."""

    def takes(self, name: str) -> bool:
        """Whether a sentence's phones can be given their own `durations` or `pitches`."""
        return getattr(self.voice, f"takes_{name}", False)

    @property
    def hears_speakers(self) -> bool:
        """Whether it can speak like somebody in a recording."""
        return getattr(self.voice, "hears_speakers", False)

    def speaker(self, name: str | None) -> str | None:
        """The speaker that a request names; None for the first."""
        speakers = self.voice.info.speakers
        if name in speakers:
            return name
        return None if name is None or name in (FIRST, *THEIR_VOICES) else name


class Library:
    """All voices of a folder, or a published one (`hf:USER/NAME`), by name. `refresh` may run in a thread beside the
    rest.

    Raises
    ------
    UserError: there is no voice, or none that can be read.
    """

    def __init__(self, place: str, threads: int = 1, default: str | None = None) -> None:
        self._place, self._folder = place, fetched(Path(place).expanduser())
        self._threads, self._default = threads, default
        self._voices: dict[str, Served] = {}
        self._stamps: dict[str, Sequence[str]] = {}
        self._missing: set[str] = set()
        self._left = False
        failed = self.refresh()
        if not self._voices:
            raise UserError(next(iter(failed.values()), f"{place}: no voice here; give a voice, or a folder of voices"))
        if default is not None and default not in self._voices:
            raise UserError(f"default={default}: no such voice in {place}{nearest(default, self._voices)}")

    def __len__(self) -> int:
        return len(self._voices)

    def __iter__(self) -> Iterator[Served]:
        return iter(sorted(self._voices.values(), key=lambda served: served.name))

    def find(self, name: str) -> Served:
        """Raises `Refused` if no voice is called so."""
        voices = self._voices
        if name in voices:
            return voices[name]
        if name not in ("", FIRST, *THEIR_MODELS):
            message = f"model {name!r} does not exist{nearest(name, voices)}"
            raise Refused(404, "model_not_found", message, "model")
        if not voices:
            raise Refused(503, "no_voice", "no voice is loaded")
        return voices[self._default if self._default in voices else min(voices)]

    def refresh(self) -> dict[str, str]:
        """Read what is new or has changed, leave what is gone; what cannot be read, by name, and why. Of that the
        version that was read before stays."""
        if self._left:  # by now nobody speaks with it any more
            _return_memory()
        self._left = False
        found, failed = self._found(), {}
        for name, folder in found.items():
            try:
                stamps = _stamps(folder)
                if self._stamps.get(name) == stamps:
                    continue
                self._stamps[name] = stamps
                run = folder.parent if folder.name == INNER else None
                created = int((folder / CARD).stat().st_mtime)
                self._left = self._left or name in self._voices
                self._voices = self._voices | {name: Served(name, _load(folder, self._threads), created, run)}
                logger.info("voice loaded", extra={"fields": {"model": name}})
            except (UserError, OSError) as error:
                failed[name] = str(error)
                logger.error("voice not loaded", extra={"fields": {"model": name, "reason": str(error)}})
        gone = self._stamps.keys() - found.keys()
        for name in gone & self._missing:  # at two looks: a voice that is replaced is away for a moment
            del self._stamps[name]
            if name in self._voices:
                self._left = True
                self._voices = {key: served for key, served in self._voices.items() if key != name}
                logger.info("voice removed", extra={"fields": {"model": name}})
        self._missing = gone
        return failed

    def _found(self) -> dict[str, Path]:
        """The folders that voices are in, by name."""
        place = self._folder
        if not place.exists():
            from tts.storage.resources import PACKAGED

            place = PACKAGED.get(self._place, place)
        folder = _voice_in(place)
        if folder is not None:
            named = place.resolve()
            return {named.parent.name if named.name == INNER else named.name: folder}
        try:
            inner = sorted(path for path in place.iterdir() if path.is_dir() and not path.name.startswith("."))
        except OSError:  # for a moment it is not there, or for good
            return {}
        return {path.name: folder for path in inner if (folder := _voice_in(path)) is not None}


def _voice_in(folder: Path) -> Path | None:
    return next((place for place in (folder / INNER, folder) if (place / CARD).is_file()), None)


def _stamps(folder: Path) -> list[str]:
    return sorted(f"{path.name}:{stamp(path)}" for path in folder.iterdir() if path.is_file())


def _load(folder: Path, threads: int) -> Voice:
    if (folder / ACOUSTIC).is_file():
        from tts.runtime import Voice as Exported

        return _warm(Exported.load(folder, threads))
    import torch

    from tts.synthesis.voice import Voice as Trained

    torch.set_num_threads(threads)
    return _warm(Trained.load(folder))


def _return_memory() -> None:
    """What glibc keeps of voices that are gone; each reading would add to it."""
    with suppress(AttributeError, OSError, TypeError):  # there are other libraries of C
        ctypes.CDLL(None).malloc_trim(0)


def _warm(voice: Voice) -> Voice:
    """Spoken with once: the first time takes several times as long."""
    with suppress(UserError):  # not every voice can say this
        next(voice.sentences("A."))
    return voice
