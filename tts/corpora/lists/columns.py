"""Columns of a list: what stands in them, and how an error says them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence

from tts.corpora.lists.readings import READINGS, Columns
from tts.corpora.lists.rows import Row

BEFORE_NORMALISING: Columns = ("file", "raw", "text")
"""LJSpeech's; a line may lack the last."""
LOOKED_AT = 500
"""Lines, by which it is decided what the columns are."""
QUOTE = "a separator within the text? Put such texts in quotation marks"


def fits(columns: Columns, rows: Sequence[Row]) -> bool:
    """Whether most lines have as many."""
    if columns == BEFORE_NORMALISING:
        return 2 * sum(1 < len(row.cells) <= len(columns) for row in rows) > len(rows)
    return 2 * sum(len(row.cells) == len(columns) for row in rows) > len(rows)


def complete(rows: Sequence[Row], columns: Columns) -> list[Row]:
    """Those that have all columns, and no more."""
    return [row for row in rows if len(row.cells) == len(columns)]


def values_in(rows: Sequence[Row], columns: Columns) -> list[dict[str, str]]:
    """What stands in each column, of lines that have all: of some from everywhere in the list."""
    if len(rows) > LOOKED_AT:  # by chance: every so many lines might be those of one kind
        rows = [rows[i] for i in sorted(random.Random(0).sample(range(len(rows)), LOOKED_AT))]
    if columns == BEFORE_NORMALISING:
        return [dict(zip(columns, three_cells(row.cells), strict=True)) for row in rows if len(row.cells) > 2]
    return [dict(zip(columns, row.cells, strict=True)) for row in rows if len(row.cells) == len(columns)]


def three_cells(cells: list[str]) -> list[str]:
    """File, written and read text; a written one may hold separators, and be the only one."""
    if len(cells) > 3:
        return [cells[0], " ".join(cells[1:-1]), cells[-1]]
    file, raw, text = [*cells, "", ""][:3]
    return [file, raw, text] if text else [file, "", raw]


def usual_width(rows: Sequence[Row]) -> int:
    """How many columns most lines have."""
    return Counter(len(row.cells) for row in rows).most_common(1)[0][0]


def widths(rows: Sequence[Row]) -> str:
    """How many columns the lines have, in words."""
    counts = sorted({len(row.cells) for row in rows})
    if counts == [1]:
        return "one column"
    return f"{counts[0]} columns" if len(counts) == 1 else f"{counts[0]} to {counts[-1]} columns"


def with_role(columns: Columns, role: str) -> Columns:
    """With this role in place of the speaker's."""
    return tuple(role if one == "speaker" else one for one in columns)


def blank(width: int) -> Columns:
    """An example for lines of which nothing is known."""
    return ("file", "text", *["_"] * (width - 2))


def shown(columns: Columns) -> str:
    """As lines have them, and the layout that reads them so."""
    return f"`{'|'.join(columns)}`" + (f" (corpus={READINGS[columns]})" if columns in READINGS else "")


def as_key(columns: Columns) -> str:
    """As a user gives them."""
    return f"corpus.columns=[{','.join(columns)}]"


def quoted(names: Iterable[str]) -> str:
    """The first of them, shortened."""
    return ", ".join(repr(str(name)[:30]) for name in list(names)[:12])
