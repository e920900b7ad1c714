"""One row of a list with another text in some of its cells, or an object of JSON with another string under a name."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Collection, Iterator

from tts.corpora.lists.rows import Lines, row_of_bars

QUOTED = r'"(?:[^"]|"")*"'
MEMBER = re.compile(r'("(?:[^"\\]|\\.)*"\s*:\s*)("(?:[^"\\]|\\.)*")')
"""Of an object of JSON: a name, and a string as its value."""


def changed_object(source: str, name: int | str, new: str, ascii: bool) -> str | None:
    """An object of JSON, written as it was, that has `new` under a name; None where no string is under it.

    Parameters
    ----------
    ascii: whether other letters are escaped.
    """
    spelt = json.dumps(new, ensure_ascii=ascii)
    try:
        expected = json.loads(source) | {name: new}
    except ValueError:  # it goes on in the next line
        return None
    for member in MEMBER.finditer(source):
        changed = source[: member.start(2)] + spelt + source[member.end(2) :]
        try:
            if json.loads(changed) == expected:
                return changed
        except ValueError:  # what was found goes from one string to the next
            continue
    return None


def changed_row(row: str, places: Collection[int | str], new: str, lines: Lines) -> str | None:
    """A row that has `new` in the cells of these numbers, and is as it was else; None where that is not possible."""
    try:
        expected = [new if i in places else cell for i, cell in enumerate(lines.cells(row))]
    except csv.Error:
        return None
    for changed in _ways(row, places, new, lines):
        try:
            if lines.cells(changed) == expected:
                return changed
        except csv.Error:
            continue
    return None


def row_at(text: str, start: int, lines: Lines | None) -> str:
    """The row that begins there, up to its own last line; one of JSON without `lines`."""
    if lines is None:
        pattern = r"[^\r\n]*"
    elif not lines.go_on:
        pattern = row_of_bars(lines.separator)
    else:
        cell = rf"(?:{QUOTED})?[^{re.escape(lines.separator)}\r\n]*"
        pattern = f"{cell}(?:{re.escape(lines.separator)}{cell})*"
    row = re.compile(pattern).match(text, start)
    return row[0] if row else ""


def _ways(row: str, places: Collection[int | str], new: str, lines: Lines) -> Iterator[str]:
    """What the row may become: the text with or without quotation marks, as it had them or as it may need them now."""
    ends, doubled = re.escape(lines.separator), new.replace('"', '""')
    if not lines.go_on and re.fullmatch(QUOTED, row):  # all of it, as Excel does where there is a comma
        cells = row[1:-1].split(lines.separator)
        yield f'"{lines.separator.join(doubled if i in places else cell for i, cell in enumerate(cells))}"'
        row = row[1:-1].replace('""', '"')
    for cells in (re.findall(rf"((?:{QUOTED})?[^{ends}]*){ends}", row + lines.separator), row.split(lines.separator)):
        for marks in (None, True, False):
            spelt = list(cells)
            for i in places:
                if isinstance(i, int) and i < len(cells):
                    own = cells[i].startswith('"') if marks is None else marks
                    spelt[i] = f'"{doubled}"' if own else _about(cells[i], new)
            yield lines.separator.join(spelt)


def _about(cell: str, new: str) -> str:
    """With the spaces that are about a cell."""
    return cell[: len(cell) - len(cell.lstrip())] + new + cell[len(cell.rstrip()) :]
