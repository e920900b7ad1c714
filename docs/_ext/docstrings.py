"""Docstrings with numpydoc's headings over Google's entries, `name: what it is`, as napoleon reads them."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

HEADINGS = ("Parameters", "Returns", "Raises")
BEFORE_NAPOLEON = 400
"""Sphinx's default priority, which napoleon has, is 500."""


def indented(lines: list[str]) -> list[str]:
    """A heading and its underline become `Heading:`, and what follows it is indented."""
    out: list[str] = []
    within = False
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line in HEADINGS and following and set(following) == {"-"}:
            within = True
            out.append(f"{line}:")
        elif not (within and line and set(line) == {"-"}):
            out.append(f"    {line}" if within and line else line)
    return out


def _rewrite(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    lines[:] = indented(lines)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", _rewrite, priority=BEFORE_NAPOLEON)
    return {"parallel_read_safe": True}
