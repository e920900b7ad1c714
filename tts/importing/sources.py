"""The files that are imported, and the text of each."""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tts.corpora.lists.files import audio_files
from tts.errors import UserError

UNSAFE = re.compile(r"[^\w.-]+")
"""Characters of a file's name that its pieces' names do not keep."""
LONGEST_NAME = 100
"""Bytes of a name, in UTF-8."""
MOST_BYTES = 2**25
"""Of a text; a long novel has 2^22."""


DOCUMENTS = {
    "a document of Word, or an archive": (b"pk\x03\x04", b"\xd0\xcf\x11\xe0"),
    "a PDF": (b"%pdf-",),
    "rich text": (b"{\\rtf",),
    "a web page or XML": (b"<!doctype html", b"<html", b"<?xml", b"<!--"),
}
"""What is given for a text, and how it begins, in small letters."""


@dataclass(frozen=True)
class Source:
    """A file of sound."""

    path: Path
    name: str
    """Of its pieces, which are NAME-0001 and so on; no two files have the same."""
    text_path: Path | None
    """File with what is said in it; None where that is not known."""
    shared: bool = False
    """Whether that is the text of the other recordings as well, and only a stretch of it is read in this one."""

    @property
    def text(self) -> str | None:
        """What is said in it, and in the others where it is shared. Raises `UserError` where the file cannot be read
        as text."""
        if self.text_path is None:
            return None
        try:
            if self.text_path.stat().st_size > MOST_BYTES:
                raise UserError(f"{self.text_path}: larger than {MOST_BYTES >> 20} MiB, too large for a text")
            content = self.text_path.read_bytes()
            if kind := _other_than_text(content):
                raise UserError(f"{self.text_path}: {kind}, and no text; save it as plain text in UTF-8")
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UserError(f"{self.text_path}: not UTF-8 (byte {error.start}); save the file as UTF-8") from error
        except OSError as error:
            raise UserError(f"{self.text_path}: cannot be read ({error.strerror})") from error
        if "\0" in text or not any(map(str.isalnum, text)):
            reason = "not UTF-8, as it holds zero bytes; save the file as UTF-8" if "\0" in text else "holds no words"
            raise UserError(f"{self.text_path}: {reason}")
        return text


def _other_than_text(content: bytes) -> str:
    """What a file is that people give for a text; empty where it may be one."""
    start = content[:1024].removeprefix(codecs.BOM_UTF8).lstrip()
    known = next((kind for kind, beginnings in DOCUMENTS.items() if start.lower().startswith(beginnings)), "")
    if not known and start[:1] in (b"{", b"["):
        for part in (content, start.partition(b"\n")[0]):  # an object in all, or one a line
            with suppress(ValueError, RecursionError):
                json.loads(part)
                return "JSON"
    return known


def find_sources(audio: Path, text: Path | None) -> list[Source]:
    """The files of sound in a folder and those within, or the one that is given; the text of each is NAME.txt beside
    it, or the one that is given, which is that of all of them.

    Raises
    ------
    UserError: there is no file of sound, or the text that was given, or of the only file, is none.
    """
    if audio.is_file():
        paths = [audio]
    elif audio.is_dir():
        paths = audio_files(audio)
    else:
        raise UserError(f"{audio}: no such file or folder; give audio=PATH")
    if not paths:
        raise UserError(f"{audio}: no .wav, .flac, .mp3 or other audio file in it")
    if text is not None and not text.is_file():
        raise UserError(f"text={text}: no such file")
    names = _names([path.relative_to(audio).with_suffix("") if audio.is_dir() else Path(path.stem) for path in paths])
    shared = text is not None and len(paths) > 1
    sources = [Source(path, name, text or _beside(path), shared) for path, name in zip(paths, names, strict=True)]
    if shared or len(sources) == 1:  # of several texts, the others may be read
        _ = sources[0].text
    return sources


def _beside(path: Path) -> Path | None:
    beside = path.with_suffix(".txt")
    return beside if beside.is_file() else None


def _names(relative: list[Path]) -> list[str]:
    names = [_safe("-".join(path.parts)) for path in relative]
    seen, next_number = set[str](), Counter[str]()
    for i, name in enumerate(names):
        while names[i].casefold() in seen:  # as some file systems take A and a for the same
            next_number[name.casefold()] += 1
            names[i] = f"{name}_{next_number[name.casefold()] + 1}"
        seen.add(names[i].casefold())
    return names


def _safe(name: str) -> str:
    name = UNSAFE.sub("_", name.encode("utf-8", "replace").decode()).strip("._-") or "recording"
    return name.encode()[:LONGEST_NAME].decode(errors="ignore")
