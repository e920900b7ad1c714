"""A prepared corpus: a folder with `corpus.json`, `manifest.jsonl`, `audio/`, `features/` and perhaps `truth/`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tts.errors import UserError
from tts.files import whole, write_text
from tts.schema import parse, plain
from tts.text.tokens import Tokens

Split = Literal["train", "valid", "test"]


@dataclass(frozen=True)
class Utterance:
    """One line of `manifest.jsonl`."""

    id: str
    """Unique in its corpus; safe as a file name."""
    recording: str
    """The recording it was cut from (its own id when uncut); all pieces of one recording share a split."""
    speaker: str
    split: Split
    text: str
    """As the corpus gives it, before normalisation."""
    seconds: float
    symbols: tuple[str, ...]
    stress: tuple[int, ...]
    word: tuple[int, ...]
    words: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.id in ("", ".", "..") or any(c in "/\\\0" for c in self.id):
            raise ValueError(f"the id {self.id!r} is no file name; prepare the corpus again")

    @property
    def tokens(self) -> Tokens:
        return Tokens(self.symbols, self.stress, self.word, self.words)


@dataclass(frozen=True)
class CorpusInfo:
    """`corpus.json`: what the corpus is and how it was prepared."""

    name: str
    language: str
    licence: str
    credits: str
    sample_rate: int
    """Of the files in `audio/`, in Hz."""
    text: dict[str, Any]
    """The text settings the tokens were made with (`plain(TextConfig)`)."""


@dataclass(frozen=True)
class PreparedCorpus:
    """A prepared corpus as read from its folder."""

    folder: Path
    info: CorpusInfo
    utterances: list[Utterance]

    def audio_path(self, utterance: Utterance) -> Path:
        """16-bit mono FLAC at `info.sample_rate`."""
        return self.folder / "audio" / f"{utterance.id}.flac"

    def split(self, name: Split) -> list[Utterance]:
        return [u for u in self.utterances if u.split == name]


def write_manifest(folder: Path, info: CorpusInfo, utterances: list[Utterance]) -> None:
    """Write `corpus.json` and `manifest.jsonl`; the latter last and by rename, so that it marks a finished corpus."""
    write_text(folder / "corpus.json", json.dumps(plain(info), indent=2, ensure_ascii=False))
    with whole(folder / "manifest.jsonl") as draft, draft.open("w", encoding="utf-8") as lines:
        for utterance in utterances:
            lines.write(json.dumps(plain(utterance), ensure_ascii=False) + "\n")


def find_manifest(folder: str | Path) -> Path:
    """The manifest of a prepared corpus. Raises UserError where the folder holds none."""
    path = Path(folder) / "manifest.jsonl"
    if not path.is_file():
        raise UserError(
            f"{folder}: no prepared corpus here (no manifest.jsonl); make one with "
            f"`python scripts/prepare_data.py corpus=NAME corpus.out={folder}`"
        )
    return path


def read_manifest(folder: str | Path) -> PreparedCorpus:
    """Read a prepared corpus.

    Raises
    ------
    UserError: the folder holds none, or a line does not fit (named by file and line).
    """
    folder, path = Path(folder), find_manifest(folder)
    utterances = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            utterances.append(parse(Utterance, _json(line, f"{path}:{number}"), f"{path}:{number}"))
    info_path = folder / "corpus.json"
    info = parse(CorpusInfo, _json(info_path.read_text(encoding="utf-8"), str(info_path)), str(info_path))
    return PreparedCorpus(folder, info, utterances)


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError(f"{where}: not JSON ({error}); prepare the corpus again") from error
