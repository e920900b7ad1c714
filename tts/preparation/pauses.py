"""Where a waveform is silent: its ends, and the pauses inside."""

from __future__ import annotations

from typing import NamedTuple

import torch

WINDOW, STEP = 0.020, 0.005
"""Seconds: window and step of the level contour."""
AT_ONCE = 2**14
"""Entries of the contour that are computed at once, 82 seconds."""


class Span(NamedTuple):
    """A stretch of sound, in seconds."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


def levels(wav: torch.Tensor, sample_rate: int) -> torch.Tensor:
    """Level of `wav` [samples] in dBFS (RMS, floor −120): [L], entry i centred on i·STEP seconds."""
    window, step = round(WINDOW * sample_rate), max(1, round(STEP * sample_rate))
    parts = []
    for start in range(0, len(wav) + 1, AT_ONCE * step):
        # Entries are centred on `start` and every step after it, and each covers a window.
        end = min(start + AT_ONCE * step - 1, len(wav))
        first, last = start - window // 2, end + window - window // 2
        squares = wav[max(first, 0) : last].double().square()
        padded = torch.nn.functional.pad(squares, (max(-first, 0), max(last - len(wav), 0)))
        energy = torch.nn.functional.pad(padded.cumsum(0), (1, 0))
        power = (energy[window:] - energy[:-window])[::step] / window
        parts.append(10 * power.clamp_min(1e-12).log10().float())
    return torch.cat(parts)


def threshold(level: torch.Tensor) -> float:
    """Level in dBFS that separates speech from silence: 10 dB above the noise, but 35–55 dB below the loudest.

    The noise is the quietest 5 %; in a recording without any silence that is speech, hence the upper bound.
    """
    top, noise = float(level.max()), float(level.quantile(0.05))
    return min(max(noise + 10, top - 55), top - 35)


def speech_spans(wav: torch.Tensor, sample_rate: int, shortest_pause: float = 0.08) -> list[Span]:
    """Stretches of speech between pauses of at least `shortest_pause` seconds; clicks under 20 ms are no speech."""
    level = levels(wav, sample_rate)
    loud = level > threshold(level)
    edges = torch.diff(loud.int(), prepend=torch.zeros(1, dtype=torch.int32), append=torch.zeros(1, dtype=torch.int32))
    step = max(1, round(STEP * sample_rate)) / sample_rate
    starts, ends = (edges == 1).nonzero().flatten().tolist(), (edges == -1).nonzero().flatten().tolist()
    spans: list[Span] = []
    for start, end in zip(starts, ends, strict=True):
        if (end - start) * step < 0.020:
            continue
        if spans and start * step - spans[-1].end < shortest_pause:
            spans[-1] = Span(spans[-1].start, end * step)
        else:
            spans.append(Span(start * step, end * step))
    last = len(wav) / sample_rate
    return [Span(span.start, min(span.end, last)) for span in spans]
