"""Speech, pauses, and what a recogniser is given at once."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tts.importing.activity import CHUNK, RATE, STEP, Activity, read_activity, windows, write_activity
from tts.preparation.pauses import Span

PER_SECOND, LEVELS = RATE / CHUNK, RATE // STEP


def activity(*parts: tuple[float, float, float]) -> Activity:
    """Of parts with (seconds, probability of speech, dB)."""
    speech = np.concatenate([np.full(round(s * PER_SECOND), p) for s, p, _ in parts])
    level = np.concatenate([np.full(round(s * LEVELS), db) for s, _, db in parts])
    return Activity(speech.astype(np.float32), level.astype(np.float32), sum(s for s, _, _ in parts))


def test_speech_is_found_and_neither_breaths_nor_clicks_are() -> None:
    found = activity((1, 0, -70), (2, 0.9, -20), (0.096, 0, -60), (1, 0.9, -20), (1, 0, -70), (0.1, 0.9, -20)).spans()
    assert len(found) == 1
    assert abs(found[0].start - 1) < 0.05 and abs(found[0].end - 4.1) < 0.05


def test_a_pause_is_quiet_for_its_surroundings_or_holds_no_speech() -> None:
    found = activity((2, 0.9, -20), (0.3, 0.6, -62), (2, 0.9, -20), (0.5, 0.1, -25), (2, 0.9, -20)).pauses(0.2)
    assert [round(pause.start, 1) for pause in found] == [2.0, 4.3]
    assert activity((2, 0.9, -20), (0.1, 0.6, -62), (2, 0.9, -20)).pauses(0.2) == []


def test_speech_over_steady_noise_has_pauses_where_nobody_speaks() -> None:
    noisy = activity((2, 0.9, -20), (0.5, 0.05, -28), (2, 0.9, -20))
    assert [round(pause.seconds, 1) for pause in noisy.pauses(0.2)] == [0.5]


@given(st.lists(st.tuples(st.floats(0.2, 60), st.floats(0.05, 5)), min_size=1, max_size=10))
def test_windows_hold_all_speech_and_are_no_longer_than_is_heard_at_once(parts: list[tuple[float, float]]) -> None:
    spans, time = [], 0.0
    for seconds, gap in parts:
        spans.append(Span(time + gap, time + gap + seconds))
        time += gap + seconds
    found = windows(spans, [], longest=28.0, apart=2.0, margin=0.2)
    assert all(window.seconds <= 28 + 1e-6 for window in found)
    assert all(a.end <= b.start + 1e-6 for a, b in pairwise(found))
    held = sum(max(0.0, min(s.end, w.end) - max(s.start, w.start)) for s in spans for w in found)
    assert abs(held - sum(s.seconds for s in spans)) < 1e-3


def test_a_window_is_cut_in_the_longest_pause() -> None:
    spans = [Span(0, 12), Span(12.2, 20), Span(21, 27), Span(27.2, 40)]
    assert [round(window.end, 1) for window in windows(spans, [], 28.0, 2.0, 0.2)] == [20.5, 40.2]


def test_what_was_found_is_kept_for_the_same_file_alone(tmp_path: Path) -> None:
    path, samples = tmp_path / "heard/one.npz", 5 * RATE + 7
    rng = np.random.default_rng(0)
    speech, level = (rng.random(-(-samples // size)).astype(np.float32) for size in (CHUNK, STEP))
    write_activity(path, Activity(speech, level, samples / RATE), "1:2")
    kept = read_activity(path, "1:2")
    assert kept is not None and kept.seconds == samples / RATE
    assert np.array_equal(kept.speech, speech) and np.array_equal(kept.level, level)
    assert read_activity(path, "1:3") is None and read_activity(tmp_path / "no.npz", "1:2") is None
    content = path.read_bytes()
    for broken in (b"", content[: len(content) // 2], content[:200] + bytes(50) + content[250:], b"no archive"):
        path.write_bytes(broken)
        assert read_activity(path, "1:2") is None
    write_activity(path, Activity(speech[1:], level, samples / RATE), "1:2")
    assert read_activity(path, "1:2") is None
