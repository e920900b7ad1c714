"""Running statistics of batches."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.models.statistics import apply_updates, running_means


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=6), min_size=1, max_size=15))
def test_each_group_keeps_a_slow_mean_of_its_own(batches: list[list[int]]) -> None:
    generator = torch.Generator().manual_seed(len(batches))
    known, seen, expected = torch.zeros(4, 3), torch.zeros(4), [torch.zeros(3) for _ in range(4)]
    for number, groups in enumerate(batches):
        values = torch.randn(len(groups), 3, generator=generator)
        apply_updates([running_means(known, seen, values, torch.tensor(groups), 0.5)])
        for group in set(groups):
            mean = values[torch.tensor(groups) == group].mean(0)
            times = sum(group in batch for batch in batches[:number])
            kept = min(0.5, times / (9 + times))
            expected[group] = kept * expected[group] + (1 - kept) * mean
    torch.testing.assert_close(known, torch.stack(expected))


def test_the_first_values_are_soon_forgotten() -> None:
    known, seen = torch.zeros(1, 1), torch.zeros(1)
    for value in (100.0, *[1.0] * 20):
        apply_updates([running_means(known, seen, torch.full((2, 1), value), torch.zeros(2, dtype=torch.long), 0.99)])
    assert 1 <= known < 1.01
