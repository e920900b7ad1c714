"""Values that change over training steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.settings.schedule import Schedule, check_schedule, value_at

POINTS = st.lists(
    st.tuples(st.integers(0, 10_000), st.floats(-100, 100)), min_size=1, max_size=6, unique_by=lambda point: point[0]
).map(sorted)


@pytest.mark.parametrize("step", [0, 7, 10**9])
def test_a_number_is_always_itself(step: int) -> None:
    assert value_at(0.25, step) == 0.25
    assert value_at(3, step) == 3.0


@given(POINTS, st.integers(0, 12_000))
def test_points_are_joined_by_straight_lines_with_level_ends(points: list[tuple[int, float]], step: int) -> None:
    steps, values = zip(*points, strict=True)
    schedule = [[float(x), y] for x, y in points]
    assert value_at(schedule, step) == pytest.approx(np.interp(step, steps, values), abs=1e-6)
    check_schedule(schedule)


def test_two_points_at_one_step_are_a_jump() -> None:
    schedule: Schedule = [[0, 1.0], [10, 1.0], [10, 0.0], [20, 0.5]]
    assert [value_at(schedule, step) for step in (9, 10, 15, 30)] == [1.0, 0.0, 0.25, 0.5]


@pytest.mark.parametrize("wrong", [[], [[0]], [[0, 1, 2]], [[5, 1], [0, 2]]])
def test_what_is_no_schedule_is_refused(wrong: Schedule) -> None:
    with pytest.raises(ValueError, match="schedule"):
        check_schedule(wrong)
    with pytest.raises(ValueError, match="schedule"):
        value_at(wrong, 3)
