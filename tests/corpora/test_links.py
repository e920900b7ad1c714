"""Links among the folders of a corpus: what they lead to is read once."""

from pathlib import Path

import pytest

from tests.corpora.folders import read, rows, sounds, text

LINES = "0|The rain has stopped.\n1|A door stood open.\n"


def test_a_folder_of_a_speaker_that_a_link_leads_to_is_read_once(tmp_path: Path) -> None:
    text(sounds(tmp_path / "set/v1", "wavs/0.wav", "wavs/1.wav") / "metadata.csv", LINES)
    (tmp_path / "set/current").symlink_to("v1")
    assert [speaker for _, speaker, _ in rows(read("auto", tmp_path / "set"))] == ["v1", "v1"]
    (tmp_path / "other").mkdir()
    (tmp_path / "other/mia").symlink_to(tmp_path / "set/v1")
    assert [speaker for _, speaker, _ in rows(read("auto", tmp_path / "other"))] == ["mia", "mia"]


@pytest.mark.parametrize(("link", "target"), [("a/up", ".."), ("latest", ".")])
def test_a_link_that_leads_back_up_is_no_other_corpus(tmp_path: Path, link: str, target: str) -> None:
    text(sounds(tmp_path, "a/0.wav", "a/1.wav") / "metadata.csv", LINES)
    (tmp_path / link).symlink_to(target)
    assert [id for id, *_ in rows(read("auto", tmp_path))] == ["0", "1"]
