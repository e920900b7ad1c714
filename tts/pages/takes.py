"""A folder that a person fills by reading prompts aloud: `metadata.csv` and `wavs/`, a corpus in LJSpeech's layout, and
in `session/` what is needed to go on tomorrow."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch

from tts.errors import UserError
from tts.inspection.coverage import ENOUGH, Candidate, by_use, pairs, phones, read_all
from tts.inspection.measures import Measures, measure
from tts.pages.advice import advice
from tts.settings.schema import parse, plain
from tts.storage.files import atomic_write, stamp, write_text
from tts.storage.plain_data import plain_file
from tts.text.config import TextConfig
from tts.text.frontend import TextFrontEnd, front_end
from tts.text.tokens import Tokens

ID = re.compile(r"r\d{4,6}")
LONGEST = 120.0
"""Seconds of a take."""
RATES = range(16_000, 192_001)
"""Hz."""
SUBTYPES = ("PCM_16", "PCM_24", "PCM_32")
"""Of WAV: lossless, and read back as they were."""
LARGEST = 2**26
"""Bytes of a take."""
MOST_PROMPTS = 5000
MOST_LETTERS = 400
"""Of a prompt."""
LISTED = "metadata.csv"
BOM = "\ufeff"


@dataclass(frozen=True)
class Prompt:
    """A sentence to be read."""

    id: str
    text: str

    def __post_init__(self) -> None:
        if not ID.fullmatch(self.id) or not 0 < len(self.text) <= MOST_LETTERS or self.text != cleaned(self.text):
            raise ValueError(f"{self.id[:20]!r} is no prompt")


@dataclass(frozen=True)
class Prompts:
    """`session/prompts.json`."""

    language: str
    prompts: tuple[Prompt, ...]


@dataclass(frozen=True)
class Take:
    """What was found out about a recording that was just made."""

    measures: Measures
    advice: list[str]
    """What to do better, in words; empty where it is good."""
    draft: str
    """Which take it is: a stamp of its file."""


class Session:
    """The folder of one recording, opened by one process at a time."""

    def __init__(self, folder: Path, language: str, prompts: Sequence[Prompt], tokens: dict[str, Tokens]) -> None:
        self.folder, self.language = folder, language
        self.prompts = {prompt.id: prompt for prompt in prompts}
        self._tokens = tokens

    @classmethod
    def open(cls, folder: Path, language: str, sentences: Iterable[str]) -> Session:
        """Go on in a folder, which exists, or begin in it; sentences that it does not have yet come after those it has.

        New ones are put into an order in which the first few hundred have as many pairs of phones as possible.

        Raises
        ------
        UserError: what is in the folder does not fit, or is in another language; there is no sentence.
        """
        for name in ("wavs", "session"):
            if (folder / name).is_symlink():
                raise UserError(f"{folder / name}: a link; what is recorded stays in its folder")
            (folder / name).mkdir(exist_ok=True)
        path = folder / "session" / "prompts.json"
        earlier = parse(Prompts, plain_file(path), str(path)) if path.is_file() else Prompts(language, ())
        if earlier.language != language:
            raise UserError(
                f"{path}: its prompts are in language={earlier.language}; give that, or another folder as out="
            )
        read = front_end(TextConfig(language=language))
        known = {prompt.text for prompt in earlier.prompts}
        fresh = _ordered([text for text in map(cleaned, sentences) if text not in known], read)
        fresh = fresh[: max(0, MOST_PROMPTS - len(earlier.prompts))]
        first = 1 + max(map(_number, [*(p.id for p in earlier.prompts), *_recorded(folder)]), default=0)
        added = [Prompt(f"r{number:04d}", text) for number, text in enumerate(fresh, first)]
        prompts = [*earlier.prompts, *added]
        if not prompts:
            raise UserError(f"no sentence that can be read aloud in {language}: give sentences=FILE, one a line")
        session = cls(folder, language, prompts, read_all([p.text for p in prompts], read))
        if added:
            write_text(path, json.dumps(plain(Prompts(language, tuple(prompts))), ensure_ascii=False, indent=0))
        return session

    @cached_property
    def _units(self) -> dict[str, set[str]]:
        """Phones and pairs of them in each prompt."""
        return {p.id: {*phones(t), *pairs(t)} for p in self.prompts.values() if (t := self._tokens.get(p.text))}

    def wav(self, id: str) -> Path:
        return self.folder / "wavs" / f"{self._known(id)}.wav"

    def draft(self, id: str) -> Path:
        """A take that is not accepted yet; its ending is none of sound, so that it is not taken for a recording."""
        return self.folder / "session" / f"{self._known(id)}.draft"

    def sound(self, id: str) -> bytes | None:
        """The newest take of a prompt, WAV; None where there is none."""
        for path in (self.draft(id), self.wav(id)):
            if path.is_file():
                return path.read_bytes()
        return None

    def record(self, id: str, content: bytes) -> Take:
        """Keep a WAV as the draft of a prompt.

        Raises
        ------
        UserError: no such prompt, or the content is no mono WAV of the formats and lengths that takes have.
        """
        path = self.draft(id)
        samples, rate, subtype = _decoded(content)
        written = BytesIO()
        soundfile.write(written, samples, rate, format="WAV", subtype=subtype)
        with atomic_write(path) as draft:
            draft.write_bytes(written.getbuffer())
        wav = torch.from_numpy((samples.astype(np.float64) / 2**31).astype(np.float32))
        found = measure(wav, rate, pitch=False)
        return Take(found, advice(wav, rate, found, self._count(id)), stamp(path))

    def accept(self, id: str, taken: str) -> None:
        """The draft becomes the recording of its prompt, in place of an earlier one.

        Parameters
        ----------
        taken: which take is meant, as `state` and `record` name it.

        Raises
        ------
        UserError: that take is not the newest.
        """
        draft, wav, line = self.draft(id), self.wav(id), f"{id}|{self.prompts[id].text}"
        listed = _Listed.read(self.folder / LISTED)
        if not taken or taken != self._waiting(id, listed.ids):
            raise UserError(
                "this sentence was recorded or accepted in another tab meanwhile; hear it, and decide again"
            )
        if draft.is_file():
            draft.replace(wav)  # before it is listed: a list never names what is not there
        listed.put(id, line)
        listed.write(self.folder / LISTED)

    def state(self) -> dict[str, Any]:
        """What the page shows: the prompts, which are recorded, for how long, and what they cover."""
        listed = _Listed.read(self.folder / LISTED).ids
        recorded = {id for id in listed & self.prompts.keys() if self.wav(id).is_file()}
        drafts = {id: self._waiting(id, listed) for id in self.prompts}
        of_all: set[str] = set().union(*self._units.values()) if self._units else set()
        covered: set[str] = set().union(*(self._units.get(id, set()) for id in recorded)) if recorded else set()
        return {
            "prompts": [
                {"id": p.id, "text": p.text, "recorded": p.id in recorded, "draft": drafts[p.id]}
                for p in self.prompts.values()
            ],
            "seconds": sum(_seconds(self.wav(id)) for id in recorded),
            "phones": [_single(covered), _single(of_all)],
            "pairs": [len(covered) - _single(covered), len(of_all) - _single(of_all)],
        }

    def _known(self, id: str) -> str:
        if id not in self.prompts:
            raise UserError("no such prompt; reload the page")
        return id

    def _count(self, id: str) -> int:
        tokens = self._tokens.get(self.prompts[id].text)
        return len(phones(tokens)) if tokens is not None else 0

    def _waiting(self, id: str, listed: Collection[str]) -> str:
        """Which take is there that is not accepted yet, or was not listed any more as the disk was full then; empty
        where there is none."""
        paths = [self.draft(id), *([] if id in listed else [self.wav(id)])]
        return next((stamp(path) for path in paths if path.is_file()), "")


@dataclass
class _Listed:
    """The lines of `metadata.csv`, as they are: people may have changed them, with an editor that writes other ends."""

    lines: list[str]
    mark: str
    """The byte order mark with which some editors begin a file."""
    end: str

    @classmethod
    def read(cls, path: Path) -> _Listed:
        try:
            content = path.read_bytes().decode("utf-8")
        except FileNotFoundError:
            return cls([], "", "\n")
        except UnicodeDecodeError as error:
            raise UserError(f"{path}: not UTF-8 ({error}); save it as UTF-8 in your editor") from error
        mark = BOM if content.startswith(BOM) else ""
        end = "\r\n" if "\r\n" in content else "\n"
        lines = content.removeprefix(BOM).replace("\r\n", "\n").split("\n")
        return cls([line for line in lines if line], mark, end)

    @property
    def ids(self) -> set[str]:
        return set(map(_id, self.lines))

    def put(self, id: str, line: str) -> None:
        """In the place of the id's line, or last."""
        kept = [line if _id(other) == id else other for other in self.lines]
        self.lines = list(dict.fromkeys(kept if line in kept else [*kept, line]))

    def write(self, path: Path) -> None:
        """What was there is kept in session/, since an edited text may be among what is replaced."""
        if path.is_file():
            with atomic_write(path.parent / "session" / f"{LISTED}.bak") as draft:
                shutil.copyfile(path, draft)
        with atomic_write(path) as draft:
            draft.write_bytes((self.mark + "".join(line + self.end for line in self.lines)).encode())


def _id(line: str) -> str:
    return line.partition("|")[0].strip()


def _recorded(folder: Path) -> list[str]:
    """Ids that were given before, though `session/` may have been deleted."""
    return [*_Listed.read(folder / LISTED).ids, *(path.stem for path in (folder / "wavs").iterdir())]


def _number(id: str) -> int:
    return int(id[1:]) if ID.fullmatch(id) else 0


def cleaned(text: str) -> str:
    """In one line, and without the bar that ends a text in `metadata.csv`."""
    return " ".join(text.replace("|", " ").split())


def _ordered(texts: Sequence[str], read: TextFrontEnd) -> list[str]:
    spoken = read_all((text for text in dict.fromkeys(texts) if 0 < len(text) <= MOST_LETTERS), read)
    candidates = [Candidate(text, Counter([*phones(t), *pairs(t)])) for text, t in spoken.items()]
    return [text for text, _ in by_use(candidates, {}, ENOUGH)]


def _decoded(content: bytes) -> tuple[np.ndarray, int, str]:
    """Samples, int32 `[samples]`, rate and subtype of a WAV."""
    try:
        with soundfile.SoundFile(BytesIO(content)) as file:
            if file.format not in ("WAV", "WAVEX") or file.subtype not in SUBTYPES or file.channels != 1:
                raise UserError(
                    f"not a mono WAV of {', '.join(SUBTYPES)}: {file.format} {file.subtype}, {file.channels} channels"
                )
            if file.samplerate not in RATES or not 0 < file.frames <= LONGEST * file.samplerate:
                raise UserError(f"{file.frames} samples at {file.samplerate} Hz: up to {LONGEST:.0f} s can be recorded")
            samples = file.read(dtype="int32")
            return samples, file.samplerate, file.subtype
    except (soundfile.LibsndfileError, RuntimeError, ValueError, TypeError) as error:
        if isinstance(error, UserError):
            raise
        raise UserError(f"not a sound that can be read ({' '.join(str(error).split())[:100]})") from error


def _single(units: set[str]) -> int:
    """How many are phones, and not pairs of them."""
    return sum(" " not in unit for unit in units)


def _seconds(path: Path) -> float:
    try:
        return float(soundfile.info(path).duration)
    except (soundfile.LibsndfileError, RuntimeError):
        return 0.0
