import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from tts.storage.files import atomic_write, write_text


def write_often(path: Path) -> int:
    for _ in range(200):
        write_text(path, "x" * 10_000)
    return os.getpid()


def test_a_file_that_could_not_be_written_leaves_the_old_one_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(OSError, match="disk full"), atomic_write(path) as draft:
        draft.write_text("half", "utf-8")
        raise OSError("disk full")
    assert path.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_where_a_draft_would_be_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    (tmp_path / f"a.txt.{os.getpid()}.part").symlink_to(tmp_path / "precious")
    write_text(tmp_path / "a.txt", "new")
    assert (tmp_path / "precious").read_text() == "mine" and (tmp_path / "a.txt").read_text() == "new"


def test_two_processes_may_write_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        writers = [pool.submit(write_often, path) for _ in range(2)]
        assert all(writer.result() for writer in writers)
    assert path.read_text("utf-8") == "x" * 10_000
    assert list(tmp_path.iterdir()) == [path]
