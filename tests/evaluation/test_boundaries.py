"""Boundary scores, on alignments whose errors are known."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.errors import UserError
from tts.evaluation.alignment import PhoneScore
from tts.evaluation.boundaries import (
    PhonesDiffer,
    boundary_errors,
    boundary_times,
    count_hits,
    match_boundaries,
    summarise,
)
from tts.evaluation.table import boundary_table
from tts.intervals import Interval, phone_tier, write_textgrid
from tts.text.tokens import is_silence


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


def test_a_boundary_knows_what_is_on_its_sides() -> None:
    truth = intervals(("sil", 100), ("m", 50), ("aɪ", 150), ("sil", 200), ("t", 40), ("", 60))
    found = [(b.before, b.after) for b in match_boundaries(truth, truth)]
    assert found == [(None, "m"), ("m", "aɪ"), ("aɪ", None), (None, "t"), ("t", None)]
    assert boundary_times(truth) == pytest.approx([0.1, 0.15, 0.3, 0.5, 0.54])


def test_f1_pairs_each_boundary_once() -> None:
    assert count_hits([0.10, 0.11, 0.50], [0.11, 0.30, 0.52]) == 2
    assert count_hits([0.10], [0.1200001]) == 1 and count_hits([0.10], [0.1201]) == 0
    assert count_hits([], [0.1]) == count_hits([0.1], []) == 0


@given(*[st.lists(st.integers(0, 60), max_size=6).map(lambda v: sorted(x / 100 for x in v))] * 2)
def test_no_other_pairing_hits_more(ours: list[float], theirs: list[float]) -> None:
    best: dict[tuple[int, int], int] = {}
    for i in range(len(ours) + 1):
        for j in range(len(theirs) + 1):
            ways = [0]
            if i:
                ways.append(best[i - 1, j])
            if j:
                ways.append(best[i, j - 1])
            if i and j:
                ways.append(best[i - 1, j - 1] + (round(abs(ours[i - 1] - theirs[j - 1]), 6) <= 0.02))
            best[i, j] = max(ways)
    assert count_hits(ours, theirs) == best[len(ours), len(theirs)]


def test_figures_by_class_pool_utterances() -> None:
    truth = intervals(("sil", 100), ("m", 50), ("aɪ", 150), ("tʃ", 80), ("sil", 50))
    late = intervals(("sil", 130), ("m", 50), ("aɪ", 120), ("tʃ", 80), ("sil", 50))
    score = PhoneScore()
    score.add(truth, truth)
    score.add(late, truth)
    with pytest.raises(PhonesDiffer):
        score.add(intervals(("z", 10)), truth)
    summary, classes = score.summary(), score.classes()
    assert summary["count"] == 8 and summary["f1_20ms"] == pytest.approx(7 / 8)
    assert {name: c["count"] for name, c in classes.items()} == {"pause edge": 4, "vowel": 2, "affricate": 2}
    assert classes["vowel"]["bias"] == pytest.approx(0.015) and classes["affricate"]["mean"] == 0


def test_the_table_has_a_line_per_row_and_only_columns_that_are_used() -> None:
    table = boundary_table({"all": summarise([0.004, -0.03]), "none": {}}).splitlines()
    assert len(table) == 3 and "F1" not in table[0] and "median ms" in table[0]
    assert table[1].split() == ["all", "2", "17.0", "17.0", "-13.0", "50.0", "50.0", "100.00", "0.00"]


def test_the_tier_of_phones_is_found_under_its_usual_names(tmp_path: Path) -> None:
    own = [Interval("a", 0.0, 0.2), Interval("b", 0.3, 0.4)]
    for tiers in ({"words": own, "phones": own}, {"Ann - words": own, "Ann - phones": own}):
        write_textgrid(tmp_path / "x.TextGrid", tiers, end=0.5)
        assert [i.label for i in phone_tier(tmp_path / "x.TextGrid")] == ["a", "", "b", ""]
    write_textgrid(tmp_path / "x.TextGrid", {"Ann - phones": own, "Bob - phones": own})
    with pytest.raises(UserError, match="one tier named `phones`; it has Ann - phones, Bob - phones"):
        phone_tier(tmp_path / "x.TextGrid")
