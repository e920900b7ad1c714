"""No piece goes from one voice over to another."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from tts.importing.activity import RATE
from tts.importing.kept import Kept
from tts.importing.speakers import Heard
from tts.importing.spoken_text import Part
from tts.importing.turns import at_turns
from tts.preparation.pauses import Span


class ByPitch:
    """Two people: one speaks at 100 Hz, the other at 200; and how often it was asked."""

    def __init__(self) -> None:
        self.heard: list[float] = []

    def __call__(self, wav: np.ndarray) -> Heard:
        self.heard.append(len(wav) / RATE)
        spectrum = np.abs(np.fft.rfft(wav))
        share = [float(spectrum[round(f * len(wav) / RATE)]) for f in (100, 200)]
        return Heard(np.asarray(share) / np.linalg.norm(share), 0.0)


def recording(turns: Sequence[tuple[float, float]], pause: float) -> tuple[torch.Tensor, list[Part]]:
    """Tones of so many Hz and seconds, with pauses between, and the part of a text that each is."""
    wav, parts, time = [], [], 0.0
    for i, (hertz, seconds) in enumerate(turns):
        wav += [torch.sin(2 * torch.pi * hertz * torch.arange(round(seconds * RATE)) / RATE)]
        wav += [torch.zeros(round(pause * RATE))]
        parts.append(Part(f"{i}.", time, time + seconds, ends_sentence=True))
        time += seconds + pause
    return torch.cat([torch.empty(0), *wav]), parts


def found(turns: Sequence[tuple[float, float]], folder: Path, pause: float = 0.5) -> tuple[list[bool], list[float]]:
    wav, parts = recording(turns, pause)

    def sounds(spans: Sequence[Span]) -> Iterator[torch.Tensor]:
        yield from (wav[round(span.start * RATE) : round(span.end * RATE)] for span in spans)

    who = ByPitch()
    with Kept(folder / "turns.jsonl") as kept:
        return [part.apart for part in at_turns(parts, sounds, who, kept, "file")], who.heard


def test_a_recording_is_cut_where_somebody_else_goes_on(tmp_path: Path) -> None:
    ann, bob = (100.0, 2.0), (200.0, 2.0)
    apart, heard = found([ann, ann, bob, ann, bob, bob], tmp_path)
    assert apart == [False, False, True, True, True, False]
    assert np.allclose(heard, 2.0, atol=0.01) and len(heard) == 10
    # What was told once is not told again.
    again, heard = found([ann, ann, bob, ann, bob, bob], tmp_path)
    assert again == apart and heard == []


def test_no_more_than_three_seconds_beside_the_pause_are_heard(tmp_path: Path) -> None:
    # Who spoke long ago does not matter: the second part goes on as another voice, too.
    apart, heard = found([(100.0, 20.0), (200.0, 9.0)], tmp_path)
    assert apart == [False, True] and np.allclose(heard, 3.0, atol=0.01)


def test_what_is_too_short_to_tell_stays_where_it_is(tmp_path: Path) -> None:
    assert found([(100.0, 2.0), (200.0, 0.6), (100.0, 2.0)], tmp_path) == ([False] * 3, [])
    assert found([(100.0, 2.0), (200.0, 2.0)], tmp_path, pause=0.05) == ([False] * 2, [])
    assert found([], tmp_path) == ([], [])
    assert found([(100.0, 2.0)], tmp_path) == ([False], [])
