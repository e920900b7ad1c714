"""What the columns of a list without a header are: the one of several readings that its lines allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from tts.corpora.lists.columns import (
    BEFORE_NORMALISING,
    LOOKED_AT,
    QUOTE,
    as_key,
    blank,
    fits,
    shown,
    usual_width,
    values_in,
    widths,
    with_role,
)
from tts.corpora.lists.meanings import COUPLE
from tts.corpora.lists.named_speakers import TwoReadings, check_on_every_line, check_role, named_in, no_speakers
from tts.corpora.lists.readings import READINGS, Columns, in_two_scripts, misfit, reads_all, reads_as, shown_by, swapped
from tts.corpora.lists.rows import Row
from tts.corpora.lists.times_without_names import check_times
from tts.errors import UserError

IsFile = Callable[[str], bool] | None
FEW = 4
"""Lines that say too little of whether a column holds names."""
PHRASE = 2.5
"""Words on average, of what is rather a part of a text than a name."""


def expected(readings: Sequence[Columns]) -> str:
    """What lines are, in words."""
    return " or ".join(f"`{'|'.join(columns)}`" for columns in readings)


def chosen(path: Path, rows: Sequence[Row], readings: Sequence[Columns], is_file: IsFile = None) -> Columns:
    """The one of the readings that the lines allow.

    Parameters
    ----------
    is_file: whether a name is that of a file of sound, where these are known.

    Raises
    ------
    TwoReadings, StylesNotSpeakers: several are possible. UserError: none is.
    """
    check_on_every_line(path, rows)
    check_times(path, rows, is_file)
    if BEFORE_NORMALISING in readings and _two_columns(rows):
        return ("file", "text")
    misfits = {c: misfit(c, values_in(rows, c)) for c in readings if fits(c, rows)}
    allowed = [columns for columns, reason in misfits.items() if not reason]
    if len(allowed) == 1 and not shown_by(allowed[0], values_in(rows, allowed[0])):
        further = _others(rows, readings)
        allowed += further or ([swapped(allowed[0])] if "speaker" in allowed[0] else [])
    if len(allowed) == 1:
        check_role(path, allowed[0], rows)
        reason = no_speakers(allowed[0], rows)
        if reason:
            raise UserError(f"{path}: {shown(allowed[0])} is possible, but {reason}; {advice(rows, readings, is_file)}")
        return allowed[0]
    if allowed:
        raise TwoReadings(
            f"{path}: {_within_texts(allowed, rows)}two readings are possible, {' and '.join(map(shown, allowed))}; "
            f"say which, as in {as_key(allowed[0])}"
        )
    reason = next(iter(misfits.values()), f"they have {widths(rows)}")
    raise UserError(f"{path}: expected lines {expected(readings)}, but {reason}; {advice(rows, readings, is_file)}")


def _within_texts(allowed: Sequence[Columns], rows: Sequence[Row]) -> str:
    """Advice where no column that may name speakers says anyone's name twice, or where all are long for names, and one
    is of several words; else empty."""
    named = [named_in(columns, rows) for columns in allowed if "speaker" in columns]
    words = [sum(len(name.split()) for name in names) / max(1, len(names)) for names in named]
    differ = all(len(set(names)) == len(names) > COUPLE for names in named)
    if max(words, default=0.0) >= PHRASE and (differ or min(words) >= PHRASE):
        return f"{QUOTE}; else "
    return ""


def advice(rows: Sequence[Row], tried: Sequence[Columns], is_file: IsFile = None) -> str:
    """What to give where the readings that were tried do not fit."""
    example = example_of(rows, usual_width(rows), is_file)
    files_first = example[0] == "file"  # as in all readings
    others = [c for c in _others(rows, tried) if files_first and not no_speakers(c, rows)]
    if others:
        return f"they could be {' or '.join(map(shown, others))}; or say what the columns are with corpus.columns"
    usual = usual_width(rows)
    odd = next((row for row in rows if len(row.cells) != usual), None)
    possible = possible_of(rows, usual)
    if odd is not None and not possible:
        return f"line {odd.line} has {len(odd.cells)} columns where most have {usual}; {QUOTE}"
    if usual == 1:
        return "a line is `file|text`: put the name of its file before each text"
    possible = [c for c in possible if files_first and c != ("file", "text")] or [example]
    if (
        usual == len(BEFORE_NORMALISING)
        and "speaker" not in possible[0]
        and in_two_scripts(values_in(rows, BEFORE_NORMALISING))
    ):
        possible = [BEFORE_NORMALISING, blank(usual)]
    further = ", with speaker, language or style for _ where it is that" if "_" in possible[0] else ""
    if "speaker" in possible[0]:
        further = f", or {as_key(with_role(possible[0], '_'))} if that is no speaker's name"
    within = _within_texts(possible, rows)
    return f"{within}say what the columns are, as in {' or '.join(map(as_key, possible))}{further}"


def _others(rows: Sequence[Row], tried: Sequence[Columns]) -> list[Columns]:
    """What the lines may be in another layout."""
    return [c for c in READINGS if c not in tried and fits(c, rows) and not misfit(c, values_in(rows, c))]


def example_of(rows: Sequence[Row], width: int, is_file: IsFile = None) -> Columns:
    """What so many columns may be: the file is where files are named, and the text is the longest of the others; if
    several say the same, the second of them, as a text that is read stands after the one that is written."""
    whole = [row.cells for row in rows[:LOOKED_AT] if len(row.cells) == width]
    files, sizes = [0] * width, [0] * width
    for cells in whole:
        for i, cell in enumerate(cells):
            files[i] += is_file is not None and is_file(cell)
            sizes[i] += len(cell)
    file = files.index(max(files))
    sizes[file] = -1
    text = next((i for i in range(width) if i != file and _said_before(whole, i, file)), sizes.index(max(sizes)))
    roles = {file: "file", text: "text"}
    return tuple(roles.get(i, "_") for i in range(width))


def _said_before(rows: Sequence[Sequence[str]], column: int, file: int) -> bool:
    """Whether another column before it says the same in most lines, as it is written."""
    others = [i for i in range(column) if i != file]
    said = [" " in cells[column] and any(reads_as(cells[i], cells[column]) for i in others) for cells in rows]
    return 2 * sum(said) > len(said)


def possible_of(rows: Sequence[Row], width: int) -> list[Columns]:
    """Of so many columns all that the lines may be, in this layout or another."""
    among = [("file", "text"), *READINGS]
    return [c for c in among if len(c) == width and fits(c, rows) and not misfit(c, values_in(rows, c))]


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
