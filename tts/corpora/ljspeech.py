"""The LJSpeech layout: `metadata.csv` (`id|text` or `id|text|normalised text`) beside a folder `wavs/`."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from tts.corpora.corpus import Corpus, Recording, from_file
from tts.errors import UserError

SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".g722")
EXPECTED = "expected metadata.csv with lines `id|text` (or `id|text|normalised text`) and wavs/id.wav"


@dataclass(frozen=True)
class LJSpeech(Corpus):
    """Recordings of one speaker in a folder, with one line of `metadata.csv` each."""

    root: str
    """Folder with the recordings."""
    speaker: str | None = None
    """Name of the speaker; null for the corpus's name."""
    layout: Literal["ljspeech"] = "ljspeech"
    name: str = "ljspeech"
    language: str = "en-us"
    licence: str = "not stated"
    credits: str = "not stated"

    def __iter__(self) -> Iterator[Recording]:
        root = Path(self.root).expanduser()
        metadata = root / "metadata.csv"
        if not metadata.is_file():
            raise UserError(f"{root}: {'no metadata.csv here' if root.is_dir() else 'no such folder'}; {EXPECTED}")
        rows = _rows(metadata)
        if not rows:
            raise UserError(f"{metadata}: no line `id|text` in it; {EXPECTED}")
        wavs = root / "wavs" if (root / "wavs").is_dir() else root
        # Composed, as ids are: in archives made on a Mac the letters and accents of file names are apart.
        files = {_composed(p.relative_to(wavs).with_suffix("").as_posix()): p for p in _audio_files(wavs)}
        if not files:
            raise UserError(f"{wavs}: no {', '.join(s[1:] for s in SUFFIXES)} file in it; {EXPECTED}")
        named = [(_stem(name), text) for name, text in rows]
        if not any(stem in files for stem, _ in named):
            raise UserError(
                f"{metadata}: no audio file for any of its {len(rows)} ids, such as {rows[0][0]!r}; {EXPECTED}"
            )
        for stem, text in named:
            unsafe = ".." in PurePosixPath(stem).parts or stem.startswith("/")
            id = stem if unsafe else stem.replace("/", "-")  # preparation refuses the unsafe ones by name
            yield from_file(id, self.speaker or self.name, text, files.get(stem, wavs / f"{id}.wav"))


def _audio_files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())


def _stem(name: str) -> str:
    """The id in its first column, also where that column holds a file name: `wavs/a.wav` is `a`."""
    name = _composed(name).strip().replace("\\", "/").removeprefix("./").removeprefix("wavs/")
    return name[: -len(PurePosixPath(name).suffix)] if PurePosixPath(name).suffix.lower() in SUFFIXES else name


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _rows(metadata: Path) -> list[tuple[str, str]]:
    """(id, text) of every line that is not blank; the last non-empty column is the text that was read."""
    try:
        lines = re.split(r"\r\n|\r|\n", metadata.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        place = metadata.read_bytes()[: error.start].count(b"\n") + 1
        raise UserError(f"{metadata}:{place}: not UTF-8; save the file as UTF-8") from error
    rows: list[list[str]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            columns = [column.strip() for column in _columns(line)]
        except csv.Error as error:
            raise UserError(f"{metadata}:{number}: {error}; is a quotation mark missing at its end?") from error
        if number == 1 and columns[0].lower() in (
            "id",
            "file",
            "file_name",
            "filename",
            "wav",
            "audio",
            "path",
        ):
            continue
        if len(columns) == 1 and ("," in line or "\t" in line):
            raise UserError(f"{metadata}:{number}: no `|` between the columns; {EXPECTED}")
        rows.append([*columns, "", ""][:3])
    texts, thirds = ({row[i] for row in rows} for i in (1, 2))
    if len(rows) > 2 and len(thirds) == 1 and thirds != {""} and len(texts) > 1:
        raise UserError(
            f"{metadata}: the third column says {thirds.pop()!r} on every line, but it would be the text as read; "
            f"{EXPECTED}, and name a speaker with corpus.speaker"
        )
    return [(id, normalised or text) for id, text, normalised in rows]


def _columns(line: str) -> list[str]:
    """LJSpeech quotes nothing and its texts hold bare quotation marks; a quoted id shows that a line is quoted."""
    if line.startswith('"'):
        return next(csv.reader([line], delimiter="|"))
    return line.split("|")
