"""A list of recordings as rows of cells: lines with separators, or a JSON object a line."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tts.corpora.lists.readings import is_header, like_a_header
from tts.corpora.trial import content_of
from tts.errors import UserError

SEPARATORS = {"bar": "|", "tab": "\t", "comma": ",", "semicolon": ";"}
"""By the names that `corpus.separator` takes beside the characters themselves."""
MOST_BYTES = 2**29
"""Of a list."""
JSON = (".json", ".jsonl", ".ndjson")
EXCEL = re.compile(r'"?sep=(.)"?')
"""A first line of Excel's, which says what the separator is."""
NO_FILE = (
    "a line is `file|text`, so put the name of its file before each text; where another separator is, give "
    "corpus.separator=tab (or comma, semicolon, or any character)"
)
COMMENT = "#"
"""Before a line that is no recording, unless a file is called so."""
LINE_END = re.compile(r"\r\n|\r|\n")
NO_UTF8 = "bytes of zero, as in UTF-16 without a mark that says so at its beginning"
ARCHIVE = b"PK\x03\x04"
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Row(NamedTuple):
    """One line of a list."""

    line: int
    """Its number, from 1."""
    cells: list[str]


class Lines(NamedTuple):
    """A list whose lines are not divided into cells yet."""

    text: str
    numbered: list[tuple[int, str]]
    """Those that are not blank."""
    separator: str
    quoted: bool
    """Whether all have a cell in quotation marks at their end."""

    @property
    def go_on(self) -> bool:
        """Whether quotation marks are about a cell wherever one begins with them, over several lines, too."""
        return self.separator not in "|\t"

    def cells(self, row: str) -> list[str]:
        """Of one row, without the spaces about them. Raises `csv.Error`."""
        cells = _reader(row, self.separator) if self.go_on else [_cells(row, self.separator, self.quoted)]
        return [cell.strip() for cell in next(iter(cells))]


def read_text(path: Path) -> str:
    """The file as text: UTF-8, or UTF-16 where it begins as such.

    Raises
    ------
    UserError: it is neither, naming the line; or it cannot be read.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserError(f"{path}: larger than {MOST_BYTES >> 20} MiB, too large for a list of recordings")
        content = content_of(path)
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from error
    if content.startswith(ARCHIVE):
        raise UserError(f"{path}: a spreadsheet or an archive, and no text; save it as CSV in UTF-8")
    zeros = 4 * content.count(0) > len(content) or any(end in content for end in (b"\n\0", b"\0\n"))
    if zeros and not content.startswith(UTF16):
        raise UserError(f"{path}: {NO_UTF8}; save it as UTF-8")
    try:
        return content.decode("utf-16" if content.startswith(UTF16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UserError(f"{path}:{line}: not UTF-8; save the file as UTF-8") from error


def read_lines(path: Path, separator: str | None) -> Lines:
    """The lines of a list, and how they are to be divided.

    Parameters
    ----------
    separator: a character, or one of the names in `SEPARATORS`; None for the one that its lines have in common.

    Raises
    ------
    UserError: no separator can be seen, or it is no text.
    """
    text = read_text(path)
    lines = _numbered(text)
    stated = EXCEL.fullmatch(lines[0][1].strip()) if lines else None
    if stated:
        text = "\n" * (lines[0][0] - 1) + text.partition(lines[0][1])[2]  # so that lines keep their numbers
        lines = lines[1:]
    if not lines:
        return Lines(text, [], "|", False)
    if separator is None and lines[0][1].startswith("{") and _one_object(lines[0][1]) is not None:
        raise UserError(f"{path}:{lines[0][0]}: an object of JSON; give the file a name that ends with .jsonl")
    character = _separator(separator) if separator else stated[1] if stated else _common(text, lines)
    if character is None:
        number, line, reason = _uneven(lines) or (*lines[0], NO_FILE)
        raise UserError(f"{path}:{number}: no `|` between the columns of {line[:60]!r}; " + (reason or NO_FILE))
    if not stated:
        lines = _whole_rows(text, character)
    quoted = len(lines) > 2 and all(line.endswith('"') and f'{character}"' in line for _, line in lines[1:])
    return Lines(text, lines, character, quoted)


def read_rows(path: Path, separator: str | None) -> list[Row]:
    """The lines that are not blank, cells without the spaces about them.

    Raises
    ------
    UserError: as `read_lines` does, or a quotation mark is missing.
    """
    listed = read_lines(path, separator)
    rows, number = list[Row](), 1
    try:
        if listed.go_on:
            reader = _reader(listed.text, listed.separator)
            for cells in reader:
                rows.append(Row(number, cells))
                number = reader.line_num + 1
        else:
            for number, line in listed.numbered:
                rows.append(Row(number, _cells(line, listed.separator, listed.quoted)))
    except csv.Error as error:
        raise UserError(f"{path}:{number}: {error}; is a quotation mark missing at its end?") from error
    return [Row(number, [cell.strip() for cell in cells]) for number, cells in rows if any(map(str.strip, cells))]


def read_json(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The objects of a file with one a line, or of one list of them; with the number of the line, or of the object.

    Raises
    ------
    UserError: something in it is no object.
    """
    text = read_text(path)
    try:
        if text.lstrip().startswith("["):
            entries = list(enumerate(json.loads(text), 1))
        else:
            entries = _numbered(text)
            if len(entries) > 1 and (whole := _one_object(text)) is not None:
                entries = [(entries[0][0], whole)]
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path}: not JSON ({error})") from error
    for number, entry in entries:
        try:
            found = json.loads(entry) if isinstance(entry, str) else entry
        except (ValueError, RecursionError) as error:
            raise UserError(f"{path}:{number}: not JSON ({error}); write an object a line") from error
        if not isinstance(found, dict):
            raise UserError(f"{path}:{number}: no object of JSON; write one a line")
        yield number, found


def row_of_bars(separator: str) -> str:
    """A pattern for a row of a list with bars or tabs, in whose texts quotation marks may stand alone."""
    return rf'(?:[^"\r\n]+|{_cell_over_lines(separator)}|")*'


def _cell_over_lines(separator: str) -> str:
    """A pattern for a cell that begins with a quotation mark, and the next mark is in a further line at the end of a
    cell, with no separator in the lines before it."""
    ends = re.escape(separator)
    begun = rf'"(?<![^{ends}\r\n]")(?:[^"\r\n]|"")*'
    return rf'{begun}(?:(?:\r\n|\r|\n)(?:[^"{ends}\r\n]|"")*)+"(?=[{ends}\r\n]|\Z)'


def _whole_rows(text: str, separator: str) -> list[tuple[int, str]]:
    """The lines that are not blank, and as one those over which a cell goes on; with the number of the first."""
    if separator not in "|\t" or not re.search(_cell_over_lines(separator), text):
        return _numbered(text)
    numbered, number = [], 1
    for found in re.finditer(rf"({row_of_bars(separator)})(?:\r\n|\r|\n|\Z)", text):
        row = found[1]
        if row.strip():
            numbered.append((number, row))
        number += 1 + len(LINE_END.findall(row))
    return numbered


def _numbered(text: str) -> list[tuple[int, Any]]:
    """The lines that are not blank."""
    return [(number, line) for number, line in enumerate(LINE_END.split(text), 1) if line.strip()]


def _one_object(text: str) -> Any:
    """An object of JSON over several lines; None where it is none, or one of several."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _reader(text: str, separator: str) -> Any:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


def _separator(given: str) -> str:
    character = SEPARATORS.get(given, given)
    if len(character) != 1 or character in '"\r\n':
        raise UserError(f"corpus.separator={given}: give one character, or {', '.join(SEPARATORS)}")
    return character


def _common(text: str, lines: list[tuple[int, str]]) -> str | None:
    """The separator that most lines have, of bars and tabs the one of which all have as many; a comma or a semicolon,
    which are in texts too, if all lines have as many or the first one names columns: the one that comes first."""
    usual = []
    for character in "|\t":
        counts = [row.count(character) for row in _some(_whole_rows(text, character))]
        if 2 * len(list(filter(None, counts))) > len(counts):
            usual.append((len(set(counts)) > 1, character))
    if usual:
        return min(usual, key=lambda found: found[0])[1]
    some = _some(lines)
    alike = [character for character in ",;" if _all_alike(some, character)]
    return min(alike, key=some[0].index, default=None)


def _some(lines: list[tuple[int, str]]) -> list[str]:
    """Up to a thousand, without comments."""
    return [line for _, line in lines if not line.startswith(COMMENT)][:1000] or [line for _, line in lines]


def _all_alike(lines: list[str], character: str) -> bool:
    """Whether it separates columns: the first line names columns with it that most lines have, cells are in quotation
    marks, or every line has one. More of them in every line may be of the texts, unless the first line looks like names
    of columns and none is followed by a space."""
    head = lines[0].split(character)
    quoted = 2 * sum(f'{character}"' in line or line.startswith('"') for line in lines) > len(lines)
    try:
        rows = list(csv.reader(lines, delimiter=character, strict=True))
    except csv.Error:  # as where a quoted text goes on in the next line
        return len(head) > 1 and (quoted or is_header(head))
    if len(head) > 1 and is_header(head):
        return 2 * sum(len(cells) == len(head) for cells in rows) > len(rows)
    if len(rows[0]) < 2 or len({len(cells) for cells in rows}) > 1:
        return False
    close = not any(cell.startswith(" ") for cells in rows for cell in cells[1:])
    return quoted or len(rows[0]) == 2 or (close and like_a_header(head))


def _uneven(lines: list[tuple[int, str]]) -> tuple[int, str, str] | None:
    """Where all lines have commas or semicolons, the first that has more than others; with what to do."""
    for name in ("comma", "semicolon"):
        columns = [line.count(SEPARATORS[name]) + 1 for _, line in lines]
        if min(columns) > 1:
            usual = Counter(columns).most_common(1)[0][0]
            odd = next((i for i, count in enumerate(columns) if count != usual), None)
            spaced = any(f'{SEPARATORS[name]} "' in line for _, line in lines)
            reason = f"a {name} may belong to a text: put such texts in quotation marks"
            reason += ", with no space before these" * spaced
            if odd is None:
                return *lines[0], f"{reason}, or give corpus.separator={name} and corpus.columns"
            return *lines[odd], f"with a {name} it has {columns[odd]} columns where others have {usual}; {reason}"
    return None


def _cells(line: str, separator: str, quoted: bool) -> list[str]:
    """LJSpeech quotes nothing and its texts hold bare quotation marks. That a line is quoted is shown by its id, by a
    cell in quotation marks with a separator, doubled marks or the end of a line in it, or by all lines having such a
    cell at their end (`quoted`)."""
    ends = re.escape(separator)
    inside = re.findall(rf'(?:^|{ends})"((?:[^"]|"")*)"(?={ends}|$)', line) if '"' in line else []
    shown = (separator, '""', "\n", "\r")
    if line.startswith('"') or (quoted and inside) or any(sign in cell for sign in shown for cell in inside):
        cells = next(csv.reader([line], delimiter=separator))
        return cells if len(cells) > 1 else cells[0].split(separator)  # Excel quotes a line for a comma in it
    return line.split(separator)
