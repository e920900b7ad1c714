"""Times in a list without a header, which are asked about: they would be taken for speakers or texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from tts.corpora.lists.columns import LOOKED_AT, as_key, quoted, usual_width
from tts.corpora.lists.rows import Row
from tts.errors import UserError

TIME = re.compile(r"(?:\d+:)+\d+(?:[.,]\d+)?|\d+[.,]\d+")
"""As 0.25, 1:02 or 00:00:01,500; a whole number may be a speaker's."""


def seconds_of_clock(written: str) -> float:
    """Of `1:02.5`, or of seconds alone; a comma is a decimal one."""
    total = 0.0
    for part in written.strip().replace(",", ".").split(":"):
        total = 60 * total + float(part)
    return total


def check_times(path: Path, rows: Sequence[Row], is_file: Callable[[str], bool] | None) -> None:
    """Raises UserError where columns before the text hold times, and says what to give: two that rise in every line,
    or one in lines of which some name the same file."""
    width = usual_width(rows)
    lines = [row.cells for row in rows[:LOOKED_AT] if len(row.cells) == width]
    sizes = [sum(map(len, cells)) for cells in zip(*lines, strict=True)]
    text = sizes.index(max(sizes)) if sizes else 0
    times = [i for i in range(text) if all(TIME.fullmatch(cells[i].strip()) for cells in lines)]
    files = [i for i in range(width) if i not in times and is_file is not None and any(is_file(c[i]) for c in lines)]
    rising = len(times) == 2 and all(
        seconds_of_clock(cells[times[0]]) < seconds_of_clock(cells[times[1]]) for cells in lines
    )
    shared = len(times) == 1 and bool(files) and len({cells[files[0]] for cells in lines}) < len(lines)
    if not rising and not shared:
        return
    roles = dict(zip(times, ("start", "end"), strict=False)) | {text: "text"} | dict.fromkeys(files[:1], "file")
    columns = tuple(roles.get(i, "_") for i in range(width))
    said = f"{path}: {quoted([lines[0][i] for i in times])} in line {rows[0].line} and the like may be times"
    if not files:
        raise UserError(
            f"{said}, and no file of sound is named: write the name of its file at the beginning of each line, and "
            f"give {as_key(('file', *columns))}, in seconds"
        )
    raise UserError(f"{said}: give {as_key(columns)} if they say in seconds where a part of its file begins and ends")
