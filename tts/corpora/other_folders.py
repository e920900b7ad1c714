"""Folders that no layout reads, and what makes a corpus of them."""

from __future__ import annotations

from pathlib import Path

from tts.corpora.lists.files import audio_files

SPREADSHEETS = (".xlsx", ".xls", ".ods", ".numbers")
SUBTITLES = (".srt", ".vtt", ".ass", ".lrc")
TIMES = (".textgrid", ".eaf", ".ctm")


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
    if len(sounds) < len(files):
        return "; write metadata.csv with `file|text`, or put the text of each ID.wav into an ID.txt beside it"
    return f"; `tts-import audio={root}` writes down what is said in recordings without text"


def _first(files: list[Path], endings: tuple[str, ...]) -> Path | None:
    return next((path for path in files if path.suffix.lower() in endings), None)
