"""A value that changes over training steps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

Schedule = float | list[list[float]]
"""A number, or points `[step, value]` with straight lines between them and level ends."""


def value_at(schedule: Schedule, step: int) -> float:
    """The value of `schedule` at `step`.

    Raises
    ------
    ValueError: points that are not pairs in rising order of step.
    """
    if isinstance(schedule, (int, float)):
        return float(schedule)
    points = _points(schedule)
    if step < points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if step < x1:
            return y0 + (y1 - y0) * (step - x0) / (x1 - x0)
    return points[-1][1]


def check_schedule(schedule: Schedule) -> None:
    """Raises ValueError as `value_at` does."""
    if not isinstance(schedule, (int, float)):
        _points(schedule)


def _points(schedule: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    if not schedule or any(len(point) != 2 for point in schedule):
        raise ValueError(f"a schedule is a number or a list of [step, value], got {schedule!r}")
    points = [(float(step), float(value)) for step, value in schedule]
    if any(a[0] > b[0] for a, b in pairwise(points)):
        raise ValueError(f"the steps of a schedule must rise, got {schedule!r}")
    return points
