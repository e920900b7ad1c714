"""A folder of `tts-import` as a corpus."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.corpora.folders import read, rows, sounds
from tts.corpora.corpus import NotThisLayout
from tts.corpora.imported import Imported
from tts.corpora.registry import open_corpus
from tts.errors import UserError
from tts.preparation.corrections import Correction, correct, read_corrections
from tts.preparation.write_back import write_back

PIECE = {"id": "long-0001", "text": "One.", "speaker": "", "source": "/far/long.mp3", "start": 12.5, "end": 12.6,
         "source_seconds": 3600.0, "left_out": ""}  # fmt: skip


def imported(folder: Path, *pieces: dict[str, Any]) -> Path:
    sounds(folder / "wavs", *(f"{Path(str(piece['id'])).name}.flac" for piece in pieces))
    (folder / ".smma-tts.json").write_text('{"made_by": "smma-tts", "kind": "import"}', "utf-8")
    (folder / "metadata.csv").write_text("".join(f"{p['id']}|{p['text']}\n" for p in pieces), "utf-8")
    (folder / "pieces.jsonl").write_text("".join(json.dumps(piece) + "\n" for piece in pieces), "utf-8")
    return folder


@pytest.mark.parametrize("layout", ["imported", "auto"])
def test_pieces_that_are_kept_are_on_the_clock_of_their_recording(tmp_path: Path, layout: str) -> None:
    root = imported(
        tmp_path / "in", PIECE, PIECE | {"id": "long-0002", "left_out": "sounds like another text"},
        PIECE | {"id": "long-0003", "speaker": "speaker2"},
    )  # fmt: skip
    recordings = read(layout, root, name="me")
    assert rows(recordings) == [("long-0001", "me", "One."), ("long-0003", "speaker2", "One.")]
    sound = recordings[0].load()
    assert (recordings[0].file, sound.start, sound.file_seconds) == ("/far/long.mp3", 12.5, 3600)


def test_a_folder_of_somebody_else_is_no_import(tmp_path: Path) -> None:
    root = imported(tmp_path / "in", PIECE)
    (root / ".smma-tts.json").unlink()
    with pytest.raises(NotThisLayout, match="no folder that tts-import made"):
        read("imported", root)


@pytest.mark.parametrize(
    "change",
    [
        {"start": -1},
        {"start": "soon"},
        {"start": 4000},
        {"source_seconds": float("inf")},
        {"end": float("inf")},
        {"end": 1e308},
        {"id": "../../etc/passwd"},
        {"id": 5},
        {"speaker": None},
        {"left_out": None},
        {"text": None},
        {"start": 10**400},
    ],
)
def test_a_line_that_was_tampered_with_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=r"pieces\.jsonl:1: .*import again"):
        read("imported", imported(tmp_path / "in", PIECE | change))


def test_corrected_texts_are_written_beside_its_pieces_and_into_its_list(tmp_path: Path) -> None:
    two = PIECE | {"id": "long-0002", "text": "Two | three.", "start": 20.0, "end": 20.1, "more": [1, 2]}
    left_out = PIECE | {"id": "long-0003", "left_out": "short"}
    root, out = imported(tmp_path / "in", PIECE, two, left_out), tmp_path / "out"
    (root / "metadata.csv").write_text("long-0001|One.\nlong-0002|Two , three.\n", "utf-8")
    manifest = (root / "pieces.jsonl").read_bytes()
    out.mkdir()
    correct(out, Correction("long-0002", "Two | three.", "Too free."), Correction("long-0003", "One.", "Won."))
    for layout in ("auto", "imported"):
        written = write_back(open_corpus({"layout": layout, "root": str(root)}), out)
        assert written.ids == (["long-0002"] if layout == "auto" else []), written
        assert list(written.kept) == ["long-0003"]
    (line,) = (root / "corrected.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line) == {
        "id": "long-0002", "start": 20.0, "end": 20.1, "source_seconds": 3600.0, "heard": "Two | three.",
        "text": "Too free.",
    }  # fmt: skip
    assert (root / "pieces.jsonl").read_bytes() == manifest
    assert (root / "metadata.csv").read_text("utf-8") == "long-0001|One.\nlong-0002|Too free.\n"
    assert (root / "metadata.csv.bak").read_text("utf-8") == "long-0001|One.\nlong-0002|Two , three.\n"
    assert [r.text for r in Imported(root=str(root))] == ["One.", "Too free."]
    correct(out, Correction("long-0002", "Too free.", "Two, three."))
    assert write_back(Imported(root=str(root)), out).ids == ["long-0002"]
    correct(out, Correction("long-0002", "Two, three.", "Two | three."))
    assert write_back(Imported(root=str(root)), out).ids == ["long-0002"], "as it was heard after all"
    assert (root / "corrected.jsonl").read_text("utf-8") == ""
    assert set(read_corrections(out).by_id) == {"long-0003"}


@pytest.mark.parametrize("change", ["edited", "read-only", "link"])
def test_a_list_that_is_its_owner_s_is_left_as_it_is(tmp_path: Path, change: str) -> None:
    root, out = imported(tmp_path / "in", PIECE), tmp_path / "out"
    if change == "edited":
        (root / "metadata.csv").write_text("long-0001|One, as I hear it.\n", "utf-8")
    elif change == "read-only":
        (root / "metadata.csv").chmod(0o444)
    else:
        (root / "metadata.csv").rename(tmp_path / "mine.csv")
        (root / "metadata.csv").symlink_to(tmp_path / "mine.csv")
    before = (root / "metadata.csv").read_text("utf-8")
    out.mkdir()
    correct(out, Correction("long-0001", "One.", "Won."))
    assert write_back(Imported(root=str(root)), out).ids == ["long-0001"]
    assert (root / "metadata.csv").read_text("utf-8") == before
    assert [r.text for r in Imported(root=str(root))] == ["Won."]


def test_a_corrected_text_goes_with_its_place_in_the_recording(tmp_path: Path) -> None:
    root, out = (
        imported(tmp_path / "in", PIECE, PIECE | {"id": "long-0002", "start": 20, "end": 20.1}),
        tmp_path / "out",
    )
    out.mkdir()
    correct(out, Correction("long-0002", "One.", "Won."))
    write_back(Imported(root=str(root)), out)
    imported(root, PIECE | {"id": "other-0001", "start": 20, "end": 20.1}, PIECE | {"id": "other-0002"})
    assert [r.text for r in Imported(root=str(root))] == ["Won.", "One."]


def test_sound_that_is_not_as_long_as_its_times_say_is_refused(tmp_path: Path) -> None:
    root = imported(tmp_path / "in", PIECE | {"end": 14.0})
    with pytest.raises(UserError, match=r"0\.10 s where pieces\.jsonl says 1\.50; import again"):
        next(iter(Imported(root=str(root)))).load()


@pytest.mark.parametrize("line", ["5", '{"id": "a"}', "{", "[" * 100_000, '{"id": "a", "start": 1e999}'])
def test_a_corrected_text_that_cannot_be_read_is_named(tmp_path: Path, line: str) -> None:
    root = imported(tmp_path / "in", PIECE)
    (root / "corrected.jsonl").write_text(f"\n{line}\n", "utf-8")
    with pytest.raises(UserError, match=r"corrected\.jsonl:2"):
        list(Imported(root=str(root)))


def test_two_recordings_with_the_same_text_at_the_same_place(tmp_path: Path) -> None:
    other = PIECE | {"id": "twin-0001", "source": "/far/twin.mp3"}
    root, out = imported(tmp_path / "in", PIECE, other), tmp_path / "out"
    out.mkdir()
    correct(out, Correction("twin-0001", "One.", "Won."))
    assert write_back(Imported(root=str(root)), out).ids == ["twin-0001"]
    assert [r.text for r in Imported(root=str(root))] == ["One.", "Won."]
    correct(out, Correction("long-0001", "One.", "Wan."))
    assert write_back(Imported(root=str(root)), out).ids == ["long-0001"]
    assert [r.text for r in Imported(root=str(root))] == ["Wan.", "Won."]
    imported(root, PIECE)
    assert [r.text for r in Imported(root=str(root))] == ["Wan."]


def test_an_import_without_its_list_of_pieces_is_not_finished(tmp_path: Path) -> None:
    root = imported(tmp_path / "in", PIECE)
    (root / "pieces.jsonl").unlink()
    with pytest.raises(UserError, match="an import that is not finished; run tts-import again"):
        read("auto", root)


@pytest.mark.parametrize("given", ["", "metadata.csv"])
def test_what_the_next_import_would_undo_is_not_written(tmp_path: Path, given: str) -> None:
    root, out = imported(tmp_path / "in", PIECE), tmp_path / "out"
    out.mkdir()
    correct(out, Correction("long-0001", "One.", "Won."))
    written = write_back(open_corpus({"layout": "ljspeech", "root": str(root / given)}), out)
    assert not written.ids and "give corpus=imported" in written.kept["long-0001"]
    (root / "corrected.jsonl").symlink_to(tmp_path / "elsewhere")
    kept = write_back(Imported(root=str(root)), out).kept
    assert kept["long-0001"].endswith("corrected.jsonl is a link")
    assert (root / "metadata.csv").read_text("utf-8") == "long-0001|One.\n"
