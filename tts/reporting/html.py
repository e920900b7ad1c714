"""Reports as one HTML file: no scripts, pictures and sound beside it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

STYLE = (
    "body{font:15px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse}td,th{padding:.2em .8em;text-align:left;border-bottom:1px solid #ccc}"
    "td.n{text-align:right;font-variant-numeric:tabular-nums}img{max-width:100%}"
)


def page(title: str, parts: Sequence[str]) -> str:
    """A page under a heading. `parts` are HTML; the title is text."""
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    return "\n".join([head, f"<h1>{escape(title)}</h1>", *parts]) + "\n"


def table(headings: Sequence[str], rows: Sequence[Sequence[str | int | float]]) -> str:
    """A table of texts; numbers stand to the right, fractions with two places."""
    lines = ["<table><tr>" + "".join(f"<th>{escape(heading)}" for heading in headings) + "</tr>"]
    lines += ["<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows]
    return "\n".join([*lines, "</table>"])


def _cell(value: str | int | float) -> str:
    if isinstance(value, str):
        return f"<td>{escape(value)}"
    return f"<td class=n>{value:.2f}" if isinstance(value, float) else f"<td class=n>{value}"
