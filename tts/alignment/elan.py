"""ELAN's annotation format (.eaf)."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pympi
from pympi.Elan import to_string

from tts.alignment.files import Alignments, TimedFile
from tts.alignment.own_files import write_own
from tts.intervals import Interval

NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""


def write_eaf(out: Path, aligned: Alignments) -> list[Path]:
    """NAME.eaf of every file: tiers `utterances`, `words` and `phones`, times in milliseconds.

    ELAN looks for the sound where it was when the corpus was prepared, and asks where it is not.
    """
    return write_own(out, ((f"{file.name}.eaf", eaf(file, out)) for file in aligned.files))


def eaf(file: TimedFile, folder: Path) -> str:
    """The content of a file in this format, which will be in `folder`."""
    document = pympi.Eaf(author="")
    document.remove_tier("default")
    sound = file.sound or Path(file.original.path or f"{file.name}.flac")
    kind = "audio/x-wav" if sound.suffix.lower() == ".wav" else "audio/*"
    document.add_linked_file(_text(_url(sound)), relpath=_text(_relative(sound, folder)), mimetype=kind)
    said = [(u.speaker, Interval(u.text, a.phones[0].start, a.phones[-1].end)) for u, a in file.parts]
    speakers = dict.fromkeys(speaker for speaker, _ in said)
    tiers = {}
    for speaker in speakers:
        name = f"{speaker} - utterances" if len(speakers) > 1 else "utterances"
        tiers[name] = [interval for who, interval in said if who == speaker]
    for name, intervals in (tiers | file.tiers()).items():
        document.add_tier(_text(name))
        for interval in intervals:
            start, end = round(1000 * interval.start), round(1000 * interval.end)
            if end > start:
                document.add_annotation(_text(name), start, end, _text(interval.label))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{to_string(document)}\n'


def _url(sound: Path) -> str:
    """As ELAN writes them, which takes `%20` for a part of a name."""
    return f"file:///{sound.as_posix().lstrip('/')}" if sound.is_absolute() else sound.as_posix()


def _relative(sound: Path, folder: Path) -> str:
    """A sound's path as seen from a folder; of one that is not there, that of one beside the .eaf."""
    try:
        path = Path(os.path.relpath(sound.resolve(), folder.resolve())) if sound.is_file() else Path(sound.name)
    except ValueError:  # on another drive of Windows
        path = Path(sound.name)
    return path.as_posix() if path.parts[0] == ".." else f"./{path.as_posix()}"


def _text(text: str) -> str:
    return NO_XML.sub("\ufffd", text)
