"""Parts of a long recording, read in one pass and one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import torch

from tts.preparation.pauses import Span


def stretches(blocks: Iterable[torch.Tensor], sample_rate: int, spans: Sequence[Span]) -> Iterator[torch.Tensor]:
    """The sound `[samples]` of each span, of which none begins before the one that precedes it.

    No more is held than one span and one block; what the recording lacks at its end is missing from the last.
    """
    blocks = iter(blocks)
    held, first = torch.empty(0), 0  # the sound from sample `first` on
    for span in spans:
        start, end = bounds(span, sample_rate)
        dropped = min(max(0, start - first), len(held))
        parts, first = [held[dropped:]], first + dropped
        size = len(parts[0])
        while first + size < end and (block := next(blocks, None)) is not None:
            if not size:
                skipped = min(max(0, start - first), len(block))
                block, first = block[skipped:], first + skipped
            parts.append(block)
            size += len(block)
        held = torch.cat(parts)
        yield held[max(0, start - first) : max(0, end - first)].clone()


def bounds(span: Span, sample_rate: int) -> tuple[int, int]:
    """First sample of a span, and the first after it."""
    return round(span.start * sample_rate), round(span.end * sample_rate)
