"""From frames per token to times in seconds."""

from __future__ import annotations

from tts.intervals import Interval
from tts.text.tokens import END, START, Tokens


def timings(
    tokens: Tokens, durations: list[float], frame_seconds: float, start: float, end: float
) -> tuple[list[Interval], list[Interval]]:
    """Word and phone intervals of one sentence that is spoken from `start` to `end`, in seconds.

    `durations` are frames per token, `[N]`; fractions come from a soft alignment.

    Frames are centred on multiples of the hop, so the boundary between frames t−1 and t lies at (t − ½) hops; the first
    token starts at `start` and the last ends at `end`, to the last bit: what follows may begin right there.
    """
    edges = [start]
    passed = 0.0
    for frames in durations[:-1]:
        passed += frames
        edges.append(min(end, max(edges[-1], start + (passed - 0.5) * frame_seconds)))
    edges.append(end)
    phones = [
        Interval("sil" if symbol in (START, END) else symbol, a, b)
        for symbol, a, b in zip(tokens.symbols, edges, edges[1:], strict=False)
    ]
    words: list[Interval] = []
    for index, label in enumerate(tokens.words):
        own = [phone for phone, word in zip(phones, tokens.word, strict=True) if word == index]
        if own:
            words.append(Interval(label, own[0].start, own[-1].end))
    return words, phones
