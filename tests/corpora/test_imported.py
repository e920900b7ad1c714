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
    [{"start": -1}, {"start": "soon"}, {"start": 4000}, {"source_seconds": float("inf")}, {"id": "../../etc/passwd"}],
)
def test_a_line_that_was_tampered_with_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=r"pieces\.jsonl:1: .*import again"):
        read("imported", imported(tmp_path / "in", PIECE | change))


def test_corrected_texts_are_written_into_its_lists(tmp_path: Path) -> None:
    two = PIECE | {"id": "long-0002", "text": "Two | three.", "more": [1, 2]}
    root, out = (
        imported(tmp_path / "in", PIECE, two, PIECE | {"id": "long-0003", "left_out": "short"}),
        tmp_path / "out",
    )
    (root / "metadata.csv").write_text("long-0001|One.\nlong-0002|Two , three.\n", "utf-8")
    out.mkdir()
    correct(out, Correction("long-0002", "Two | three.", "Too free."), Correction("long-0003", "One.", "Won."))
    for layout in ("auto", "imported"):
        written = write_back(open_corpus({"layout": layout, "root": str(root)}), out)
        assert written.ids == (["long-0002"] if layout == "auto" else []), written
        assert list(written.kept) == ["long-0003"]
    pieces = [json.loads(line) for line in (root / "pieces.jsonl").read_text("utf-8").splitlines()]
    assert pieces[1] == two | {"text": "Too free.", "heard": "Two | three."} and pieces[0] == PIECE
    assert (root / "metadata.csv").read_text("utf-8") == "long-0001|One.\nlong-0002|Too free.\n"
    assert (root / "metadata.csv.bak").read_text("utf-8") == "long-0001|One.\nlong-0002|Two , three.\n"
    assert [r.text for r in Imported(root=str(root))] == ["One.", "Too free."]
    correct(out, Correction("long-0002", "Too free.", "Two, three."))
    assert write_back(Imported(root=str(root)), out).ids == ["long-0002"]
    assert json.loads((root / "pieces.jsonl").read_text("utf-8").splitlines()[1])["heard"] == "Two | three."
    assert set(read_corrections(out).by_id) == {"long-0003"}


def test_a_list_that_its_owner_changed_is_left_as_it_is(tmp_path: Path) -> None:
    root, out = imported(tmp_path / "in", PIECE), tmp_path / "out"
    (root / "metadata.csv").write_text("long-0001|One, as I hear it.\n", "utf-8")
    out.mkdir()
    correct(out, Correction("long-0001", "One.", "Won."))
    assert write_back(Imported(root=str(root)), out).ids == ["long-0001"]
    assert (root / "metadata.csv").read_text("utf-8") == "long-0001|One, as I hear it.\n"
    assert [r.text for r in Imported(root=str(root))] == ["Won."]
