"""Folders that no layout reads, and what makes a corpus of them."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import islice
from pathlib import Path
from shlex import quote

from tts.corpora.beside import TEXT_FOLDERS
from tts.corpora.lists.files import audio_files, composed, stem
from tts.corpora.lists.in_folder import ENDINGS
from tts.corpora.lists.rows import JSON
from tts.corpora.lists.table import Table

SPREADSHEETS = (".xlsx", ".xls", ".ods", ".numbers")
SUBTITLES = (".srt", ".vtt", ".ass", ".lrc")
TIMES = (".textgrid", ".eaf", ".ctm")
NOTES = re.compile(r"\.|readme|licen[cs]e", re.IGNORECASE)
SEPARATORS = re.compile(r"[|\t\r\n,;:()\"' ]+")
LOOKED_AT = 1000
"""Files that may be lists."""


def what_to_do(root: Path) -> str:
    """The end of an error about a folder."""
    files = [path for path in sorted(root.rglob("*")) if path.is_file()]
    if (root / "wav.scp").is_file():
        return (
            f"; Kaldi's files are converted by `lhotse kaldi import {root} RATE FOLDER`, RATE being the recordings' "
            "sample rate in Hz: then give corpus.root=FOLDER"
        )
    sounds = audio_files(root)
    if not sounds:
        return _spreadsheet(root, files) or "; no .wav, .flac, .mp3 or other audio file in it"
    if any(path.name.endswith(".trans.txt") for path in files):
        return "; LibriSpeech is read by corpus=lhotse corpus.recipe=librispeech, from the folder that its parts are in"
    return _spreadsheet(root, files) or _timed(root, files) or _without_text(root, sounds, files)


def _spreadsheet(root: Path, files: list[Path]) -> str:
    found = _first(files, SPREADSHEETS)
    return f"; save {found.relative_to(root)} as CSV in UTF-8, as metadata.csv with `file|text`" if found else ""


def _timed(root: Path, files: list[Path]) -> str:
    found = _first(files, SUBTITLES)
    if found:
        return (
            f"; of {found.relative_to(root)} write the text without times into {found.stem}.txt, beside its sound, and "
            f"let `tts-import audio={root}` cut it"
        )
    found = _first(files, TIMES)
    if not found:
        return ""
    return (
        f"; of {found.relative_to(root)} write the text into {found.stem}.txt, beside its sound; its times are used in "
        f"the training with alignment=from_files alignment.folder={found.parent}"
    )


def _without_text(root: Path, sounds: list[Path], files: list[Path]) -> str:
    names = {composed(path.stem).casefold() for path in sounds}
    festival = next((path for path in files if path.name == "txt.done.data"), None)
    if festival:
        command = r"""sed -E 's/^ *\( *([^ ]+) +"(.*)" *\) *$/\1|\2/'"""
        return f"; Festival's list is read after `{command} {quote(str(festival))} > {quote(f'{root}/metadata.csv')}`"
    candidates = (path for path in files if path.suffix.lower() in (*ENDINGS, *JSON) and not NOTES.match(path.name))
    lists = [path for path in islice(candidates, LOOKED_AT) if _names_sound(path, names)]
    if lists:
        return _elsewhere(root, sounds, lists)
    for path in files:
        folders = {part.casefold() for part in path.relative_to(root).parts}
        if path.suffix.lower() == ".txt" and composed(path.name).casefold().partition(".")[0] in names:
            return f"; a text is {path.relative_to(root)}: give it and the others the names of their recordings, ID.txt"
        if path.suffix.lower() == ".txt" and not folders.isdisjoint(TEXT_FOLDERS):
            return (
                f"; a text is {path.relative_to(root)} and a recording {sounds[0].relative_to(root)}: give texts the "
                "names of their recordings, and put them into txt/ beside wav/, or beside their recordings"
            )
    if len(sounds) < len(files):
        return "; write metadata.csv with `file|text`, or put the text of each ID.wav into an ID.txt beside it"
    return f"; `tts-import audio={root}` writes down what is said in recordings without text"


def _elsewhere(root: Path, sounds: list[Path], lists: list[Path]) -> str:
    """What to do with lists that are in no place where they are looked for."""
    shown = " and ".join(str(path.relative_to(root)) for path in lists[:2])
    shown += f" and {len(lists) - 2} more" if len(lists) > 2 else ""
    first = lists[0]
    if not any(sound.is_relative_to(first.parent) for sound in sounds):
        return f"; there is a list in {shown}: move it to {root}, as a list is in the folder of its sound or above"
    if len(lists) == 1:
        return f"; there is a list in {shown}: give corpus.root={first.parent}"
    above = {path.parent.parent for path in lists}
    if len(above) == 1 and all(path.name in Table.lists for path in lists):
        return f"; there are lists in {shown}: give corpus.root={above.pop()}, which reads them together"
    return (
        f"; there are lists in {shown}: give the folder of one, as corpus.root={first.parent}, or write all into a "
        f"metadata.csv in {root}, with `file|speaker|text`"
    )


def _names_sound(path: Path, names: Collection[str]) -> bool:
    """Whether a file names recordings at its beginning."""
    with path.open("rb") as file:
        words = SEPARATORS.split(composed(file.read(4096).decode("utf-8", "replace")))
    return any(stem(word).rpartition("/")[2].casefold() in names for word in words if word)


def _first(files: list[Path], endings: tuple[str, ...]) -> Path | None:
    return next((path for path in files if path.suffix.lower() in endings), None)
