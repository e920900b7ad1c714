"""What a list says of each recording: its lines or objects, understood by a header, by the user, or by a layout."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tts.corpora.languages import is_spoken
from tts.corpora.lists.meanings import COUPLE, instead_of_speakers, is_style, no_names
from tts.corpora.lists.readings import (
    ALL_BUT_SLIPS,
    READINGS,
    ROLES,
    UNUSED,
    Columns,
    is_header,
    like_a_header,
    misfit,
    named,
    not_read,
    reads_all,
    reads_as,
    shown_by,
    swapped,
)
from tts.corpora.lists.rows import COMMENT, JSON, Row, read_json, read_rows
from tts.errors import UserError

BEFORE_NORMALISING: Columns = ("file", "raw", "text")
"""LJSpeech's; a line may lack the last."""

FEW = 4
"""Lines that say too little of whether a column holds names."""
ONE_WORD = re.compile(r"[\w-]+")
LOOKED_AT = 500
"""Lines, by which it is decided what the columns are."""


QUOTE = "a separator within the text? Put such texts in quotation marks"
HEADER = "a header, as no file here is called so? It is left out; corpus.header=true says that it is one"
"""Problem of a first line of unknown names, where the columns are known."""


OPTIONAL = {"speaker", "style", "_"}
"""Roles that a line may lack at its end where the user says what the columns are."""


class TwoReadings(UserError):
    """A list without a header whose lines allow both."""


class StylesNotSpeakers(UserError):
    """A list's column says how and not who."""

    def __init__(self, message: str, columns: Columns) -> None:
        super().__init__(message)
        self.columns = columns
        """With styles where the layout has speakers."""


class Entry(NamedTuple):
    """A recording as its line has it."""

    list: Path
    line: int
    values: dict[str, str]
    """By role (`tts.corpora.lists.readings.ROLES`), at least `file` and `text`."""
    problem: str = ""
    """Why the line cannot be understood."""


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
    is_file: Callable[[str], bool] | None = None
    """Whether a name is that of a file of sound here: a first line of other words, before lines with files, is a header
    whose names are not known. None where the files are not known."""

    @property
    def expected(self) -> str:
        return " or ".join(f"`{'|'.join(columns)}`" for columns in self.readings)

    def read(self, path: Path) -> list[Entry]:
        """The entries of a list.

        Raises
        ------
        UserError: it cannot be read so, or can in several ways; naming what could be given.
        """
        if path.suffix.lower() in JSON:
            if self.columns is not None:
                raise UserError(f"{path}: corpus.columns is for lines with separators; in JSON every value has a name")
            return list(_objects(path))
        rows = self._listed(read_rows(path, self.separator))
        known = bool(rows) and (is_header(rows[0].cells) if self.header is None else self.header)
        header = known or (self.header is None and self._unknown_header(rows))
        body = rows[1:] if header else rows
        if self.columns is None and header and not _says_little(rows[0].cells, known):
            return self._named(path, rows[0], body)
        if not body:
            return []
        columns = self.columns or self._columns(path, body)
        reason = not_read(columns, _whole(body, columns)) if self.columns and "raw" in columns else ""
        if reason:
            kept = ",".join("_" if role == "raw" else role for role in columns)
            raise UserError(
                f"{path}: corpus.columns={_given(columns)}, but {reason}; {self._advice(body)}; "
                f"corpus.columns=[{kept}] takes it for the text all the same"
            )
        entries = [_entry(path, row, columns, trusted=self.columns is not None) for row in body]
        wrong = [entry for entry in entries if entry.problem]
        if 2 * len(wrong) > len(entries):
            raise UserError(f"{path}:{wrong[0].line}: {wrong[0].problem}; {self._advice(body)}")
        if header and not known:
            entries.insert(0, _entry(path, rows[0], columns, trusted=True)._replace(problem=HEADER))
        return entries

    def _listed(self, rows: Sequence[Row]) -> list[Row]:
        """Without comments, unless one names the columns, and without columns at the end that are empty everywhere."""
        kept: list[Row] = []
        for row in rows:
            is_file = self.is_file is not None and self.is_file(row.cells[0])
            if is_file or not row.cells[0].startswith(COMMENT) or (self.header and not kept):
                kept.append(row)
            elif not kept and is_header(cells := [row.cells[0].lstrip(f"{COMMENT} "), *row.cells[1:]]):
                kept.append(Row(row.line, cells))
        while self.columns is None and kept and all(len(row.cells) > 2 and not row.cells[-1] for row in kept):
            kept = [Row(row.line, row.cells[:-1]) for row in kept]
        return kept

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
            example = next(iter(self._possible(rows, len(header.cells))), None)
            raise UserError(
                f"{path}:{header.line}: its first line names the columns {_quoted(header.cells)}, which are not known: "
                f"say what they are, as in corpus.header=true {_as_key(example or _blank(len(header.cells)))}, with _ "
                "for one that is not used; or corpus.header=false if it names none"
            )
        twice = next((name for name in roles.values() if header.cells.count(name) > 1), None)
        if twice is not None:
            raise UserError(
                f"{path}:{header.line}: its first line names two columns {twice!r}; rename the one that is not meant"
            )
        columns, width = {role: header.cells.index(name) for role, name in roles.items()}, len(header.cells)
        entries = []
        for row in rows:
            problem = ""
            if len(row.cells) > width:
                problem = f"{len(row.cells)} columns, and the first line names {width}; {QUOTE}"
            cells = [*row.cells, *[""] * width]
            entries.append(Entry(path, row.line, {role: cells[i] for role, i in columns.items()}, problem))
        return entries

    def _columns(self, path: Path, rows: Sequence[Row]) -> Columns:
        """The one of the readings that the lines allow."""
        self._check_all_name_speakers(path, rows)
        if BEFORE_NORMALISING in self.readings and _two_columns(rows):
            return ("file", "text")
        misfits = {c: misfit(c, _whole(rows, c)) for c in self.readings if _fits(c, rows)}
        allowed = [columns for columns, reason in misfits.items() if not reason]
        if len(allowed) == 1 and not shown_by(allowed[0], _whole(rows, allowed[0])):
            further = self._others(rows)
            allowed += further or ([swapped(allowed[0])] if "speaker" in allowed[0] else [])
        if len(allowed) == 1:
            self._check_speakers(path, allowed[0], rows)
            return allowed[0]
        if allowed:
            raise TwoReadings(
                f"{path}: two readings are possible, {' and '.join(map(_shown, allowed))}; say which, as in "
                f"corpus.columns=[{','.join(allowed[0])}]"
            )
        reason = next(iter(misfits.values()), f"they have {_counts(rows)}")
        raise UserError(f"{path}: expected lines {self.expected}, but {reason}; {self._advice(rows)}")

    def _check_all_name_speakers(self, path: Path, rows: Sequence[Row]) -> None:
        """Raises TwoReadings where several lines, up to half of them, have a further column of a few names, or of
        words."""
        for columns in (c for c in READINGS if "speaker" in c):
            some, others = _wide(rows, columns), _wide(rows, columns[1:])
            names = _speakers(columns, some)
            few = 2 * len(set(names)) <= len(names) or all(map(ONE_WORD.fullmatch, names))
            if not COUPLE <= len(some) <= len(others) or not few or misfit(columns, _whole(some, columns)):
                continue
            said = f"column {columns.index('speaker') + 1} says {names[0]!r}"
            as_style = f"{_as_key(_with(columns, 'style'))} takes it for a style, " * any(map(is_style, names))
            if columns[-1] == "speaker":
                unused = _as_key(_with(columns, "_"))
                ways = f"{as_style}{_as_key(columns)} leaves out the others, {unused} takes no notice of it"
            else:
                ways = f"{_as_key(_blank(len(columns) - 1))} leaves out the lines that have it"
            raise TwoReadings(
                f"{path}: two readings are possible, as {len(some)} lines have {len(columns)} columns, such as "
                f"line {some[0].line}, whose {said}, and {len(others)} have {len(columns) - 1}, such as line "
                f"{others[0].line}: {ways}; or write it on every line"
            )

    def _check_speakers(self, path: Path, columns: Columns, rows: Sequence[Row]) -> None:
        """Raises TwoReadings or StylesNotSpeakers where its column of speakers may be another, UserError where it is
        none."""
        names = _speakers(columns, rows)
        role, what = instead_of_speakers(names) or ("", "")
        if role and role not in columns:
            other = _with(columns, role)
            said = f"column {columns.index('speaker') + 1} says {_quoted(dict.fromkeys(names))}"
            if role == "style" and all(map(is_style, filter(None, names))):
                raise StylesNotSpeakers(
                    f"{path}: {said}: give {_as_key(other)} if these are {what}, or {_as_key(columns)} if they are "
                    "speakers",
                    other,
                )
            listed = zip(names, _wide(rows, columns), strict=True)
            lacking = ((name, row.line) for name, row in listed if role == "language" and name and not is_spoken(name))
            said += next((f", of which espeak-ng lacks {name!r} (line {line})" for name, line in lacking), "")
            raise TwoReadings(
                f"{path}: two readings are possible, as {said}: give {_as_key(other)} if these are {what}, or "
                f"{_as_key(columns)} if they are speakers"
            )
        reason = _strangers(columns, rows)
        if reason:
            raise UserError(f"{path}: {_shown(columns)} is possible, but {reason}; {self._advice(rows)}")

    def _others(self, rows: Sequence[Row]) -> list[Columns]:
        """What the lines may be in another layout."""
        tried = self.readings if self.columns is None else [self.columns]
        return [c for c in READINGS if c not in tried and _fits(c, rows) and not misfit(c, _whole(rows, c))]

    def _possible(self, rows: Sequence[Row], width: int) -> list[Columns]:
        """Of so many columns all that the lines may be, in this layout or another."""
        among = [("file", "text"), *READINGS]
        return [c for c in among if len(c) == width and _fits(c, rows) and not misfit(c, _whole(rows, c))]

    def _advice(self, rows: Sequence[Row]) -> str:
        """What to give instead."""
        others = [columns for columns in self._others(rows) if not _strangers(columns, rows)]
        if others:
            return f"they could be {' or '.join(map(_shown, others))}; or say what the columns are with corpus.columns"
        usual = _usual(rows)
        odd = next((row for row in rows if len(row.cells) != usual), None)
        possible = self._possible(rows, usual)
        if odd is not None and not possible:
            return f"line {odd.line} has {len(odd.cells)} columns where most have {usual}; {QUOTE}"
        if usual == 1:
            return "a line is `file|text`: put the name of its file before each text"
        possible = [c for c in possible if c != ("file", "text")] or [_blank(usual)]
        without = (
            f", or {_as_key(_with(possible[0], '_'))} if that is no speaker's name" if "speaker" in possible[0] else ""
        )
        return f"say what the columns are, as in {' or '.join(map(_as_key, possible))}{without}"


def _says_little(header: Sequence[str], known: bool) -> bool:
    """Whether a first line names a file and a text only, so that the layout says what further columns are."""
    return len(header) == 2 and (not known or list(named(header).values()) == list(header))


def _objects(path: Path) -> Iterator[Entry]:
    for line, found in read_json(path):
        roles = named(found)
        missing = [role for role in ("file", "text") if role not in roles]
        if missing:
            raise UserError(
                f"{path}:{line}: none of {_quoted(found)} is the {missing[0]}; it may be called "
                f"{', '.join(ROLES[missing[0]])}"
            )
        values = {role: found[name] for role, name in roles.items()}
        nested = next((roles[role] for role, value in values.items() if isinstance(value, list | dict)), None)
        problem = f"{nested!r} is no text but a list or an object" if nested is not None else ""
        yield Entry(path, line, {role: "" if v is None else str(v).strip() for role, v in values.items()}, problem)


def _entry(path: Path, row: Row, columns: Columns, trusted: bool) -> Entry:
    """`trusted`: the user says that the columns are these."""
    cells, count, problem = row.cells, len(columns), ""
    if columns == BEFORE_NORMALISING:
        cells = _three(cells)
        if len(row.cells) > count:  # a separator within the written text
            read = reads_all(cells[1], cells[2])
        else:
            read = trusted or not cells[1] or reads_as(cells[1], cells[2], ALL_BUT_SLIPS) is not False
        if not read:
            problem = f"{cells[2][:40]!r} is not how {cells[1][:40]!r} is read; {QUOTE}"
    elif any(cells[count:]) or (
        1 < len(cells) < count and not (trusted and OPTIONAL.issuperset(columns[len(cells) :]))
    ):
        problem = f"{len(cells)} columns instead of {count}" + f"; {QUOTE}" * (len(cells) > count)
    cells = [*cells, *[""] * count]
    return Entry(path, row.line, {role: cells[i] for i, role in enumerate(columns) if role not in UNUSED}, problem)


def _three(cells: list[str]) -> list[str]:
    """File, written and read text; a written one may hold separators, and be the only one."""
    if len(cells) > 3:
        return [cells[0], " ".join(cells[1:-1]), cells[-1]]
    file, raw, text = [*cells, "", ""][:3]
    return [file, raw, text] if text else [file, "", raw]


def _usual(rows: Sequence[Row]) -> int:
    """How many columns most lines have."""
    return Counter(len(row.cells) for row in rows).most_common(1)[0][0]


def _two_columns(rows: Sequence[Row]) -> bool:
    """Whether a third one is the rest of a text with a separator in it, however alike both are: no more lines have it
    than have two, and what stands there is neither how the second is read nor a few names again and again."""
    counts = Counter(min(len(row.cells), 3) for row in rows)
    longer = [row.cells for row in rows if len(row.cells) > 2]
    filled = [cells for cells in longer if all(cells[1:])]
    if counts[2] < max(counts[1], counts[3]) or 2 * len(filled) <= len(longer):
        return False
    three = [cells for cells in filled if len(cells) == 3]
    read = 3 * sum(reads_all(raw, text) for _, raw, text in three) >= 2 * len(three)
    names = 2 * len({third for *_, third in three}) <= len(three)
    return len(three) < FEW or not (read or names)


def _counts(rows: Sequence[Row]) -> str:
    counts = sorted({len(row.cells) for row in rows})
    if counts == [1]:
        return "one column"
    return f"{counts[0]} columns" if len(counts) == 1 else f"{counts[0]} to {counts[-1]} columns"


def _fits(columns: Columns, rows: Sequence[Row]) -> bool:
    """Whether most lines have as many."""
    if columns == BEFORE_NORMALISING:
        return 2 * sum(1 < len(row.cells) <= len(columns) for row in rows) > len(rows)
    return 2 * sum(len(row.cells) == len(columns) for row in rows) > len(rows)


def _strangers(columns: Columns, rows: Sequence[Row]) -> str:
    """Why its column of speakers may be something else."""
    return no_names(columns.index("speaker") + 1, _speakers(columns, rows)) if "speaker" in columns else ""


def _speakers(columns: Columns, rows: Sequence[Row]) -> list[str]:
    """What stands in the column of speakers, of lines that have all columns; nothing where there is none."""
    if "speaker" not in columns:
        return []
    place = columns.index("speaker")
    return [row.cells[place] for row in _wide(rows, columns)]


def _wide(rows: Sequence[Row], columns: Columns) -> list[Row]:
    """Those that have all columns."""
    return [row for row in rows if len(row.cells) == len(columns)]


def _whole(rows: Sequence[Row], columns: Columns) -> list[dict[str, str]]:
    """What stands in each column, of lines that have all: of some from everywhere in the list."""
    if len(rows) > LOOKED_AT:  # by chance: every so many lines might be those of one kind
        rows = [rows[i] for i in sorted(random.Random(0).sample(range(len(rows)), LOOKED_AT))]
    if columns == BEFORE_NORMALISING:
        return [dict(zip(columns, _three(row.cells), strict=True)) for row in rows if len(row.cells) > 2]
    return [dict(zip(columns, row.cells, strict=True)) for row in rows if len(row.cells) == len(columns)]


def _shown(columns: Columns) -> str:
    return f"`{'|'.join(columns)}`" + (f" (corpus={READINGS[columns]})" if columns in READINGS else "")


def _given(columns: Columns) -> str:
    return f"[{','.join(columns)}]"


def _as_key(columns: Columns) -> str:
    return f"corpus.columns={_given(columns)}"


def _with(columns: Columns, role: str) -> Columns:
    """With another role than that of the speaker."""
    return tuple(role if one == "speaker" else one for one in columns)


def _blank(width: int) -> Columns:
    """An example for lines of which nothing is known."""
    return ("file", "text", *["_"] * (width - 2))


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(repr(str(name)[:30]) for name in list(names)[:12])
