"""Folders that are named by languages or manners of speaking, and hold no speaker's recordings each."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.corpora.folders import read, remarked, sounds, text
from tts.corpora.auto import Auto
from tts.errors import UserError

SAID = "The rain has stopped."
Made = Callable[..., Path]


def beside(root: Path, *folders: str) -> Path:
    """A recording with its text in each folder."""
    for i, folder in enumerate(folders):
        text(sounds(root, f"{folder}/{i}.wav") / folder / f"{i}.txt", SAID)
    return root


def with_lists(root: Path, *folders: str, line: str = "{id}|{text}", name: str = "metadata.csv") -> Path:
    """A recording with its list in each folder."""
    for i, folder in enumerate(folders):
        sounds(root, f"{folder}/wavs/{i}.wav")
        text(root / folder / name, line.format(id=i, text=SAID, folder=folder))
    return root


def by_clients(root: Path, *folders: str, locale: bool = False) -> Path:
    line = "client_id\tpath\tsentence" + "\tlocale" * locale + "\nmia\t{id}.wav\t{text}" + "\t{folder}" * locale
    return with_lists(root, *folders, line=line, name="validated.tsv")


def of_readers(root: Path, *folders: str) -> Path:
    return with_lists(root, *(f"{folder}/by_book/female/mary/book" for folder in folders), line="{id}|{text}|{text}")


@pytest.mark.parametrize("made", [beside, with_lists, by_clients, of_readers])
@pytest.mark.parametrize("folders", [("en", "de"), ("english", "german"), ("en_US", "de_DE"), ("eng", "deu")])
def test_folders_of_several_languages_are_not_read_in_one(tmp_path: Path, made: Made, folders: tuple[str, str]) -> None:
    root = made(tmp_path, *folders)
    with pytest.raises(UserError, match=f"corpus.root, .* such as de of {folders[1]}/; or corpus.speaker_folder=1 if"):
        read("auto", root)
    assert {r.speaker for r in read("auto", root, speaker_folder=1)} == set(folders)
    assert [r.problem for r in read("auto", root / folders[1], language="de")] == [""]


@pytest.mark.parametrize("made", [beside, with_lists, by_clients, of_readers])
def test_a_folder_of_another_language(tmp_path: Path, made: Made) -> None:
    root = made(tmp_path, "de")
    with pytest.raises(
        UserError, match=r"are in de/, and corpus.language=en-us would be .*: give corpus.language=de; "
    ):
        read("auto", root)
    assert [r.text for r in read("auto", root, language="de")] == [SAID]


def test_folders_of_languages_that_a_column_says(tmp_path: Path) -> None:
    assert {r.language for r in read("auto", by_clients(tmp_path, "en", "de", locale=True))} == {"", "de"}


@pytest.mark.parametrize("names", [("ben", "dan"), ("js", "ms"), ("mia", "tom")])
def test_folders_that_are_called_as_people_are(tmp_path: Path, names: tuple[str, str]) -> None:
    assert {r.speaker for r in read("auto", beside(tmp_path, *names))} == set(names)
    assert remarked(Auto(str(tmp_path)).recognised()) == []


@pytest.mark.parametrize("made", [beside, with_lists])
@pytest.mark.parametrize(
    ("names", "what"), [(("happy", "sad"), "manners of speaking"), (("male", "female"), "no names")]
)
def test_folders_that_may_be_no_speakers_are_named(
    tmp_path: Path, made: Made, names: tuple[str, str], what: str
) -> None:
    (line,) = remarked(Auto(str(made(tmp_path, *names))).recognised())
    assert line.endswith(f"; if these are {what}, corpus.speaker=NAME takes all for one speaker's")
    assert remarked(Auto(str(tmp_path), speaker="mia").recognised()) == []
