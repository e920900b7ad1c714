"""Times on the clock of the user's files: written, and read back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.alignment.export import may_write, read_alignment, read_earlier, write_alignment
from tts.alignment.files import Alignments, TimedFile
from tts.alignment.formats import FORMATS
from tts.alignment.own_files import RECORD, write_own
from tts.alignment.timing import Alignment
from tts.data.given_times import GivenTimes
from tts.data.manifest import Utterance
from tts.data.originals import originals
from tts.errors import UserError
from tts.intervals import Interval, read_textgrid, write_textgrid

OH = Utterance(
    id="oh", recording="oh", speaker="ann", split="train", text="Oh!", seconds=2.0, symbols=("<s>", "o", "</s>"),
    stress=(0, 1, 0), word=(-1, 0, -1), words=("oh",),
)  # fmt: skip


def utterance(id: str, seconds: float = 2.0, **more: Any) -> Utterance:
    return replace(OH, id=id, seconds=seconds, **({"recording": id} | more))


def piece(
    id: str, offset: float, seconds: float = 2.0, of: str = "a.wav", whole: float = 10.0, **more: object
) -> Utterance:
    return utterance(id, seconds, original=of, offset=offset, original_seconds=whole, **more)


def spoken(seconds: float = 2.0) -> Alignment:
    """A word in the middle of a recording, silence around it."""
    third = seconds / 3
    phones = [Interval("sil", 0.0, third), Interval("o", third, 2 * third), Interval("sil", 2 * third, seconds)]
    return Alignment([Interval("oh", third, 2 * third)], phones, [1.0, 0.5, 1.0], -10.0, 0.25)


def timed(*pieces: Utterance) -> TimedFile:
    (original,) = originals(pieces)
    return TimedFile.of(original, {u.id: spoken(u.seconds) for u in pieces})


def names(utterances: Sequence[Utterance]) -> dict[str, list[str]]:
    return {original.name: [u.id for u in original.utterances] for original in originals(utterances)}


def test_files_of_the_same_name_are_told_apart_by_their_folders() -> None:
    folders = ("x/a", "x/b", "y/b")
    talks = [piece(f"{i}-{start}", start, of=f"{f}/talk.flac") for i, f in enumerate(folders) for start in (1.0, 5.0)]
    assert [original.name for original in originals(talks)] == ["a-talk", "b-talk", "y-b-talk"]


@pytest.mark.parametrize("ending", ["TextGrid", "json"])
def test_files_that_were_timed_under_other_names_keep_them(tmp_path: Path, ending: str) -> None:
    talks = [piece(f"{f}-talk-{start}", start, of=f"{f}/talk.flac") for f in "ab" for start in (1.0, 5.0)]
    assert [original.named_in(tmp_path).name for original in originals(talks)] == ["a-talk", "b-talk"]
    for name in ("talk", "b-talk-1.0"):
        (tmp_path / f"{name}.{ending}").touch()
    assert [original.named_in(tmp_path).name for original in originals(talks)] == ["talk", "b-talk-1.0"]
    if ending == "TextGrid":
        times = GivenTimes(tmp_path, talks)
        assert [times.path(u).stem for u in talks] == ["talk"] * 2 + ["b-talk-1.0"] * 2
    (tmp_path / "b-talk.json").touch()
    assert [original.named_in(tmp_path).name for original in originals(talks)] == ["talk", "b-talk"]


def test_a_file_has_the_name_of_its_recording_or_its_own_where_there_are_several() -> None:
    cut = [piece("talk~02", 5.0), piece("talk~01", 1.0)]
    parts = [piece("x1", 0.0, of="day/long.wav"), piece("x2", 4.0, of="day/long.wav")]
    synthetic = [utterance("s~01", original=""), utterance("s~02", original="")]
    older = [utterance("o~01"), utterance("o~02")]
    assert names([*cut, *parts, *synthetic, *older]) == {
        "talk": ["talk~01", "talk~02"], "long": ["x1", "x2"], "s~01": ["s~01"], "s~02": ["s~02"], "o~01": ["o~01"],
        "o~02": ["o~02"],
    }  # fmt: skip


def test_names_are_never_given_twice() -> None:
    day, night = ([piece(f"{d}{n}", 3.0 * n, of=f"{d}/a.wav") for n in range(2)] for d in ("day", "night"))
    assert names([*day, *night, piece("a", 0.0, of="b.wav")]) == {
        "day-a": ["day0", "day1"], "night-a": ["night0", "night1"], "a": ["a"],
    }  # fmt: skip
    assert list(names([*day, *night])) == ["day-a", "night-a"]
    cut = [piece("a~01", 0.5, of="a.wav"), piece("a~02", 5.0, of="a.wav")]
    assert names([*cut, *(piece(f"p{n}", 3.0 * n, of="x/a~01.wav") for n in range(2))]) == {
        "a": ["a~01", "a~02"], "p0": ["p0", "p1"],
    }  # fmt: skip


def test_a_name_that_leaves_no_room_for_its_endings_is_not_taken(tmp_path: Path) -> None:
    for length, name in ((200, "n" * 200), (201, "p0"), (240, "p0")):
        file = timed(*(piece(f"p{n}", 3.0 * n, of=f"{'n' * length}.wav") for n in range(2)))
        assert file.name == name
        write_alignment(tmp_path, file, "source")


def test_a_file_that_is_listed_twice_counts_twice_but_two_people_may_speak_at_once() -> None:
    assert list(names([piece("x", 1.0), piece("y", 1.5)])) == ["x", "y"]
    assert list(names([piece("x", 1.0), piece("y", 1.5, speaker="bob")])) == ["a"]


def test_the_tiers_cover_the_file_and_gaps_are_empty(tmp_path: Path) -> None:
    write_alignment(tmp_path, timed(piece("a~01", 1.0), piece("a~02", 5.0)), "source")
    tiers = read_textgrid(tmp_path / "a.TextGrid", blanks=True)
    assert [(i.label, i.start, i.end) for i in tiers["phones"] if i.label != "o"] == [
        ("", 0.0, 1.0), ("sil", 1.0, 1.666667), ("sil", 2.333333, 3.0), ("", 3.0, 5.0), ("sil", 5.0, 5.666667),
        ("sil", 6.333333, 7.0), ("", 7.0, 10.0),
    ]  # fmt: skip
    assert [i.end for i in tiers["words"]][-1] == 10.0
    said = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert (said["audio"], said["seconds"], said["score"], said["misfit"]) == ("a.wav", 10.0, -10.0, 0.25)
    assert [(u["id"], u["start"], u["end"]) for u in said["utterances"]] == [("a~01", 1.0, 3.0), ("a~02", 5.0, 7.0)]


def test_people_of_one_file_have_tiers_each_and_are_read_back(tmp_path: Path) -> None:
    both = [piece("x", 1.0), piece("y", 2.0, speaker='bob "B"')]
    write_alignment(tmp_path, timed(*both), "source")
    tiers = read_textgrid(tmp_path / "a.TextGrid")
    assert list(tiers) == ["ann - words", "ann - phones", 'bob "B" - words', 'bob "B" - phones']
    times = GivenTimes(tmp_path, both)
    assert all(close(times.read(u).phones, spoken().phones) for u in both)


def close(found: Sequence[Interval], expected: Sequence[Interval]) -> bool:
    """Whether two lists are the same but for the rounding to microseconds."""
    return [i.label for i in found] == [i.label for i in expected] and all(
        a == pytest.approx(b, abs=2e-6)
        for i, j in zip(found, expected, strict=True)
        for a, b in zip(i[1:], j[1:], strict=True)
    )


@given(st.lists(st.tuples(st.floats(0, 0.3), st.floats(0.3, 4)), min_size=1, max_size=5), st.floats(0, 0.5))
def test_what_is_written_is_read_back_wherever_the_pieces_are(
    tmp_path_factory: pytest.TempPathFactory, spans: list[tuple[float, float]], rest: float
) -> None:
    """Neither a sliver of a neighbour nor of a gap is taken for a part of a piece."""
    folder = tmp_path_factory.mktemp("timings")
    whole = sum(gap + seconds for gap, seconds in spans) + rest
    pieces, passed = [], 0.0
    for number, (gap, seconds) in enumerate(spans, 1):
        pieces.append(piece(f"a~{number:02d}", passed + gap, seconds, whole=whole))
        passed += gap + seconds
    file = timed(*pieces)
    write_alignment(folder, file, "source")
    times = GivenTimes(folder, pieces)
    assert all(close(times.read(u).phones, spoken(u.seconds).phones) for u in pieces)
    known = read_alignment(folder, file.original, "source")
    assert known is not None and known.parts == file.parts
    assert read_alignment(folder, file.original, "another") is None


@pytest.mark.parametrize("front", [0.0, 0.004, 0.03, 1.0])
@pytest.mark.parametrize("behind", [0.0, 0.05, 2.0])
def test_whose_clock_a_textgrid_is_on_its_length_says(tmp_path: Path, front: float, behind: float) -> None:
    own = piece("a", front, of="wavs/a.wav", whole=front + 2.0 + behind)
    on_copy, on_file = spoken().phones, spoken().shifted(front).phones
    for name, phones, end in (("copy", on_copy, own.seconds), ("file", on_file, own.original_seconds)):
        (tmp_path / name).mkdir()
        write_textgrid(tmp_path / name / "a.TextGrid", {"phones": phones}, end)
        assert close(GivenTimes(tmp_path / name, [own]).read(own).phones, on_copy), name


def test_a_textgrid_that_is_as_long_as_neither_is_named(tmp_path: Path) -> None:
    own = piece("a", 1.0, of="wavs/a.wav")
    write_textgrid(tmp_path / "a.TextGrid", {"phones": spoken().phones}, 5.0)
    lengths = r"a\.TextGrid: 5\.00 s long, but wavs/a\.wav has 10\.00 s and the prepared recording 2\.00 s"
    with pytest.raises(UserError, match=lengths):
        GivenTimes(tmp_path, [own]).read(own)
    old = utterance("a")
    with pytest.raises(UserError, match=r"but the recording has 2\.00 s; .*prepare the corpus again.*up to 0\.5"):
        GivenTimes(tmp_path, [old]).read(old)


def test_a_piece_s_own_textgrid_comes_before_that_of_its_file(tmp_path: Path) -> None:
    """As of an aligner that was given the prepared recordings, or of an earlier version and changed by hand."""
    pieces = [piece("a~01", 1.0), piece("a~02", 5.0)]
    write_alignment(tmp_path, timed(*pieces), "source")
    other = [Interval("sil", 0.0, 1.0), Interval("o", 1.0, 2.0)]
    write_textgrid(tmp_path / "a~02.TextGrid", {"phones": other})
    times = GivenTimes(tmp_path, pieces)
    assert close(times.read(pieces[0]).phones, spoken().phones) and times.read(pieces[1]).phones == other


def test_a_tier_that_stops_early_is_as_long_as_its_file(tmp_path: Path) -> None:
    """Some programs write no blank interval at the end."""
    own = piece("a", 1.0)
    write_textgrid(tmp_path / "a.TextGrid", {"phones": spoken().shifted(1.0).phones[:2]}, 10.0)
    grid = (tmp_path / "a.TextGrid").read_text("utf-8")
    assert "intervals: size = 4" in grid
    last = grid.rindex("        intervals [4]")
    (tmp_path / "a.TextGrid").write_text(grid[:last].replace("intervals: size = 4", "intervals: size = 3"), "utf-8")
    found = GivenTimes(tmp_path, [own]).read(own).phones
    assert close(found, [*spoken().phones[:2], Interval("", *spoken().phones[2][1:])])


def test_timings_of_an_earlier_version_are_read_and_outdated_ones_removed(tmp_path: Path) -> None:
    pieces = [piece("a~01", 1.0), piece("a~02", 5.0)]
    for old in pieces:
        write_alignment(tmp_path, timed(replace(old, original=None, offset=None, original_seconds=None)), "source")
        card = json.loads((tmp_path / f"{old.id}.json").read_text("utf-8"))
        for key in ("audio", "seconds", "utterances"):
            del card[key]
        (tmp_path / f"{old.id}.json").write_text(json.dumps(card), "utf-8")
        assert read_earlier(tmp_path, old, "source") == spoken().rounded()
    changed = tmp_path / "a~02.TextGrid"
    changed.write_text(changed.read_text("utf-8").replace('"sil"', '"SIL"'), "utf-8")
    assert not may_write(tmp_path, "a~02")
    write_alignment(tmp_path, timed(*pieces), "source")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.TextGrid", "a.json", "a~02.TextGrid", "a~02.json"]


def written(format: str, out: Path, *files: TimedFile) -> list[str]:
    return sorted(path.name for path in FORMATS[format](out, Alignments(files)))


@pytest.mark.parametrize("format", ["srt", "vtt", "eaf"])
def test_what_was_changed_by_hand_is_not_written_over(
    format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, other = timed(piece("a", 1.0)), timed(piece("b", 1.0, of="b.wav"))
    (tmp_path / f"b.{format}").write_text("mine")
    assert written(format, tmp_path, file, other) == [f"a.{format}"]
    assert f"b.{format}: changed by hand" in capsys.readouterr().out
    assert (tmp_path / f"b.{format}").read_text() == "mine"
    assert written(format, tmp_path, file) == [f"a.{format}"]
    (tmp_path / f"a.{format}").write_text("corrected")
    assert written(format, tmp_path, file, other) == []
    assert f"a.{format} and 1 more: changed by hand" in capsys.readouterr().out
    (tmp_path / f"a.{format}").unlink()
    (tmp_path / ".written.json").write_text("[1]")
    assert written(format, tmp_path, file) == [f"a.{format}"]


def test_a_run_that_was_stopped_leaves_files_that_the_next_may_write(tmp_path: Path) -> None:
    def contents(version: int, stop: int = 3) -> Iterator[tuple[str, str]]:
        for number in range(3):
            if number == stop:
                raise KeyboardInterrupt
            yield f"{number}.srt", f"{version}\n"

    with pytest.raises(KeyboardInterrupt):
        write_own(tmp_path, contents(1, stop=2))
    assert len(write_own(tmp_path, contents(2))) == 3
    (tmp_path / RECORD).unlink()  # as of a run that was killed
    assert len(write_own(tmp_path, contents(2))) == len(write_own(tmp_path, contents(3))) == 3
    assert {path.read_text() for path in tmp_path.glob("*.srt")} == {"3\n"}


def test_a_package_s_format_gets_times_of_the_file() -> None:
    aligned = Alignments([timed(piece("a~01", 1.0), piece("a~02", 5.0)), timed(piece("b", 0.5, of="b.wav"))])
    assert [(u.id, found.phones[0].start) for u, found in aligned] == [("a~01", 1.0), ("a~02", 5.0), ("b", 0.5)]
    assert len(aligned) == 3 and aligned[-1][0].id == "b" and len(aligned[:2]) == 2


def test_the_ctm_names_the_file(tmp_path: Path) -> None:
    assert written("ctm", tmp_path, timed(piece("a b~01", 1.0), piece("a b~02", 5.0))) == ["phones.ctm", "words.ctm"]
    assert (tmp_path / "words.ctm").read_text("utf-8").splitlines() == [
        "a_b 1 1.6667 0.6667 oh 0.5000", "a_b 1 5.6667 0.6667 oh 0.5000",
    ]  # fmt: skip


def test_what_only_a_neighbour_says_is_not_counted() -> None:
    """Nor anything beyond the end of the file, as by rounding when it was resampled."""
    file = timed(piece("a~01", 1.0), piece("a~02", 2.9999), piece("a~03", 8.00003))
    phones = [i for i, _ in file.phones]
    assert all(a.end <= b.start for a, b in pairwise(phones)) and phones[-1].end == 10.0


@pytest.mark.parametrize(
    "damage", [3, [3], [{}], [{"id": "a", "words": float("inf"), "phones": 1}], [{"id": [], "words": 1, "phones": 1}]]
)
def test_damaged_timings_are_made_anew(tmp_path: Path, damage: object) -> None:
    file = timed(piece("a", 1.0))
    write_alignment(tmp_path, file, "source")
    card = json.loads((tmp_path / "a.json").read_text("utf-8"))
    (tmp_path / "a.json").write_text(json.dumps(card | {"utterances": damage}), "utf-8")
    assert read_alignment(tmp_path, file.original, "source") is None


def test_no_id_makes_a_hidden_file() -> None:
    assert names([piece("~01", 1.0)]) == {"~01": ["~01"]}
    assert list(names([piece("x", 1.0, of=".."), piece("y", 5.0, of="..")])) == ["x"]
