"""Which files are imported, under which names, with which text."""

from __future__ import annotations

from pathlib import Path

import pytest

from tts.errors import UserError
from tts.importing.sources import find_sources


def test_names_are_safe_and_differ(tmp_path: Path) -> None:
    for name in ("a/one.mp3", "b/one.wav", "b/One.flac", "Straße & Co.ogg", "..x.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = find_sources(tmp_path, None)
    names = [source.name for source in found]
    assert sorted(names) == ["Straße_Co", "a-one", "b-One", "b-one_2", "x"]


def test_the_text_is_beside_the_sound_or_given(tmp_path: Path) -> None:
    (tmp_path / "one.mp3").touch()
    (tmp_path / "one.txt").write_bytes("\ufeffHello.".encode())
    (tmp_path / "two.mp3").touch()
    one, two = find_sources(tmp_path, None)
    assert (one.text, two.text) == ("Hello.", None)
    given = find_sources(tmp_path / "two.mp3", tmp_path / "one.txt")
    assert given[0].text == "Hello."


def test_one_text_for_several_files_is_shared(tmp_path: Path) -> None:
    for name in ("one.wav", "two.wav", "two.txt", "text.txt"):
        (tmp_path / name).write_text("Hello.")
    found = find_sources(tmp_path, tmp_path / "text.txt")
    assert [(source.text_path, source.shared) for source in found] == [(tmp_path / "text.txt", True)] * 2
    with pytest.raises(UserError, match="no such file"):
        find_sources(tmp_path, tmp_path / "none.txt")


def test_what_is_no_text_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "one.wav").touch()
    (tmp_path / "one.txt").write_bytes(b"\xff\xfe\x00a")
    with pytest.raises(UserError, match=r"one\.txt: not UTF-8"):
        _ = find_sources(tmp_path, None)[0].text


def test_a_name_that_ends_like_a_number_is_not_given_twice(tmp_path: Path) -> None:
    for name in ("a.wav", "a_2.wav", "~a.wav", "~a.mp3"):
        (tmp_path / name).touch()
    names = [source.name for source in find_sources(tmp_path, None)]
    assert len({name.casefold() for name in names}) == 4


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"PK\x03\x04\x14\0", "a document of Word, or an archive, and no text"),
        (b"%PDF-1.7\n%abc", "a PDF, and no text; save it as plain text"),
        (b"{\\rtf1 Hello.}", "rich text, and no text"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><p>Hello.</p>", "a web page or XML, and no text"),
        (b'[{"text": "Hello."}]', "JSON, and no text"),
        (b'{"text": "Hello."}\n{"text": "You."}\n', "JSON, and no text"),
        (b"<?xml version='1.0'?><p>Hello.</p>", "a web page or XML, and no text"),
        (b" \r\n...", "holds no words"),
        ("Hello.".encode("utf-16-le"), "zero bytes; save the file as UTF-8"),
    ],
)
def test_a_text_without_words_is_refused_by_name(tmp_path: Path, content: bytes, complaint: str) -> None:
    (tmp_path / "one.wav").touch()
    (tmp_path / "one.txt").write_bytes(content)
    with pytest.raises(UserError, match=rf"one\.txt: .*{complaint}"):
        _ = find_sources(tmp_path, None)[0].text
