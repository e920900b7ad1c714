"""Statistics learnt in passing."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.models.running import take_in, told_means


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=6), min_size=1, max_size=5))
def test_each_group_keeps_a_slow_mean_of_its_own(batches: list[list[int]]) -> None:
    generator = torch.Generator().manual_seed(len(batches))
    known, expected = torch.zeros(4, 3), [torch.zeros(3) for _ in range(4)]
    for groups in batches:
        values = torch.randn(len(groups), 3, generator=generator)
        take_in([told_means(known, values, torch.tensor(groups), 0.9)])
        for group in set(groups):
            mean = values[torch.tensor(groups) == group].mean(0)
            before = expected[group]
            expected[group] = 0.9 * before + 0.1 * mean if before.any() else mean
    torch.testing.assert_close(known, torch.stack(expected))
