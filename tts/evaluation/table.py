"""Boundary figures as a table for the terminal."""

from __future__ import annotations

from collections.abc import Mapping

COLUMNS = (
    ("count", "boundaries", 1, "{:.0f}"),
    ("median", "median ms", 1e3, "{:.1f}"),
    ("mean", "mean ms", 1e3, "{:.1f}"),
    ("bias", "bias ms", 1e3, "{:+.1f}"),
    ("within_10ms", "≤ 10 ms %", 100, "{:.1f}"),
    ("within_20ms", "≤ 20 ms %", 100, "{:.1f}"),
    ("within_50ms", "≤ 50 ms %", 100, "{:.2f}"),
    ("gross", "> 100 ms %", 100, "{:.2f}"),
    ("f1_20ms", "F1 20 ms", 1, "{:.3f}"),
    ("cpu_seconds", "CPU-s", 1, "{:.0f}"),
    ("unscored", "not done", 1, "{:.0f}"),
)
"""Key of `tts.evaluation.boundaries.summarise`, heading, factor, format."""


def boundary_table(rows: Mapping[str, Mapping[str, float]], first: str = "") -> str:
    """A line per entry of `rows` under headings; columns that no row has are left out.

    Parameters
    ----------
    rows: name → figures as `summarise` gives them, times in seconds and shares of one.
    first: heading of the names.
    """
    columns = [c for c in COLUMNS if any(c[0] in figures for figures in rows.values())]
    cells = [[first, *(heading for _, heading, _, _ in columns)]]
    for name, figures in rows.items():
        cells.append([name, *(f.format(k * figures[key]) if key in figures else "" for key, _, k, f in columns)])
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    lines = []
    for name, *values in cells:
        padded = [value.rjust(width) for value, width in zip(values, widths[1:], strict=True)]
        lines.append("  ".join([name.ljust(widths[0]), *padded]).rstrip())
    return "\n".join(lines)
