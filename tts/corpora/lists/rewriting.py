"""A list with other texts on some of its lines, and all else as it was."""

from __future__ import annotations

import codecs
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from tts.corpora.lists.changed_row import changed_object, changed_row, row_at
from tts.corpora.lists.entries import Entry, Format
from tts.corpora.lists.rows import JSON, LINE_END, UTF16, read_lines
from tts.corpora.trial import as_if
from tts.corpora.written import Change, Changes, Place
from tts.errors import UserError

NO_CELL = "its text is no cell or string of its own in its line"
NOT_READ = "its line would no longer be understood"


def rewritten(path: Path, format: Format, texts: Mapping[Place, str]) -> Changes:
    """What becomes of a list with other texts, each on one line, with single spaces.

    It is read as if it were changed, so as to see that it says just what is wanted then.

    Parameters
    ----------
    format: how it is read.

    Raises
    ------
    UserError, OSError: it cannot be read as it is.
    """
    content = path.read_bytes()
    if reason := _unwritable(path, content):
        return Changes({}, dict.fromkeys(texts, reason))
    trial = _Trial(path, content, format, {place.line: text for place, text in texts.items()})
    written = trial.most(list(trial.changes), [])
    hindrances = {
        place: NOT_READ if place.line in trial.changes else NO_CELL for place in texts if place.line not in written
    }
    return Changes({path: Change(content, trial.content(written))} if written else {}, hindrances)


def _unwritable(path: Path, content: bytes) -> str:
    """Why no line of a list can be changed."""
    if content.startswith(UTF16):
        return f"{path.name} is in UTF-16; save it as UTF-8"
    if path.suffix.lower() in JSON and content.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"["):
        return f"{path.name} is one list in JSON; write an object a line"
    return ""


class _Trial:
    """A list whose lines are changed, though not in its file."""

    def __init__(self, path: Path, content: bytes, format: Format, texts: Mapping[int, str]) -> None:
        self._path, self._format, self._texts = path, format, texts
        self._mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
        self._text = content.decode("utf-8-sig")
        self._starts = [0, *(end.end() for end in LINE_END.finditer(self._text))]
        with as_if({path: content}):
            self._entries = format.read(path)
            self._lines = None if path.suffix.lower() in JSON else read_lines(path, format.separator)
        changes = {entry.line: self._change(entry) for entry in self._entries if entry.line in texts}
        self.changes = {line: change for line, change in changes.items() if change is not None}
        """By line what it is now, and what it becomes; of those of which that is known."""

    def content(self, lines: Collection[int]) -> bytes:
        """Of the file with these lines changed."""
        parts, done = [], 0
        for line in sorted(lines):
            start, (row, changed) = self._starts[line - 1], self.changes[line]
            parts += [self._text[done:start], changed]
            done = start + len(row)
        return self._mark + "".join([*parts, self._text[done:]]).encode("utf-8", "backslashreplace")

    def most(self, lines: Sequence[int], others: Sequence[int]) -> list[int]:
        """As many of these lines as can be changed beside the others."""
        left = list(lines)
        while wrong := self._misread({*left, *others}):
            right = [line for line in left if line not in wrong]
            if not right or not wrong.isdisjoint(others):
                break
            left = right
        else:
            return left
        if len(left) == 1:
            return []
        first = self.most(left[: len(left) // 2], others)
        return first + self.most(left[len(left) // 2 :], [*others, *first])

    def _change(self, entry: Entry) -> tuple[str, str] | None:
        start, new = self._starts[entry.line - 1], self._texts[entry.line]
        row = row_at(self._text, start, self._lines)
        if self._lines is None:
            changed = changed_object(row, entry.texts[0], new, ascii="\\u" in self._text)
        else:
            changed = changed_row(row, entry.texts, new, self._lines)
        return None if changed is None else (row, changed)

    def _misread(self, lines: Collection[int]) -> set[int]:
        """Which of the lines do not become what is wanted; all, where other lines change, too, or none can be read."""
        try:
            with as_if({self._path: self.content(lines)}):
                now = self._format.read(self._path)
        except UserError:
            return set(lines)
        wrong = set()
        for entry, read in zip(self._entries, now, strict=False):
            said = entry.values | ({"text": self._texts[entry.line]} if entry.line in lines else {})
            if (read.values, read.problem) != (said, entry.problem):
                wrong.add(entry.line)
        return wrong if len(now) == len(self._entries) and wrong <= set(lines) else set(lines)
