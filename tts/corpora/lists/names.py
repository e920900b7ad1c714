"""Which of the columns that a list names are taken: several may have one role, and some hold nothing of theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tts.corpora.lists.files import stem
from tts.corpora.lists.meanings import NO_NAMES, NUMBER
from tts.corpora.lists.readings import NORMALISED, ROW_IDS, key, named, reads_as, role_of
from tts.errors import UserError

FLAGS = NO_NAMES | {"y", "n", "t", "f", "x", "checked"}
"""What stands in a column that says whether something was normalised."""
Rows = Sequence[tuple[int, Mapping[str, str]]]
"""With the number of its line, by the name of a column what stands there; a row may lack some."""


class Taken(NamedTuple):
    """The columns of a line."""

    roles: dict[str, str]
    """Role → the name of the column that stands for it."""
    written: str | None
    """That of the text as it is written, beside one as it is read, in whose place it is taken where that is empty."""
    unused: list[str]
    """Those that are not taken, but for known ones that hold nothing or give the files another name."""

    def of(self, row: Mapping[str, str]) -> dict[str, str]:
        """Role → the name of its column in this line."""
        return self.roles | ({"text": self.written} if self.written and not row.get(self.roles["text"]) else {})


@dataclass(frozen=True)
class Names:
    """What is known of the columns of a list from all of its lines."""

    idle: frozenset[str]
    """Those that hold nothing, and those of flags that are called as texts are."""
    same: frozenset[str]
    """Those that give the files a name, as another one does."""

    @classmethod
    def of(cls, names: Sequence[str], rows: Rows) -> Names:
        """Of the columns that have a role."""
        known = [name for name in names if role_of(name)]
        idle = {name for name in known if not any(row.get(name) for _, row in rows)}
        filled = [name for name in known if name not in idle]
        plain = named(name for name in filled if key(name) not in NORMALISED).get("text")
        if plain is not None:
            texts = [name for name in filled if key(name) in NORMALISED]
            idle |= {name for name in texts if _are_flags([(r.get(plain, ""), r.get(name, "")) for _, r in rows])}
        file = named(filled).get("file")
        others = [name for name in filled if role_of(name) == "file" and name != file]
        same = {name for name in others if key(name) in ROW_IDS or _same_files(rows, name, file or name)}
        return cls(frozenset(idle), frozenset(same))

    def taken(self, names: Sequence[str]) -> Taken:
        """Of those in a header, or in an object of the list."""
        found, filled = named(names), named(name for name in names if name not in self.idle)
        roles = {role: filled.get(role, name) for role, name in found.items() if role in (*filled, "file", "text")}
        written = None
        if key(roles.get("text", "")) in NORMALISED:
            written = named(n for n in names if n not in self.idle and key(n) not in NORMALISED).get("text")
        quiet = {*roles.values(), written, *self.same, *(name for name in self.idle if key(name) not in NORMALISED)}
        return Taken(roles, written, [name for name in names if key(name) and name not in quiet])


def check_row_numbers(path: Path, names: Sequence[str], rows: Rows, is_file: Callable[[str], bool]) -> None:
    """Raises UserError where the files are taken from a column such as `id`, which may hold the numbers of rows, and
    another one that is not known names files, too."""
    file = named(names).get("file", "")
    ids = [row.get(file, "") for _, row in rows]
    if key(file) not in ROW_IDS or not (all(map(str.isdecimal, ids)) or not any(map(is_file, ids))):
        return
    for name in (name for name in names if role_of(name) is None):
        cells = [row.get(name, "") for _, row in rows]
        if all(cell and is_file(cell) for cell in cells) and not _same_files(rows, name, file):
            line, row = next((line, row) for line, row in rows if _last(row[name]) != _last(row.get(file, "")))
            raise UserError(
                f"{path}:{line}: two readings are possible, as {file!r} says {row.get(file, '')!r} and {name!r} says "
                f"{row[name]!r}: call the one that names the files file"
            )


def _are_flags(pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether the second ones, beside texts, are flags or numbers and no texts."""
    filled = [(raw, cell) for raw, cell in pairs if cell]
    flags = all(cell.casefold() in FLAGS or NUMBER.fullmatch(cell) for _, cell in filled)
    return flags and not any(reads_as(raw, cell) for raw, cell in filled)


def _same_files(rows: Rows, one: str, other: str) -> bool:
    return all(_last(row.get(one, "")) == _last(row.get(other, "")) for _, row in rows)


def _last(name: str) -> str:
    return stem(name).rpartition("/")[2].casefold()


def as_said(value: Any) -> str:
    """What stands in a cell that may hold anything; empty for none."""
    return "" if value is None or value != value else str(value).strip()
