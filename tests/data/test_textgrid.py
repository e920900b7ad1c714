import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tts.data.textgrid import Interval, read_textgrid, write_textgrid
from tts.errors import UserError


def test_round_trip_with_gaps_quotes_and_ipa(tmp_path: Path) -> None:
    tiers = {
        "words": [Interval('say "hi"', 0.1, 0.5)],
        "phones": [Interval("tʃ", 0.1, 0.25), Interval("ɪ", 0.25, 0.5)],
    }
    write_textgrid(tmp_path / "a.TextGrid", tiers, 0.7)
    assert read_textgrid(tmp_path / "a.TextGrid") == tiers
    assert [p.name for p in tmp_path.iterdir()] == ["a.TextGrid"]
    assert "xmax = 0.7" in (tmp_path / "a.TextGrid").read_text(encoding="utf-8")


def test_empty_intervals_are_left_out_and_overlaps_refused(tmp_path: Path) -> None:
    write_textgrid(tmp_path / "a.TextGrid", {"phones": [Interval("a", 0, 1), Interval("b", 1, 1), Interval("c", 1, 2)]})
    assert [i.label for i in read_textgrid(tmp_path / "a.TextGrid")["phones"]] == ["a", "c"]
    with pytest.raises(ValueError, match="phones"):
        write_textgrid(tmp_path / "b.TextGrid", {"phones": [Interval("a", 0, 1), Interval("b", 0.5, 2)]})


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["start", "end", "xmin", "xmax", "tiers", "class", "name", "entries", "type", "words"]),
                inner,
            )
        ),
    )
)
@example([])
@example(1)
@example({"start": 0, "end": 1, "tiers": []})
@example({"start": 0, "end": 1, "tiers": {"words": {"type": "interval", "entries": [[0, 1, None]]}}})
@example({"start": 0, "end": 1, "tiers": {"words": {"type": "interval", "entries": [[None, 1, "a"]]}}})
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_json_is_a_textgrid_or_the_users_error(tmp_path: Path, content: object) -> None:
    (tmp_path / "a.TextGrid").write_text(json.dumps(content))
    try:
        tiers = read_textgrid(tmp_path / "a.TextGrid")
    except UserError:
        return
    assert all(isinstance(i.label, str) for intervals in tiers.values() for i in intervals)


def test_what_is_no_textgrid_is_the_users_error(tmp_path: Path) -> None:
    (tmp_path / "a.TextGrid").write_text("nothing of the kind")
    for name in ("a.TextGrid", "missing.TextGrid"):
        with pytest.raises(UserError, match=name):
            read_textgrid(tmp_path / name)
