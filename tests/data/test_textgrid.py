from pathlib import Path

import pytest

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


def test_what_is_no_textgrid_is_the_users_error(tmp_path: Path) -> None:
    (tmp_path / "a.TextGrid").write_text("nothing of the kind")
    for name in ("a.TextGrid", "missing.TextGrid"):
        with pytest.raises(UserError, match=name):
            read_textgrid(tmp_path / name)
