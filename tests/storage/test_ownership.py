from pathlib import Path

import pytest

from tts.errors import UserError
from tts.storage.ownership import MARK, claim, kind_of


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_new_or_empty_folder_is_made_ones_own_and_stays_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "new" / "deep", tmp_path / "empty"):
        claim(folder, "alignment", "out")
        assert kind_of(folder) == "alignment"
        (folder / "a.TextGrid").write_text("made later", "utf-8")
        claim(folder, "alignment", "out")


def test_what_systems_and_shells_leave_is_nobodys(tmp_path: Path) -> None:
    for name in (".DS_Store", ".directory", ".nfs0001", "nohup.out", "train.log", "slurm-7.out", "run.err", "log.txt"):
        (tmp_path / name).write_text("x", "utf-8")
    claim(tmp_path, "training", "run_dir")
    assert kind_of(tmp_path) == "training"


@pytest.mark.parametrize("name", ["voice/rec.wav", "notes.txt", "0001.wav", ".git/config"])
def test_a_folder_that_holds_anything_else_is_refused_by_name_and_left_alone(name: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine", "utf-8")
    before = content(tmp_path)
    with pytest.raises(UserError, match=rf"{tmp_path.name}: holds {name.split('/')[0]}.*run_dir=PATH"):
        claim(tmp_path, "training", "run_dir")
    assert content(tmp_path) == before


def test_a_folder_made_for_something_else_is_refused(tmp_path: Path) -> None:
    claim(tmp_path, "alignment", "out")
    with pytest.raises(UserError, match="made by alignment, not by preparation"):
        claim(tmp_path, "preparation", "corpus.out")


@pytest.mark.parametrize(
    "mark", ["", "[]", "{}", '{"made_by": "another", "kind": "alignment"}', '{"made_by": "smma-tts"}']
)
def test_a_mark_that_is_not_ours_is_none(mark: str, tmp_path: Path) -> None:
    (tmp_path / MARK).write_text(mark, "utf-8")
    (tmp_path / "x").write_text("mine", "utf-8")
    with pytest.raises(UserError, match="holds"):
        claim(tmp_path, "alignment", "out")


def test_what_an_earlier_version_made_is_recognised_and_marked(tmp_path: Path) -> None:
    (tmp_path / "last.pt").write_text("x", "utf-8")
    claim(tmp_path, "training", "run_dir", recognised=lambda folder: (folder / "last.pt").exists())
    assert kind_of(tmp_path) == "training"


def test_a_link_to_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to(tmp_path / "gone")
    with pytest.raises(UserError, match="out: a link to nowhere; give a folder as out=PATH"):
        claim(tmp_path / "out", "synthesis", "out")
    assert not (tmp_path / "gone").exists()


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", "utf-8")
    with pytest.raises(UserError, match="out: a file; give a folder as out=PATH"):
        claim(tmp_path / "out", "synthesis", "out")
    assert (tmp_path / "out").read_text("utf-8") == "mine"
