"""What a list says of each recording: its lines or objects, understood by a header, by the user, or by a layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Any, NamedTuple

from tts.audio.decoding import SUFFIXES
from tts.corpora.lists.choice import IsFile, advice, chosen, example_of, possible_of
from tts.corpora.lists.columns import (
    BEFORE_NORMALISING,
    LOOKED_AT,
    QUOTE,
    as_key,
    quoted,
    three_cells,
    usual_width,
    values_in,
)
from tts.corpora.lists.names import Names, Taken, as_said, check_row_numbers
from tts.corpora.lists.readings import (
    ALL_BUT_SLIPS,
    ROLES,
    UNUSED,
    Columns,
    is_header,
    key,
    like_a_header,
    named,
    not_read,
    reads_all,
    reads_as,
    role_of,
)
from tts.corpora.lists.rows import COMMENT, JSON, Row, read_json, read_rows
from tts.errors import UserError

HEADER = "a header, as no file here is called so? It is left out; corpus.header=true says that it is one"
"""Problem of a first line of unknown names, where the columns are known."""
OBJECT = '{"file": "a.wav", "text": "It rained."}'
MOST_COLUMNS = 64
"""Of a list without a header; those of files with more are numbers."""
OPTIONAL = {"speaker", "style", "_"}
"""Roles that a line may lack at its end where the user says what the columns are."""


class Entry(NamedTuple):
    """A recording as its line has it."""

    list: Path
    line: int
    values: dict[str, str]
    """By role (`tts.corpora.lists.readings.ROLES`), at least `file` and `text`."""
    problem: str = ""
    """Why the line cannot be understood."""
    texts: tuple[int | str, ...] = ()
    """Where its text stands: numbers of cells, of two if it is read as it is written; or a name in JSON."""
    unused: Mapping[str, Any] = MappingProxyType({})
    """By the name of a column what is not used."""


@dataclass(frozen=True)
class Format:
    """How lists are to be read."""

    readings: Sequence[Columns]
    """Of lists without a header; one that the lines allow is taken."""
    columns: Columns | None = None
    """As the user says they are."""
    separator: str | None = None
    """None for the one that the lines have in common."""
    header: bool | None = None
    """None to look."""
    is_file: IsFile = None
    """Whether a name is that of a file of sound here: a first line of other words, before lines with files, is a header
    whose names are not known. None where the files are not known."""

    def read(self, path: Path) -> list[Entry]:
        """The entries of a list.

        Raises
        ------
        UserError: it cannot be read so, or can in several ways; naming what could be given.
        """
        if path.suffix.lower() in JSON:
            if self.columns is not None:
                raise UserError(f"{path}: corpus.columns is for lines with separators; in JSON every value has a name")
            return list(_objects(path, self.is_file))
        rows, known, header = self._rows(path)
        body = rows[1:] if header else rows
        if self.columns is None and not known and rows and (width := usual_width(rows)) > MOST_COLUMNS:
            raise UserError(f"{path}: {width} columns without names, so that it is no list of recordings and texts")
        if self._names_columns(rows, known, header):
            return self._named(path, rows[0], body)
        if self.columns is not None and header and known:
            _check_columns(path, rows[0], self.columns)
        if not body:
            return []
        tried = self.readings if self.columns is None else [self.columns]
        columns = self.columns or chosen(path, body, self.readings, self.is_file)
        reason = not_read(columns, values_in(body, columns)) if self.columns and "raw" in columns else ""
        if reason:
            kept = tuple("_" if role == "raw" else role for role in columns)
            raise UserError(
                f"{path}: {as_key(columns)}, but {reason}; {advice(body, tried, self.is_file)}; "
                f"{as_key(kept)} takes it for the text all the same"
            )
        entries = [_entry(path, row, columns, trusted=self.columns is not None) for row in body]
        wrong = [entry for entry in entries if entry.problem]
        if 2 * len(wrong) > len(entries):
            raise UserError(f"{path}:{wrong[0].line}: {wrong[0].problem}; {advice(body, tried, self.is_file)}")
        if header and not known:
            entries.insert(0, _entry(path, rows[0], columns, trusted=True)._replace(problem=HEADER))
        return entries

    def columns_of(self, path: Path) -> Columns:
        """What the columns of a list are that does not name them; none of others."""
        rows, known, header = ([], False, False) if path.suffix.lower() in JSON else self._rows(path)
        if len(rows) <= header or self._names_columns(rows, known, header):
            return ()
        return self.columns or chosen(path, rows[header:], self.readings, self.is_file)

    def _rows(self, path: Path) -> tuple[list[Row], bool, bool]:
        """The lines, whether the first of them names columns that are known, and whether it names any."""
        rows = self._listed(read_rows(path, self.separator))
        known = bool(rows) and (is_header(rows[0].cells) if self.header is None else self.header)
        return rows, known, known or (self.header is None and self._unknown_header(rows))

    def _names_columns(self, rows: Sequence[Row], known: bool, header: bool) -> bool:
        """Whether a first line says what the columns are."""
        return self.columns is None and header and not _says_little(rows[0].cells, known)

    def _listed(self, rows: Sequence[Row]) -> list[Row]:
        """Without comments, unless one names the columns, and without columns at the end that are empty everywhere."""
        kept: list[Row] = []
        for row in rows:
            is_file = self.is_file is not None and self.is_file(row.cells[0])
            if is_file or not row.cells[0].startswith(COMMENT) or (self.header and not kept):
                kept.append(row)
            elif not kept and is_header(cells := [row.cells[0].lstrip(f"{COMMENT} "), *row.cells[1:]]):
                kept.append(Row(row.line, cells))
        empty = 0 if self.columns else min((_empty_at_end(row.cells) for row in kept), default=0)
        return [Row(row.line, row.cells[: len(row.cells) - empty]) for row in kept]

    def _unknown_header(self, rows: Sequence[Row]) -> bool:
        """Whether the first line is the only one that names no file of sound, and might be names of columns."""
        if self.is_file is None or len(rows) < 2 or not like_a_header(rows[0].cells):
            return False
        first, *others = (any(map(self.is_file, row.cells)) for row in rows[:LOOKED_AT])
        return not first and all(others)

    def _named(self, path: Path, header: Row, rows: Sequence[Row]) -> list[Entry]:
        """Of a list whose first line names the columns."""
        roles = named(header.cells)
        if not {"file", "text"} <= roles.keys():
            width = len(header.cells)
            example = next(iter(possible_of(rows, width)), None) or example_of(rows, width, self.is_file)
            raise UserError(
                f"{path}:{header.line}: its first line names the columns {quoted(header.cells)}, which are not known: "
                f"say what they are, as in corpus.header=true {as_key(example)}, with _ "
                "for one that is not used; or corpus.header=false if it names none"
            )
        width, places = len(header.cells), {name: i for i, name in reversed([*enumerate(header.cells)])}
        by_name = []
        for row in rows:
            cells = [*row.cells, *[""] * width]
            by_name.append((row.line, {name: cells[i] for name, i in places.items()}))
        if self.is_file is not None:
            check_row_numbers(path, header.cells, by_name, self.is_file)
        taken = Names.of(header.cells, by_name).taken(header.cells)
        _check_twice(path, header, list(taken.roles.values()))
        entries = []
        for row, (_, said) in zip(rows, by_name, strict=True):
            problem, own = "", taken.of(said)
            if len(row.cells) > width:
                problem = f"{len(row.cells)} columns, and the first line names {width}; {_quoting(row.cells)}"
            values, unused = {role: said[name] for role, name in own.items()}, {n: said[n] for n in taken.unused}
            entries.append(Entry(path, row.line, values, problem, (places[own["text"]],), unused))
        return entries


def _check_columns(path: Path, header: Row, columns: Columns) -> None:
    """Raises UserError where what the user says of two columns is what the first line says of others."""
    said = [role_of(cell) for cell in header.cells]
    pairs = [(own, given) for own, given in zip(said, columns, strict=False) if own != given]
    for own, given in pairs:
        if own in [other for _, other in pairs] and given in [other for other, _ in pairs]:
            raise UserError(
                f"{path}:{header.line}: its first line names {quoted(header.cells)}, and {as_key(columns)} says "
                f"{given} where that says {own}: leave it out, or mend the first line"
            )


def _empty_at_end(cells: Sequence[str]) -> int:
    """How many cells after the second are empty, up to the end."""
    filled = next((i for i in range(len(cells), 2, -1) if cells[i - 1]), 2)
    return max(0, len(cells) - filled)


def _check_twice(path: Path, header: Row, taken: Sequence[str]) -> None:
    """Raises UserError where a name that is taken is there twice, in whatever case."""
    for name in taken:
        alike = [cell for cell in header.cells if key(cell) == key(name)]
        if len(alike) > 1:
            shown = repr(name) if len(set(alike)) == 1 else " and ".join(map(repr, alike))
            raise UserError(
                f"{path}:{header.line}: its first line names two columns {shown}; rename the one that is not meant"
            )


def _says_little(header: Sequence[str], known: bool) -> bool:
    """Whether a first line names a file and a text only, so that the layout says what further columns are."""
    return len(header) == 2 and (not known or list(named(header).values()) == list(header))


def _objects(path: Path, is_file: IsFile) -> Iterator[Entry]:
    objects = list(read_json(path))
    by_name = [(line, {name: as_said(value) for name, value in found.items()}) for line, found in objects]
    every = list(dict.fromkeys(name for _, found in objects for name in found))
    if is_file is not None:
        check_row_numbers(path, every, by_name, is_file)
    names, kinds = Names.of(every, by_name), dict[tuple[str, ...], Taken]()
    for (line, found), (_, said) in zip(objects, by_name, strict=True):
        taken = kinds.get(tuple(found)) or kinds.setdefault(tuple(found), names.taken(list(found)))
        missing = [role for role in ("file", "text") if role not in taken.roles]
        if missing and (other := _otherwise(found)):
            raise UserError(f"{path}:{line}: {other}; write an object a line, as {OBJECT}")
        if missing:
            raise UserError(
                f"{path}:{line}: none of {quoted(found)} is the {missing[0]}; it may be called "
                f"{', '.join(ROLES[missing[0]])}"
            )
        own = taken.of(said)
        nested = next((name for name in own.values() if isinstance(found[name], list | dict)), None)
        problem = f"{nested!r} is no text but a list or an object" if nested is not None else ""
        values = {role: said[name] for role, name in own.items()}
        yield Entry(path, line, values, problem, (own["text"],), {name: found[name] for name in taken.unused})


def _otherwise(found: Mapping[str, Any]) -> str:
    """What an object is that is no recording but holds them."""
    lists = [name for name, value in found.items() if isinstance(value, list) and value and isinstance(value[0], dict)]
    if lists:
        return f"the recordings are within {lists[0]!r}"
    if len(found) > 1 and all(isinstance(value, dict) for value in found.values()):
        return f"one object that holds the recordings, such as {next(iter(found))!r}"
    files = [name for name in found if PurePath(name).suffix.lower() in SUFFIXES]
    return f"one object whose names are those of files, such as {files[0]!r}" if files else ""


def _entry(path: Path, row: Row, columns: Columns, trusted: bool) -> Entry:
    """`trusted`: the user says that the columns are these."""
    cells, count, problem = row.cells, len(columns), ""
    if columns == BEFORE_NORMALISING:
        cells = three_cells(cells)
        if len(row.cells) > count:  # a separator within the written text
            read = reads_all(cells[1], cells[2])
        else:
            read = trusted or not cells[1] or reads_as(cells[1], cells[2], ALL_BUT_SLIPS) is not False
        if not read:
            problem = f"{cells[2][:40]!r} is not how {cells[1][:40]!r} is read; {QUOTE}"
    elif any(cells[count:]) or (
        1 < len(cells) < count and not (trusted and OPTIONAL.issuperset(columns[len(cells) :]))
    ):
        problem = f"{len(cells)} columns instead of {count}" + f"; {_quoting(cells)}" * (len(cells) > count)
    cells = [*cells, *[""] * count]
    values = {role: cells[i] for i, role in enumerate(columns) if role not in UNUSED}
    return Entry(path, row.line, values, problem, _texts(row.cells, columns))


def _quoting(cells: Sequence[str]) -> str:
    """What to do about a line with more cells than there are columns."""
    spaced = any(one.startswith('"') and any(c.endswith('"') for c in cells[i + 1 :]) for i, one in enumerate(cells))
    return "a space before a quotation mark? Take it out, so that the mark begins the column" if spaced else QUOTE


def _texts(cells: list[str], columns: Columns) -> tuple[int, ...]:
    """The cells that hold the text."""
    if columns == BEFORE_NORMALISING:
        last = max((i for i, cell in enumerate(cells) if cell), default=0)
        columns = ("file", *["raw"] * (last - 1), "text")
    own = dict(zip(columns, cells, strict=False)).get("text")
    return tuple(i for i, role in enumerate(columns) if role in ("raw", "text") and cells[i : i + 1] == [own])
