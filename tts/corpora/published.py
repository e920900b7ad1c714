"""Corpora as they are published whose files would pass for lists of other kinds: a recipe of Lhotse knows their
speakers."""

from __future__ import annotations

import re
from pathlib import Path

from tts.corpora.lists.in_folder import SPLITS

HIFITTS = re.compile(r"(\d+)_manifest_(?:clean|other)_(?:train|dev|test)\.json")
AISHELL3 = re.compile(r"SSB\d{4,}\.wav\t\S+ [a-z]+\d\b")
MLS = re.compile(r"\d+_\d+_\d+\t")
LONGEST_LINE = 2**16
"""Bytes of a line that is looked at."""


def unnamed_speakers(root: Path) -> str:
    """What to give for a list, or a folder of it, whose speakers are in the names of its files only; empty for
    others."""
    folder = root if root.is_dir() else root.parent
    readers = {found[1] for path in folder.glob("*_manifest_*.json") if (found := HIFITTS.fullmatch(path.name))}
    if root.is_dir() and len(readers) > 1:
        return f"it looks like Hi-Fi TTS, with {len(readers)} readers: {_recipe('hifitts', root)}"
    transcripts = root if root.is_file() else root / "transcripts.txt"
    if (transcripts.with_name("segments.txt")).is_file() and _begins(transcripts, MLS):
        return (
            f"it looks like Multilingual LibriSpeech: {_recipe('mls', 'FOLDER')}, the folder that mls_LANGUAGE/ is in; "
            f"or corpus.root={transcripts} corpus.speaker_folder=2, which takes audio/SPEAKER/ for the speaker"
        )
    return ""


def pinyin_in_texts(root: Path) -> str:
    """What to give for AISHELL-3, whose texts are interspersed with pinyin; empty for others."""
    places = [root] if root.is_file() else [root / "content.txt", *sorted(root.glob("*/content.txt"))]
    found = next((path for path in places if path.name == "content.txt" and _begins(path, AISHELL3)), None)
    if found is None:
        return ""
    above = found.parent.parent if found.parent.name in SPLITS else "FOLDER"
    return f"it looks like AISHELL-3, with pinyin within its texts: {_recipe('aishell3', above)} corpus.language=cmn"


def _recipe(name: str, root: Path | str) -> str:
    return f"give corpus=lhotse corpus.recipe={name} corpus.root={root}"


def _begins(path: Path, line: re.Pattern[str]) -> bool:
    """Whether the first lines of a list are like this."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        first = [file.readline(LONGEST_LINE).decode("utf-8", "replace") for _ in range(3)]
    return bool(first[0]) and all(line.match(found) for found in first if found)
