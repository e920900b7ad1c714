"""Corrected texts written into the corpus's own files, where its owner asks for that.

The corpus is read as if its files held them first, and no file is touched where it would not say just what was asked
for, and else what it said before. Then each file is replaced, once and as a whole, if it is still what was read.
"""

from __future__ import annotations

import shutil
import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tts.corpora.auto import Auto
from tts.corpora.corpus import Corpus, Recording
from tts.corpora.trial import as_if
from tts.corpora.written import Change, Changes, Place
from tts.errors import UserError
from tts.preparation.corrections import Correction, read_corrections, take_out
from tts.preparation.utterance import control_character, one_line
from tts.storage.files import atomic_write

MOST_BYTES = 2**29
"""Of a file."""
Meaning = tuple[str | bool, ...]


@dataclass(frozen=True)
class WrittenBack:
    """What became of the corrected texts of a corpus."""

    files: Mapping[Path, Path | None]
    """What was changed, each with the copy of what it was; None where there was no such file."""
    ids: Sequence[str]
    """Whose texts stand in the corpus's files now."""
    kept: Mapping[str, str]
    """By id, why a text could not be written, and stays in `corrections.jsonl`."""

    def __str__(self) -> str:
        count = f"{len(self.ids)} corrected {'text' if len(self.ids) == 1 else 'texts'} written"
        into = " into" if self.files else " already" if self.ids else ""
        places = [f"  {path}{f', which is kept as {copy.name}' if copy else ''}" for path, copy in self._first(5)]
        more = [f"  and {len(self.files) - 5} files more"] if len(self.files) > 5 else []
        kept = [f"  {id} stays in corrections.jsonl: {why}" for id, why in sorted(self.kept.items())]
        return "\n".join([f"{count}{into}", *places, *more, *kept])

    def _first(self, count: int) -> list[tuple[Path, Path | None]]:
        return sorted(self.files.items(), key=lambda item: item[0])[:count]


def write_back(corpus: Corpus, out: Path) -> WrittenBack:
    """Write the corrected texts in `out`, a prepared folder, into the files of the corpus that they are of.

    Each file that changes is kept beside itself, as `NAME.bak` or the next such name that is free. A correction that
    was written, or that the corpus has already, is taken out of `corrections.jsonl`; a rejected recording stays in the
    corpus's files.

    Raises
    ------
    UserError: the corpus cannot be read, or a file of it cannot be written or is changed by somebody else meanwhile.
    """
    waiting = {id: c for id, c in read_corrections(out).by_id.items() if c.text and c.verdict != "rejected"}
    if not waiting:
        return WrittenBack({}, [], {})
    layout = corpus.recognised() if isinstance(corpus, Auto) else corpus
    before = list(layout)
    first = {recording.id: recording for recording in reversed(before)}  # as preparation takes it
    owners = Counter(place for _, place in {(r.id, r.written) for r in before})
    done, kept, wanted = list[str](), dict[str, str](), dict[Place, str]()
    for id, correction in waiting.items():
        recording = first.get(id)
        place = recording.written if recording is not None else None
        if recording is not None and one_line(recording.text) == one_line(correction.text):
            done.append(id)  # as where an earlier run was stopped
        elif why := _hindrance(recording, correction):
            kept[id] = why
        elif place is not None and owners[place] > 1:
            kept[id] = f"{place.file} is the text of other recordings, too"
        elif place is not None:
            wanted[place] = id
    texts = {place: one_line(waiting[id].text) for place, id in wanted.items()}
    changes = layout.with_texts(texts) if texts else Changes({}, {})
    kept |= {wanted[place]: why for place, why in changes.hindrances.items()}
    new = {place: text for place, text in texts.items() if place not in changes.hindrances}
    expected = [_meaning(r, new.get(r.written) if r.written else None) for r in before]
    copies = dict[Path, Path | None]()
    if changes.files and _meanings(corpus, changes) != expected:
        kept |= {wanted[place]: "with it the corpus would be read otherwise" for place in new}
    else:
        copies |= {path: _replaced(path, change) for path, change in changes.files.items()}
        done += [wanted[place] for place in new]
    take_out(out, {id: one_line(waiting[id].text) for id in done}, waiting)
    return WrittenBack(copies, sorted(done), kept)


def _hindrance(recording: Recording | None, correction: Correction) -> str:
    """Why a text cannot be written back, as far as that shows without trying."""
    if recording is None:
        return "it is a piece of a recording, or of another corpus"
    if one_line(recording.text) != correction.was:
        return "the corpus has another text by now"
    if recording.written is None:
        return "this layout does not say where its texts stand"
    path = Path(recording.written.file)
    if not one_line(correction.text):
        return "it is empty"
    if found := control_character(one_line(correction.text)):
        return f"it holds the control character {found}"
    if path.is_symlink():
        return f"{path} is a link"
    if not path.exists():  # it is made
        return ""
    if not path.stat().st_mode & stat.S_IWUSR:
        return f"{path} is read-only"
    return "" if path.stat().st_size <= MOST_BYTES else f"{path} is too large"


def _meanings(corpus: Corpus, changes: Changes) -> list[Meaning] | None:
    """What it says if its files are changed; None where it is not understood then."""
    try:
        with as_if({path: change.becomes for path, change in changes.files.items()}):
            return [_meaning(recording, None) for recording in corpus]
    except UserError:
        return None


def _meaning(recording: Recording, text: str | None) -> Meaning:
    """What a corpus says of a recording, or would with another text."""
    r = recording
    said = one_line(r.text) if text is None else text
    return r.id, said, r.speaker, r.language, r.style, r.file, r.recording, bool(r.problem)


def _replaced(path: Path, change: Change) -> Path | None:
    """Change a file if it is what it was, which is kept beside it: the copy, or None where there was none.

    A command that is stopped in between leaves the copy, which is found again.
    """
    try:
        _check(path, change.was)
        copy = None if change.was is None else _copied(path, change.was)
        with _draft(path, change.becomes, path):
            _check(path, change.was)
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror})") from error
    return copy


def _check(path: Path, was: bytes | None) -> None:
    if (path.read_bytes() if path.exists() or path.is_symlink() else None) != was:
        raise UserError(f"{path}: somebody else changed it just now; it stays as it is, so start again")


def _copied(path: Path, content: bytes) -> Path:
    """A copy beside a file, under the first name that is free or that of such a copy."""
    number = 0
    while (copy := path.with_name(f"{path.name}.bak{number or ''}")).exists() or copy.is_symlink():
        if copy.is_file() and not copy.is_symlink() and copy.read_bytes() == content:
            return copy
        number += 1
    with _draft(copy, content, path):
        pass
    return copy


@contextmanager
def _draft(path: Path, content: bytes, like: Path) -> Iterator[None]:
    """Written before the block and put in its place after it; others may read and write it as they may another one."""
    with atomic_write(path) as draft:
        draft.write_bytes(content)
        if like.exists():
            shutil.copymode(like, draft)
        yield
