"""From frames per token to times in seconds."""

from __future__ import annotations

from tts.data.textgrid import Interval
from tts.text.tokens import END, START, Tokens


def timings(
    tokens: Tokens, durations: list[float], frame_seconds: float, offset: float, seconds: float
) -> tuple[list[Interval], list[Interval]]:
    """Word and phone intervals of one sentence that starts at `offset` and lasts `seconds`.

    `durations` are frames per token, `[N]`; fractions come from a soft alignment.

    Frames are centred on multiples of the hop, so the boundary between frames t−1 and t lies at (t − ½) hops; the first
    token starts at 0 and the last ends with the sound.
    """
    edges = [0.0]
    passed = 0.0
    for frames in durations[:-1]:
        passed += frames
        edges.append(min(seconds, max(edges[-1], (passed - 0.5) * frame_seconds)))
    edges.append(seconds)
    phones = [
        Interval("sil" if symbol in (START, END) else symbol, offset + a, offset + b)
        for symbol, a, b in zip(tokens.symbols, edges, edges[1:], strict=False)
    ]
    words: list[Interval] = []
    for index, label in enumerate(tokens.words):
        own = [phone for phone, word in zip(phones, tokens.word, strict=True) if word == index]
        if own:
            words.append(Interval(label, own[0].start, own[-1].end))
    return words, phones
