"""Corrected texts written into the corpus's own files, where its owner asks for that.

No layout needs to know how it is written: a text is replaced where it stands, and the corpus is read again. Unless it
then says just what was asked for, and of every other recording what it said before, the file is as it was.
"""

from __future__ import annotations

import json
import re
import shutil
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tts.corpora.corpus import Corpus, Place, Recording
from tts.errors import UserError
from tts.preparation.corrections import Correction, correct, read_corrections
from tts.preparation.utterance import one_line
from tts.storage.files import atomic_write

MOST_BYTES = 2**29
"""Of a file."""
MOST_WAYS = 12
"""In which the new text is tried in the place of the old one."""


@dataclass(frozen=True)
class WrittenBack:
    """What became of the corrected texts of a corpus."""

    files: Mapping[Path, Path]
    """What was changed, each with the copy of what it was."""
    ids: Sequence[str]
    """Whose texts stand in the corpus's files now."""
    kept: Mapping[str, str]
    """By id, why a text could not be written, and stays in `corrections.jsonl`."""

    def __str__(self) -> str:
        count = f"{len(self.ids)} corrected {'text' if len(self.ids) == 1 else 'texts'} written"
        places = [f"  {path}, which is kept as {copy.name}" for path, copy in sorted(self.files.items())[:5]]
        more = [f"  and {len(self.files) - 5} files more"] if len(self.files) > 5 else []
        kept = [f"  {id} stays in corrections.jsonl: {why}" for id, why in sorted(self.kept.items())]
        return "\n".join([f"{count}{' into' if self.ids else ''}", *places, *more, *kept])


def write_back(corpus: Corpus, out: Path) -> WrittenBack:
    """Write the corrected texts in `out`, a prepared folder, into the files of the corpus that they are of.

    Each file that changes is kept beside itself, as `NAME.bak` or the next such name that is free. A correction that
    was written is taken out of `corrections.jsonl`; a rejected recording stays in the corpus's files.

    Raises
    ------
    UserError: the corpus cannot be read, or a file of it cannot be written.
    """
    waiting = {id: c for id, c in read_corrections(out).by_id.items() if c.text and c.verdict != "rejected"}
    if not waiting:
        return WrittenBack({}, [], {})
    before = list(corpus)
    texts = {r.id: one_line(r.text) for r in before}
    places = {r.id: r.written for r in before}
    kept, wanted = {}, {}
    for id, correction in waiting.items():
        why = _hindrance(places.get(id), correction, texts.get(id))
        if why:
            kept[id] = why
        else:
            wanted[id] = correction
    files = _Files(corpus, before, wanted)
    done = files.write()
    for id in done:
        correct(out, replace(wanted[id], was=wanted[id].text, text=""))
    kept |= dict.fromkeys(wanted.keys() - done, "its line would no longer be understood, or is not found")
    return WrittenBack(files.copies, sorted(done), kept)


def _hindrance(place: Place | None, correction: Correction, text: str | None) -> str:
    """Why a text cannot be written back, as far as that shows without trying."""
    if text is None:
        return "it is a piece of a recording, or of another corpus"
    if text != correction.was:
        return "the corpus has another text by now"
    if place is None:
        return "this layout does not say where its texts stand"
    path = Path(place.file)
    if path.is_symlink():
        return f"{path} is a link"
    if not path.stat().st_mode & stat.S_IWUSR:
        return f"{path} is read-only"
    return "" if path.stat().st_size <= MOST_BYTES else f"{path} is too large"


class _Files:
    """The files of a corpus, and how they are written anew."""

    def __init__(self, corpus: Corpus, before: Sequence[Recording], wanted: Mapping[str, Correction]) -> None:
        self._corpus, self._wanted = corpus, wanted
        self._before = {r.id: _meaning(r) for r in before}
        self._lines: dict[str, list[int]] = defaultdict(list)
        for r in before:
            if r.written is not None:
                self._lines[r.written.file].append(r.written.line)
        self._places = {r.id: r.written for r in before if r.id in wanted and r.written is not None}
        self.copies: dict[Path, Path] = {}

    def write(self) -> set[str]:
        """Ids of the texts that could be written: all at once, or else those that can be one after the other."""
        ids = list(self._wanted)
        done: set[str] = set()
        for some in [ids, *([id] for id in ids if len(ids) > 1)]:
            if not done.issuperset(some) and self._try(some, done):
                done |= set(some)
        for path, copy in list(self.copies.items()):
            if path.read_bytes() == copy.read_bytes():
                copy.unlink()
                del self.copies[path]
        return done

    def _try(self, ids: Sequence[str], done: set[str]) -> bool:
        by_file: dict[str, list[str]] = defaultdict(list)
        for id in ids:
            by_file[self._places[id].file].append(id)
        was = {Path(file): Path(file).read_bytes() for file in by_file}
        for number in range(MOST_WAYS):
            changed = {Path(file): self._changed(was[Path(file)], file, some, number) for file, some in by_file.items()}
            new = {path: content for path, content in changed.items() if content is not None}
            if len(new) < len(was):
                return False
            self._keep(was)
            for path, content in new.items():
                _put(path, content)
            if self._as_wanted(done.union(ids)):
                return True
            for path, old in was.items():
                _put(path, old)
        return False

    def _keep(self, contents: Mapping[Path, bytes]) -> None:
        for path, content in contents.items():
            if path not in self.copies:
                self.copies[path] = _free(path)
                _put(self.copies[path], content)

    def _changed(self, content: bytes, file: str, ids: Iterable[str], number: int) -> bytes | None:
        """What a file would be, its texts written in the way of that number; None where there is no such way."""
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            return None
        starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
        lines = sorted(
            {line for line in self._lines[file] if 0 < line <= len(starts)}
        )  # those of JSON may count objects
        for id in sorted(ids, key=lambda id: self._places[id].line, reverse=True):  # so that no place moves
            line = self._places[id].line
            if line > len(starts):
                return None
            later = next((other for other in lines if other > line), 0) if line else 0
            start = starts[line - 1] if line else 0
            end = starts[later - 1] if later else len(text)
            ways = _ways(text[start:end], self._wanted[id])
            if number >= len(ways):
                return None
            text = text[:start] + ways[number] + text[end:]
        return text.encode("utf-8")

    def _as_wanted(self, ids: set[str]) -> bool:
        try:
            now = {r.id: _meaning(r) for r in self._corpus}
        except UserError:  # its lines are no longer understood
            return False
        expected = {
            id: (self._wanted[id].text, *meaning[1:]) if id in ids else meaning for id, meaning in self._before.items()
        }
        return now == expected


def _meaning(recording: Recording) -> tuple[str, ...]:
    """What a corpus says of a recording; its text first."""
    r = recording
    return one_line(r.text), r.speaker, r.language, r.style, r.file, r.recording, r.problem


def _ways(part: str, correction: Correction) -> list[str]:
    """What a part of a file may be with the text in place of the other: wherever that stands, as in lines that have it
    as written and as read, or in one place."""
    ways: dict[str, None] = {}
    for was, text in _spellings(correction):
        found = list(re.finditer(r"\s+".join(map(re.escape, was.split())), part))
        for matches in (found, found[-1:], found[-2:-1], found[:1]):  # ids and names of files come first
            new = part
            for match in reversed(matches):
                new = new[: match.start()] + text + new[match.end() :]
            ways[new] = None
    ways.pop(part, None)
    return list(ways)[:MOST_WAYS]


def _spellings(correction: Correction) -> Iterator[tuple[str, str]]:
    """How a text and its correction may be written in a file: as they are, in a cell's quotation marks, or in JSON."""
    was, text = correction.was, correction.text
    yield was, text
    quotes_doubled = text.replace('"', '""')
    yield was.replace('"', '""'), quotes_doubled
    yield was, f'"{quotes_doubled}"'  # a cell that needed no quotation marks may need them now
    for ascii in (False, True):
        yield json.dumps(was, ensure_ascii=ascii)[1:-1], json.dumps(text, ensure_ascii=ascii)[1:-1]


def _put(path: Path, content: bytes) -> None:
    try:
        with atomic_write(path) as draft:
            draft.write_bytes(content)
            if path.exists():
                shutil.copymode(path, draft)
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror})") from error


def _free(path: Path) -> Path:
    """A name beside the file for a copy of it."""
    number = 0
    while (copy := path.with_name(f"{path.name}.bak{number or ''}")).exists() or copy.is_symlink():
        number += 1
    return copy
