"""Reports as one HTML file: no scripts, pictures and sound beside it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:15px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em;overflow-wrap:break-word}"
    "table{border-collapse:collapse}td,th{padding:.2em .8em;text-align:left;border-bottom:1px solid #8888}"
    "td.long{min-width:12em;overflow-wrap:anywhere}"
    "td.n{text-align:right;font-variant-numeric:tabular-nums}img,audio{max-width:100%}.scroll{overflow-x:auto}"
)
LONG = 30
"""Characters of a cell that may be broken anywhere, but is not made narrower than a few words."""


def page(title: str, parts: Sequence[str]) -> str:
    """A page under a heading. `parts` are HTML; the title is text."""
    head = '<!doctype html><html lang="en"><meta charset="utf-8">'
    head += '<meta name="viewport" content="width=device-width, initial-scale=1">'
    head += f"<title>{escape(title)}</title><style>{STYLE}</style>"
    return "\n".join([head, f"<h1>{escape(title)}</h1>", *parts]) + "\n"


def table(headings: Sequence[str], rows: Sequence[Sequence[str | int | float]]) -> str:
    """A table of texts, scrolled by itself where it is wide; numbers stand to the right, fractions with two places."""
    lines = ["<div class=scroll><table><tr>" + "".join(f"<th>{escape(heading)}" for heading in headings) + "</tr>"]
    lines += ["<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows]
    return "\n".join([*lines, "</table></div>"])


def _cell(value: str | int | float) -> str:
    if isinstance(value, str):
        return f"<td{' class=long' if len(value) > LONG else ''} dir=auto>{escape(value)}"
    return f"<td class=n>{value:.2f}" if isinstance(value, float) else f"<td class=n>{value}"
