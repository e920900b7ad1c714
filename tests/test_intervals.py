import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tts.errors import UserError
from tts.intervals import Interval, phone_tier, read_textgrid, write_textgrid


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


ROWS = {
    "nan": [("0", "nan", "a"), ("nan", "1", "b")],
    "first nan": [("nan", "0.5", "a"), ("0.5", "1", "b")],
    "infinite": [("0", "0.5", "a"), ("0.5", "inf", "b")],
    "beyond": [("0", "0.5", "a"), ("0.5", "1e999", "b")],
    "negative": [("-0.3", "0.5", "a"), ("0.5", "1", "b")],
    "overlapping": [("0", "0.7", "a"), ("0.5", "1", "b")],
    "backwards": [("0.5", "0.2", "a"), ("0.5", "1", "b")],
}


def written(rows: list[tuple[str, str, str]], form: str) -> str:
    head = ["xmin = 0", "xmax = 1"]
    if form == "json":
        entries = ", ".join(f'[{a}, {b}, "{label}"]' for a, b, label in rows)
        entries = entries.replace("nan", "NaN").replace("inf", "Infinity")
        tier_of = f'"class": "IntervalTier", "name": "phones", "xmin": 0, "xmax": 1, "entries": [{entries}]'
        return f'{{"xmin": 0, "xmax": 1, "tiers": [{{{tier_of}}}]}}'
    if form == "short":
        items = [cell for a, b, label in rows for cell in (a, b, f'"{label}"')]
        content = ["", "0", "1", "<exists>", "1", '"IntervalTier"', '"phones"', "0", "1", str(len(rows)), *items]
        return "\n".join(['File type = "ooTextFile short"', '"TextGrid"', *content]) + "\n"
    tier = ['class = "IntervalTier"', 'name = "phones"', *head, f"intervals: size = {len(rows)}"]
    for number, (a, b, label) in enumerate(rows, 1):
        tier += [f"intervals [{number}]:", f"xmin = {a}", f"xmax = {b}", f'text = "{label}"']
    file = [
        'File type = "ooTextFile"',
        'Object class = "TextGrid"',
        "",
        *head,
        "tiers? <exists>",
        "size = 1",
        "item []:",
    ]
    return "\n".join([*file, "item [1]:", *tier]) + "\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("form", ["long", "short", "json"])
@pytest.mark.parametrize("flaw", ROWS)
def test_times_that_are_none_are_refused_by_name(tmp_path: Path, flaw: str, form: str, encoding: str) -> None:
    path = tmp_path / "a.TextGrid"
    path.write_text(written([("0", "0.5", "a"), ("0.5", "1", "b")], form), encoding)
    assert phone_tier(path) == [Interval("a", 0.0, 0.5), Interval("b", 0.5, 1.0)]
    path.write_text(written(ROWS[flaw], form), encoding)
    with pytest.raises(UserError, match=r"a\.TextGrid"):
        phone_tier(path)


def test_what_is_no_textgrid_is_the_users_error(tmp_path: Path) -> None:
    (tmp_path / "a.TextGrid").write_text("nothing of the kind")
    for name in ("a.TextGrid", "missing.TextGrid"):
        with pytest.raises(UserError, match=name):
            read_textgrid(tmp_path / name)


def test_times_just_after_the_start_are_read_back(tmp_path: Path) -> None:
    """Python writes 0.00005 as 5e-05, which praatio reads no more."""
    for start in (1e-7, 6.2e-05, 1e-4, 2e-4):
        write_textgrid(tmp_path / "a.TextGrid", {"phones": [Interval("x", 0.0, start), Interval("a", start, 1.0)]}, 2.0)
        found = read_textgrid(tmp_path / "a.TextGrid")["phones"]
        assert found[-1].label == "a" and found[-1].start == pytest.approx(start, abs=1e-4)
