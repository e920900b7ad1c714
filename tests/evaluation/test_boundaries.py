"""Boundary scores, on alignments whose errors are known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.data.textgrid import Interval, is_silence
from tts.evaluation.boundaries import PhonesDiffer, boundary_errors, summarise


def intervals(*parts: tuple[str, float]) -> list[Interval]:
    """From (label, duration in ms)."""
    found, time = [], 0.0
    for label, length in parts:
        found.append(Interval(label, time, time + length / 1000))
        time += length / 1000
    return found


def test_every_phone_start_and_every_start_of_silence_is_scored() -> None:
    truth = intervals(("sil", 100), ("h", 50), ("aɪ", 150), ("sil", 200), ("ð", 40), ("ɛɹ", 160), ("sil", 100))
    predicted = intervals(("<s>", 110), ("h", 50), ("aɪ", 130), (",", 220), ("ð", 40), ("ɛɹ", 145), ("</s>", 105))
    errors = boundary_errors(predicted, truth)
    np.testing.assert_allclose(errors, [0.01, 0.01, -0.01, 0.01, 0.01, -0.005], atol=1e-9)


def test_a_phone_without_true_length_is_left_unscored() -> None:
    truth = intervals(("k", 50), ("ɔː", 200), ("z", 60), ("sil", 50))
    predicted = intervals(("k", 60), ("ɔː", 90), ("l", 110), ("z", 50), ("</s>", 50))
    np.testing.assert_allclose(boundary_errors(predicted, truth), [0, 0.01, 0.01, 0], atol=1e-9)


def test_a_merged_l_before_silence_belongs_to_the_end_of_its_word() -> None:
    truth = intervals(("iː", 200), ("sil", 100))
    predicted = intervals(("iː", 120), ("l", 90), ("</s>", 90))
    np.testing.assert_allclose(boundary_errors(predicted, truth), [0, 0.01], atol=1e-9)


def test_of_two_equal_phones_the_later_has_the_length() -> None:
    truth = intervals(("ɔː", 100), ("l", 50), ("æ", 50))
    predicted = intervals(("ɔː", 50), ("l", 50), ("l", 50), ("æ", 50))
    np.testing.assert_allclose(boundary_errors(predicted, truth), [0, 0, 0], atol=1e-9)


def test_another_utterance_is_refused() -> None:
    with pytest.raises(PhonesDiffer, match="'z'"):
        boundary_errors(intervals(("a", 10)), intervals(("a", 10), ("z", 10)))
    with pytest.raises(PhonesDiffer, match=r"truth lacks .z"):
        boundary_errors(intervals(("a", 10), ("z", 10)), intervals(("a", 10)))


@given(st.lists(st.tuples(st.sampled_from("ptkaiu"), st.integers(10, 300)), min_size=1), st.floats(-0.2, 0.2))
def test_a_shift_is_the_bias(parts: list[tuple[str, int]], shift: float) -> None:
    truth = intervals(*parts)
    predicted = [Interval(i.label, i.start + shift, i.end + shift) for i in truth]
    figures = summarise(boundary_errors(predicted, truth))
    assert figures["count"] == len(parts)
    assert figures["bias"] == pytest.approx(shift, abs=1e-9)
    assert figures["mean"] == pytest.approx(abs(shift), abs=1e-6)
    assert figures["median"] == pytest.approx(abs(shift), abs=1e-6)


def test_summary_counts_the_limits_as_within() -> None:
    figures = summarise([0.010, -0.020, 0.050, 0.1001])
    assert figures["count"] == 4
    assert (figures["within_10ms"], figures["within_20ms"], figures["within_50ms"]) == (0.25, 0.5, 0.75)
    assert figures["gross"] == 0.25
    assert figures["mean"] == pytest.approx(0.045025) and figures["median"] == pytest.approx(0.035)


def test_nothing_scored_is_not_a_perfect_score() -> None:
    figures = summarise([])
    assert figures["count"] == 0
    assert all(math.isnan(value) for name, value in figures.items() if name != "count")


def test_silences_are_told_from_phones() -> None:
    assert all(is_silence(label) for label in ["", "sil", "<s>", "</s>", ",", ".", "—", "?"])
    assert not any(is_silence(label) for label in ["a", "aɪ", "n̩", "ɾ", "ʔ", "ʰ"])
