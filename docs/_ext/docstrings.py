"""Docstrings as Sphinx reads them: ours have numpydoc's headings over Google's entries, `name: what it is`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sphinx.application import Sphinx

FIELDS = {"Parameters": "param", "Raises": "raises", "Returns": "returns"}
ENTRY = re.compile(r"([\w.]+(?:, [\w.]+)*): (.*)")


def as_fields(lines: Iterable[str]) -> Iterator[str]:
    """Sections become field lists."""
    field, begun = "", False
    for line in lines:
        if line in FIELDS:
            field, begun = FIELDS[line], False
            yield ""
        elif not field:
            yield line
        elif line.strip("-"):
            entry = ENTRY.fullmatch(line)
            if field == "returns":
                yield f"    {line}" if begun else f":returns: {line}"
            elif entry:
                names = entry[1].replace(", ", "," if field == "param" else " or ")
                yield f":{field} {names}: {entry[2]}"
            else:
                yield line
            begun = True


def _rewrite(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    lines[:] = as_fields(list(lines))


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", _rewrite)
    return {"parallel_read_safe": True}
