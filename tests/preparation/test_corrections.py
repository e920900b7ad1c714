"""Corrections of a prepared corpus: applied when it is prepared again, to nothing else, and taken back."""

import json
from pathlib import Path

import pytest
from recordings import reasons, rec, run, spoken

from tts.data.manifest import read_manifest
from tts.errors import UserError
from tts.preparation.corrections import COPY, NAME, Correction, correct, read_corrections
from tts.preparation.limits import Limits


def texts(folder: Path) -> dict[str, str]:
    return {u.id: u.text for u in read_manifest(folder).utterances}


def test_a_corrected_text_is_prepared_in_place_of_the_corpus_s(tmp_path: Path) -> None:
    recordings = rec("a", spoken(1.0)), rec("b", spoken(1.2))
    run(tmp_path, *recordings)
    correct(tmp_path, Correction("a", "one two three", "four  five\u0301 six"))
    run(tmp_path, *recordings)
    assert texts(tmp_path) == {"a": "four fivé six", "b": "one two three"}
    assert "f" in read_manifest(tmp_path).utterances[0].symbols
    correct(tmp_path, Correction("a", "one two three", "one two three"))
    run(tmp_path, *recordings)
    assert texts(tmp_path) == {"a": "one two three", "b": "one two three"} and not read_corrections(tmp_path).by_id


def test_only_what_is_corrected_is_done_again(tmp_path: Path) -> None:
    recordings = rec("a", spoken(1.0)), rec("b", spoken(1.2))
    run(tmp_path, *recordings)
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "audio").iterdir()}
    correct(tmp_path, Correction("a", "one two three", "four five six"))
    correct(tmp_path, Correction("b", "one two three", verdict="accepted"))
    run(tmp_path, *recordings)
    changed = {p.name for p in (tmp_path / "audio").iterdir() if p.stat().st_mtime_ns != before[p.name]}
    assert changed == {"a.flac"}


def test_what_was_rejected_in_review_is_left_out_and_comes_back(tmp_path: Path) -> None:
    recordings = rec("a", spoken(1.0)), rec("b", spoken(1.2))
    run(tmp_path, *recordings)
    correct(tmp_path, Correction("a", "one two three", verdict="rejected"))
    run(tmp_path, *recordings)
    assert list(texts(tmp_path)) == ["b"] and reasons(tmp_path) == {"a": "rejected in review"}
    assert not (tmp_path / "audio/a.flac").exists()
    correct(tmp_path, Correction("a", "one two three"))
    run(tmp_path, *recordings)
    assert list(texts(tmp_path)) == ["a", "b"]


def test_a_piece_of_a_recording_is_corrected_by_its_own_id(tmp_path: Path) -> None:
    long = rec("long", spoken(3.0, 3.0), text="abcde fghij klmno. pqrst uvwxy zabcd.")
    limits = Limits(cut_seconds=5.0, max_seconds=6.0)
    run(tmp_path, long, limits=limits)
    assert texts(tmp_path) == {"long~01": "abcde fghij klmno.", "long~02": "pqrst uvwxy zabcd."}
    correct(tmp_path, Correction("long~02", "pqrst uvwxy zabcd.", "pqrst uvwxy yes."))
    correct(tmp_path, Correction("long~01", "abcde fghij klmno.", verdict="rejected"))
    report = run(tmp_path, long, limits=limits)
    assert texts(tmp_path) == {"long~02": "pqrst uvwxy yes."} and report.stale == []
    assert reasons(tmp_path) == {"long~01": "rejected in review"}


def test_a_correction_of_another_text_is_not_applied_and_named(tmp_path: Path) -> None:
    correct(tmp_path, Correction("a", "what it was", "four five six"))
    correct(tmp_path, Correction("gone", "no more", "four"))
    report = run(tmp_path, rec("a", spoken(1.0)))
    assert texts(tmp_path) == {"a": "one two three"} and report.stale == ["a", "gone"]
    assert "not corrected" in report.table() and "a, gone" in report.table()


def test_a_corrected_text_that_cannot_be_spoken_rejects_its_recording_only(tmp_path: Path) -> None:
    recordings = rec("a", spoken(1.0)), rec("b", spoken(1.2))
    run(tmp_path, *recordings)
    correct(tmp_path, Correction("a", "one two three", "?!"))
    run(tmp_path, *recordings)
    assert list(texts(tmp_path)) == ["b"] and reasons(tmp_path) == {"a": "unpronounceable text"}


def test_the_file_before_each_change_is_kept(tmp_path: Path) -> None:
    correct(tmp_path, Correction("a", "one", "two"))
    first = (tmp_path / NAME).read_bytes()
    correct(tmp_path, Correction("b", "one", "\u2028three<script>"))
    assert (tmp_path / COPY).read_bytes() == first
    assert [json.loads(line)["id"] for line in (tmp_path / NAME).read_bytes().split(b"\n") if line] == ["a", "b"]
    assert read_corrections(tmp_path).by_id["b"].text == "\u2028three<script>"


@pytest.mark.parametrize(
    "line", ["{", '{"id": "a"}', '{"id": 3, "was": ""}', '{"id": "a", "was": "", "verdict": "x"}', "[" * 5000]
)
def test_a_damaged_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / NAME).write_text(f'{{"id": "a", "was": "b"}}\n{line}\n', "utf-8")
    with pytest.raises(UserError, match=r"corrections\.jsonl:2"):
        read_corrections(tmp_path)
