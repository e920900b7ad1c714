"""Parts of a recording that is read once, block by block."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from tts.importing.stretches import stretches
from tts.preparation.pauses import Span

RATE = 10


@given(
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=8),
    edges=st.lists(st.tuples(st.integers(0, 200), st.integers(1, 60)), max_size=8),
)
def test_each_part_is_what_the_whole_has_there(sizes: list[int], edges: list[tuple[int, int]]) -> None:
    wav = torch.arange(sum(sizes), dtype=torch.float32)
    spans = [Span(start / RATE, (start + length) / RATE) for start, length in sorted(edges)]
    found = list(stretches(wav.split(sizes), RATE, spans))
    assert len(found) == len(spans)
    for (start, length), part in zip(sorted(edges), found, strict=True):
        assert torch.equal(part, wav[start : start + length])
