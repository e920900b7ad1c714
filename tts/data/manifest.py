"""A prepared corpus: a folder with `corpus.json`, `manifest.jsonl`, `audio/`, `features/` and perhaps `truth/`."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

from tts.audio.waveform import RATES
from tts.errors import UserError
from tts.settings.schema import parse, plain
from tts.storage.files import atomic_write, write_text
from tts.storage.locks import HOLDER, holder
from tts.text.config import TextConfig
from tts.text.tokens import Tokens

Split = Literal["train", "valid", "test"]
T = TypeVar("T")

LONGEST = 6 * 3600.0
"""Seconds of an utterance."""
MOST_SYMBOLS = 100_000
"""Of an utterance."""
MOST_BYTES = 2**24
"""Of a line, or of corpus.json."""
MOST_BYTES_OF_ID = 240
"""With an ending, file systems take 255."""
NO_NAME = re.compile(r"[/\\\x00-\x1f\x7f]")
NOT_UTF8 = re.compile("[\ud800-\udfff]")
"""What Python makes of bytes in file names that are not UTF-8, and JSON of half a character."""


@dataclass(frozen=True)
class Utterance:
    """One line of `manifest.jsonl`."""

    id: str
    """Unique in its corpus; safe as a file name."""
    recording: str
    """The recording it was cut from (its own id when uncut); all pieces of one recording share a split,
    unless there are very few recordings."""
    speaker: str
    """Name of the speaker."""
    split: Split
    """What it is used for: train, valid or test."""
    text: str
    """As the corpus gives it, before normalisation."""
    seconds: float
    """Length of its audio."""
    symbols: tuple[str, ...]
    """Its tokens; these and the following fields are those of `tts.text.tokens.Tokens`."""
    stress: tuple[int, ...]
    """Of each token."""
    word: tuple[int, ...]
    """Of each token the index of its word."""
    words: tuple[str, ...]
    """The written words."""
    bandwidth: float | None = None
    """Hz above which the recording holds nothing; None where it goes up to half the sample rate of its file, and in
    corpora of versions up to 0.3."""
    language: tuple[str, ...] = ()
    """The language of each token; empty where all are in that of the corpus."""
    style: str = ""
    """The manner of speaking, in the corpus's own words; empty where it says nothing."""
    channel: str = ""
    """What was taken of its file's channels and tracks, as in `3 of 6`, `mean of 2`, `track 1 of 2`; empty where
    there is one."""
    original: str | None = None
    """The file that the user gave, relative to the corpus's folder if it is in there; empty where there is none, as of
    synthetic speech; None in corpora of versions up to 0.5."""
    offset: float | None = None
    """Where the audio begins in that file, in seconds; None where there is no file."""
    original_seconds: float | None = None
    """How long that file is; None where there is no file."""
    whole_seconds: float | None = None
    """How long that file was before it was cut off, as its head says; None where it is whole, and in corpora of
    versions up to 0.13."""

    def __post_init__(self) -> None:
        if (
            not self.id
            or len(self.id.encode("utf-8", "replace")) > MOST_BYTES_OF_ID
            or self.id.startswith(".")
            or NO_NAME.search(self.id)
        ):
            raise ValueError(f"the id {self.id[:250]!r} is no file name; prepare the corpus again")
        if not 0 < self.seconds <= LONGEST:  # nor NaN
            raise ValueError(
                f"seconds={self.seconds} is no length of a recording (up to {LONGEST:g} s); prepare the corpus again"
            )
        if self.bandwidth is not None and not self.bandwidth > 0:  # nor NaN
            raise ValueError(f"bandwidth={self.bandwidth} is no frequency; prepare the corpus again")
        if self.original and not (
            self.offset is not None
            and self.original_seconds is not None
            and 0 <= self.offset <= self.original_seconds < math.inf  # nor NaN
        ):
            raise ValueError(
                f"offset={self.offset} is no place in a file of original_seconds={self.original_seconds}; "
                "prepare the corpus again"
            )
        counts = {len(self.symbols), len(self.stress), len(self.word), len(self.language or self.symbols)}
        in_range = {0, 1, 2}.issuperset(self.stress) and all(-1 <= word < len(self.words) for word in self.word)
        if not self.symbols or len(counts) > 1 or not in_range:
            raise ValueError(
                "symbols, stress, word, words and language do not fit each other; prepare the corpus again"
            )
        if len(self.symbols) > MOST_SYMBOLS:
            raise ValueError(f"{len(self.symbols)} symbols in one utterance; at most {MOST_SYMBOLS} can be read")
        if not all(self.symbols) or not self.speaker:
            raise ValueError("an empty symbol or speaker; prepare the corpus again")
        texts = (self.id, self.recording, self.speaker, self.text, self.style, self.channel, self.original or "")
        _check_characters(*texts, *self.symbols, *self.words, *self.language)

    @property
    def cut_off(self) -> str:
        """How much of its file is there, where that was cut off; else empty."""
        if self.whole_seconds is None or self.original_seconds is None:
            return ""
        return f"{self.original_seconds:.2f} s of {self.whole_seconds:.2f} are there"

    @property
    def tokens(self) -> Tokens:
        """Its symbols, stress, words and languages together."""
        return Tokens(self.symbols, self.stress, self.word, self.words, self.language)


@dataclass(frozen=True)
class CorpusInfo:
    """`corpus.json`: what the corpus is and how it was prepared."""

    name: str
    """Of the corpus."""
    language: str
    """An espeak-ng language."""
    licence: str
    """Of the recordings."""
    credits: str
    """Who made the recordings."""
    sample_rate: int
    """Of the files in `audio/`, in Hz."""
    text: dict[str, Any]
    """The text settings the tokens were made with (`plain(TextConfig)`)."""
    root: str | None = None
    """The folder, absolute, that `Utterance.original` is relative to; None where there is none, and in corpora of
    versions up to 0.9."""

    def __post_init__(self) -> None:
        if self.sample_rate not in RATES:
            raise ValueError(f"sample_rate={self.sample_rate}: recordings have {RATES[0]} to {RATES[-1]} Hz")
        _check_characters(self.name, self.language, self.licence, self.credits)


def _check_characters(*texts: str) -> None:
    if NOT_UTF8.search("".join(texts)):
        raise ValueError("holds half a character, which no file can; prepare the corpus again")


@dataclass(frozen=True)
class PreparedCorpus:
    """A prepared corpus as read from its folder."""

    folder: Path
    info: CorpusInfo
    utterances: list[Utterance]

    def audio_path(self, utterance: Utterance) -> Path:
        """16-bit mono FLAC at `info.sample_rate`."""
        return self.folder / "audio" / f"{utterance.id}.flac"

    def file_path(self, utterance: Utterance) -> Path | None:
        """The file that its timings are of: the user's, where it was when the corpus was prepared, or the prepared
        audio where there is none; None where the folder is not known."""
        if not utterance.original:
            return self.audio_path(utterance)
        path = Path(utterance.original)
        if self.info.root is None:
            return path if path.is_absolute() else None
        return Path(self.info.root) / path

    def split(self, name: Split) -> list[Utterance]:
        return [u for u in self.utterances if u.split == name]


def recording_of(id: str) -> str:
    """The id of the recording that an utterance is, or is a piece of: `a` for `a` and for `a~02`."""
    return id.partition("~")[0] or id


def write_manifest(folder: Path, info: CorpusInfo, utterances: list[Utterance]) -> None:
    """Write `corpus.json` and `manifest.jsonl`; the latter last and by rename, so that it marks a finished corpus."""
    card = {key: value for key, value in plain(info).items() if value is not None}
    write_text(folder / "corpus.json", json.dumps(card, indent=2, ensure_ascii=False))
    with atomic_write(folder / "manifest.jsonl") as draft, draft.open("w", encoding="utf-8") as lines:
        for utterance in utterances:
            fields = plain(utterance)
            for name in ("language", "style", "channel"):  # which earlier versions neither write nor read
                if not fields[name]:
                    del fields[name]
            for name in ("original", "offset", "original_seconds", "whole_seconds"):  # likewise
                if fields[name] is None:
                    del fields[name]
            lines.write(json.dumps(fields, ensure_ascii=False) + "\n")


def corpus_folder(corpus: Mapping[str, Any]) -> Path:
    """Where the corpus that a config's `corpus` section describes is, or will be, prepared.

    Raises
    ------
    UserError: the section joins several corpora.
    """
    if "out" not in corpus:
        parts = ", ".join(f"{name} ({part['out']})" for name, part in corpus.get("parts", {}).items())
        raise UserError(f"corpus={corpus.get('name')} joins several corpora for training: {parts}; choose one here")
    return Path(corpus["out"]).expanduser()


def find_manifest(folder: str | Path) -> Path:
    """The manifest of a prepared corpus. Raises UserError where the folder holds none."""
    path = Path(folder).expanduser() / "manifest.jsonl"
    if not path.is_file():
        others = sorted(str(other.parent) for other in path.parent.parent.glob("*/manifest.jsonl"))
        beside = f"; prepared beside it: {', '.join(others)}" if others else ""
        if (path.parent / HOLDER).is_file():
            beside = f"; {holder(path.parent)} may still be at it{beside}"
        raise UserError(
            f"{folder}: no prepared corpus here (no manifest.jsonl); make one with `tts-prepare "
            f"corpus=NAME corpus.out={folder}` (and corpus.root=PATH for recordings of your own){beside}"
        )
    return path


def read_manifest(folder: str | Path) -> PreparedCorpus:
    """Read a prepared corpus.

    Raises
    ------
    UserError: the folder holds none, or a line does not fit or repeats an id (named by file and line).
    """
    path = find_manifest(folder)
    folder = path.parent
    utterances: dict[str, Utterance] = {}
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(MOST_BYTES), b""), 1):
            utterance = _parse(Utterance, line, f"{path}:{number}")
            if utterance.id in utterances:
                raise UserError(f"{path}:{number}: a second utterance {utterance.id!r}; prepare the corpus again")
            utterances[utterance.id] = utterance
    return PreparedCorpus(folder, read_info(folder), list(utterances.values()))


def read_info(folder: Path) -> CorpusInfo:
    """`corpus.json` of a prepared corpus. Raises UserError where it does not fit."""
    card = folder / "corpus.json"
    with card.open("rb") as file:
        content = file.read(MOST_BYTES)
    info = _parse(CorpusInfo, content, str(card))
    return replace(info, text=plain(parse(TextConfig, info.text, f"{card}: text")))


def _parse(schema: type[T], content: bytes, where: str) -> T:
    try:
        return parse(schema, json.loads(content.decode("utf-8")), where)
    except UserError:
        raise
    except (ValueError, RecursionError) as error:  # no JSON or no UTF-8, numbers too long, brackets too deep
        raise UserError(f"{where}: not JSON ({error}); prepare the corpus again") from error
