"""How much worse than usual an utterance fits its text, and how often training draws it then."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.alignment.ranking import deviations, drawn, read_shares
from tts.errors import UserError


def test_each_speaker_is_compared_with_their_own() -> None:
    ann = {f"a{i}": ("ann", -10 + 0.1 * i) for i in range(9)}
    bob = {f"b{i}": ("bob", -20 + 0.1 * i) for i in range(9)}
    found = deviations(ann | bob | {"bad": ("ann", -15.0)})
    assert found["a4"] == pytest.approx(0, abs=0.5) and found["b4"] == pytest.approx(0, abs=0.5)
    assert min(found, key=found.__getitem__) == "bad" and found["bad"] < -10


@given(st.floats(-50, 50), st.floats(0, 1), st.floats(0, 20))
def test_what_fits_worse_is_drawn_less_often(deviation: float, misfit: float, worse: float) -> None:
    assert 0 <= drawn(deviation - worse, misfit) <= drawn(deviation, misfit) <= 1
    assert drawn(deviation, misfit) == drawn(deviation, 0)
    assert drawn(deviation, 1.01) == 0


def test_usual_utterances_are_always_drawn_and_no_number_never() -> None:
    assert drawn(-3, 0.9) == drawn(5, 0) == 1
    assert drawn(-5, 0) == pytest.approx(math.exp(-1))
    assert drawn(-16, 0) > 1e-3 and drawn(-17, 0) == 0 and drawn(1e308, 0) == 1
    assert drawn(math.nan, 0) == drawn(0, math.nan) == drawn(-math.inf, 0) == 0


def test_a_ranking_is_read_by_its_headings(tmp_path: Path) -> None:
    path = tmp_path / "ranking.tsv"
    path.write_text("id\tdeviation\tmisfit\none\t-9.00\t1.20\ntwo\t-5.00\t0.40\nthree\t0.10\t\n", "utf-8")
    assert read_shares(path) == {"one": 0, "two": pytest.approx(math.exp(-1)), "three": 1}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "its first line names id, deviation and misfit"),
        (b"name|text\n", "its first line names id, deviation and misfit"),
        (b"id\tdeviation\tmisfit\none\tbad\t0.1\n", "ranking.tsv:2: not as tts-align writes it"),
        (b"id\tdeviation\tmisfit\none\n", "ranking.tsv:2: not as tts-align writes it"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_what_is_no_ranking_is_refused_by_name(tmp_path: Path, content: bytes, complaint: str) -> None:
    (tmp_path / "ranking.tsv").write_bytes(content)
    with pytest.raises(UserError, match=complaint):
        read_shares(tmp_path / "ranking.tsv")
    with pytest.raises(UserError, match="cannot be read"):
        read_shares(tmp_path / "nowhere.tsv")
