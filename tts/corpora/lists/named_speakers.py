"""Whether a column that may name speakers does: it may say how and not who, be something else, or be on some lines
only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tts.corpora.languages import is_spoken
from tts.corpora.lists.columns import as_key, blank, complete, quoted, values_in, with_role
from tts.corpora.lists.meanings import COUPLE, instead_of_speakers, is_style, no_names
from tts.corpora.lists.readings import READINGS, Columns, misfit
from tts.corpora.lists.rows import Row
from tts.errors import UserError

ONE_WORD = re.compile(r"[\w-]+")


class TwoReadings(UserError):
    """A list without a header whose lines allow both."""


class StylesNotSpeakers(UserError):
    """A list's column says how and not who."""

    def __init__(self, message: str, columns: Columns) -> None:
        super().__init__(message)
        self.columns = columns
        """With styles where the layout has speakers."""


def check_on_every_line(path: Path, rows: Sequence[Row]) -> None:
    """Raises TwoReadings where several lines, up to half of them, have a further column of a few names, or of
    words."""
    for columns in (c for c in READINGS if "speaker" in c):
        some, others = complete(rows, columns), complete(rows, columns[1:])
        names = named_in(columns, some)
        few = 2 * len(set(names)) <= len(names) or all(map(ONE_WORD.fullmatch, names))
        if not COUPLE <= len(some) <= len(others) or not few or misfit(columns, values_in(some, columns)):
            continue
        said = f"column {columns.index('speaker') + 1} says {names[0]!r}"
        as_style = f"{as_key(with_role(columns, 'style'))} takes it for a style, " * any(map(is_style, names))
        if columns[-1] == "speaker":
            unused = as_key(with_role(columns, "_"))
            ways = f"{as_style}{as_key(columns)} leaves out the others, {unused} takes no notice of it"
        else:
            ways = f"{as_key(blank(len(columns) - 1))} leaves out the lines that have it"
        raise TwoReadings(
            f"{path}: two readings are possible, as {len(some)} lines have {len(columns)} columns, such as "
            f"line {some[0].line}, whose {said}, and {len(others)} have {len(columns) - 1}, such as line "
            f"{others[0].line}: {ways}; or write it on every line"
        )


def check_role(path: Path, columns: Columns, rows: Sequence[Row]) -> None:
    """Raises TwoReadings or StylesNotSpeakers where its column of speakers may be another."""
    names = named_in(columns, rows)
    role, what = instead_of_speakers(names) or ("", "")
    if role and role not in columns:
        other = with_role(columns, role)
        said = f"column {columns.index('speaker') + 1} says {quoted(dict.fromkeys(names))}"
        if role == "style" and all(map(is_style, filter(None, names))):
            raise StylesNotSpeakers(
                f"{path}: {said}: give {as_key(other)} if these are {what}, or {as_key(columns)} if they are speakers",
                other,
            )
        listed = zip(names, complete(rows, columns), strict=True)
        lacking = ((name, row.line) for name, row in listed if role == "language" and name and not is_spoken(name))
        said += next((f", of which espeak-ng lacks {name!r} (line {line})" for name, line in lacking), "")
        raise TwoReadings(
            f"{path}: two readings are possible, as {said}: give {as_key(other)} if these are {what}, or "
            f"{as_key(columns)} if they are speakers"
        )


def no_speakers(columns: Columns, rows: Sequence[Row]) -> str:
    """Why its column of speakers may be something else."""
    return no_names(columns.index("speaker") + 1, named_in(columns, rows)) if "speaker" in columns else ""


def named_in(columns: Columns, rows: Sequence[Row]) -> list[str]:
    """What stands in the column of speakers, of lines that have all columns; nothing where there is none."""
    if "speaker" not in columns:
        return []
    place = columns.index("speaker")
    return [row.cells[place] for row in complete(rows, columns)]
