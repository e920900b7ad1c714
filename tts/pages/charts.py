"""Histograms and bars as SVG within a page: no scripts, and the colours of its style."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

WIDTH, HEIGHT = 300, 120
LEFT, BOTTOM, TOP = 6, 22, 6
BINS = 28
EDGE = 0.01
"""Share of the values at each end that do not widen the axis; they count in the outermost bars."""


def histogram(title: str, unit: str, values: Sequence[float]) -> str:
    """A figure with a heading, the distribution of `values`, and its median and range in words."""
    finite = np.array([v for v in values if math.isfinite(v)])
    if not len(finite):
        return f"<figure><figcaption>{escape(title)}</figcaption><p class=none>not known</p></figure>"
    low, high = (float(x) for x in np.quantile(finite, (EDGE, 1 - EDGE)))
    step = nice((high - low) / BINS) if high > low else nice(abs(low) / BINS or 1.0)
    first = math.floor(low / step)
    count = max(6, math.floor(high / step) - first + 1)
    places = np.clip(np.floor(finite / step).astype(int) - first, 0, count - 1)
    heights = np.bincount(places, minlength=count)
    least, middle, most = (float(x) for x in np.quantile(finite, (0, 0.5, 1)))
    said = f"median {short(middle)} {unit}, from {short(least)} to {short(most)}"
    width, room = (WIDTH - 2 * LEFT) / count, HEIGHT - BOTTOM - TOP
    bars = []
    for i, height in enumerate(heights.tolist()):
        if height:
            tall = max(1.0, room * height / int(heights.max()))
            bars.append(
                f'<rect x="{LEFT + i * width:.1f}" y="{TOP + room - tall:.1f}" width="{max(width - 1, 0.5):.1f}" '
                f'height="{tall:.1f}"><title>{short((first + i) * step)} to {short((first + i + 1) * step)} '
                f"{escape(unit)}: {height}</title></rect>"
            )
    at = LEFT + (middle / step - first) * width
    axis = f'<line class=axis x1="{LEFT}" x2="{WIDTH - LEFT}" y1="{TOP + room}" y2="{TOP + room}"/>'
    median = f'<line class=median x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{TOP + room}"/>'
    return (
        f"<figure><figcaption>{escape(title)} <small>{escape(unit)}</small></figcaption>"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(f"{title}: {said}")}">'
        f"{''.join(bars)}{axis}{median}{_ticks(first, count, step, width)}</svg><p>{escape(said)}</p></figure>"
    )


def bars(rows: Mapping[str, float], unit: str) -> str:
    """A table with a bar in each row, as long as its value beside the largest."""
    largest = max(rows.values(), default=0) or 1
    lines = []
    for name, value in rows.items():
        bar = '<svg class=bar viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        bar += f'<rect width="{100 * value / largest:.1f}" height="8"/></svg>'
        lines.append(f"<tr><th scope=row>{escape(name)}<td class=n>{short(value)}{escape(unit)}<td class=wide>{bar}")
    return f"<table>{''.join(lines)}</table>"


def nice(step: float) -> float:
    """The next of 1, 2, 5, 10 … that is no smaller."""
    scale = 10.0 ** math.floor(math.log10(step))
    return next(factor * scale for factor in (1, 2, 5, 10) if factor * scale >= step * (1 - 1e-9))


def short(value: float) -> str:
    """A number with as many digits as are of use, and a true minus."""
    digits = 0 if value == round(value) or abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f}".replace("-", "−")


def _ticks(first: int, count: int, step: float, width: float) -> str:
    every = nice(count * step / 5)
    lines = []
    value = math.ceil(first * step / every - 1e-9) * every
    while value <= (first + count) * step + 1e-9:
        x = LEFT + (value / step - first) * width
        anchor = "start" if x < 12 else "end" if x > WIDTH - 12 else "middle"
        lines.append(f'<text x="{x:.1f}" y="{HEIGHT - 6}" text-anchor="{anchor}">{short(value)}</text>')
        value += every
    return "".join(lines)
