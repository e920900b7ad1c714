"""What a preparation has finished so far, line by line, so that it can be stopped at any time."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, TextIO

from tts.corpora.corpus import Recording
from tts.data.manifest import recording_of
from tts.preparation.corrections import NONE, Corrections
from tts.preparation.utterance import Outcome, Rejected
from tts.storage.files import write_text


class Journal:
    """`prepared.jsonl`: the settings' fingerprint, then one line per finished recording; the last line of an id counts.

    What was prepared under other settings is still named, so that its files are known as written by a preparation.
    """

    NAME: ClassVar[str] = "prepared.jsonl"

    def __init__(
        self, folder: Path, entries: dict[str, dict[str, Any]], lines: TextIO, corrections: Corrections
    ) -> None:
        self._entries, self._lines, self._corrections = entries, lines, corrections
        self._audio = {path.stem for path in (folder / "audio").glob("*.flac")}
        self._recordings = {recording_of(stem) for stem in self._audio}  # ids of pieces: UtteranceMaker

    @classmethod
    def is_in(cls, folder: Path) -> bool:
        """Whether a preparation has worked in the folder, under whatever settings."""
        try:
            with (folder / cls.NAME).open(encoding="utf-8") as lines:
                first = json.loads(lines.readline(100))
        except (OSError, ValueError):
            return False
        return isinstance(first, dict) and list(first) == ["settings"]

    @classmethod
    def open(cls, folder: Path, fingerprint: str, corrections: Corrections = NONE) -> Journal:
        """Go on with the folder's journal if it was kept under the same settings; else begin it anew.

        A recording that was done with other corrections than these is not finished.
        """
        path = folder / cls.NAME
        entries = _entries(path, fingerprint)
        write_text(path, "".join(_line(entry) for entry in ({"settings": fingerprint}, *entries.values())))
        return cls(folder, entries, path.open("a", encoding="ascii"), corrections)

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lines.close()

    def finished(self, recording: Recording) -> Outcome | None:
        """The outcome, if the recording was done, has not changed since, and its audio is still there.

        What failed for a reason that may be gone by now was not done, nor what a version up to 0.5 made of a file
        without noting where in the file.
        """
        entry = self._entries.get(recording.id)
        if entry is None or entry["key"] != self._key(recording):
            return None
        if recording.file and any("offset" not in fields for fields in entry["accepted"]):
            return None
        if any(fields["id"] not in self._audio for fields in entry["accepted"]):
            return None
        outcome = Outcome(entry["accepted"], [Rejected(**r) for r in entry["rejected"]])
        return outcome if outcome.final else None

    def has_audio(self, recording: Recording) -> bool:
        """Whether audio of the recording, or of a piece of it, was there when the journal was opened."""
        return recording.id in self._recordings

    def knows(self, id: str) -> bool:
        """Whether the utterance is, or is a piece of, a recording that was prepared here, under whatever settings."""
        return recording_of(id) in self._entries

    def add(self, recording: Recording, outcome: Outcome) -> None:
        entry = {"id": recording.id, "key": self._key(recording), "accepted": outcome.accepted}
        entry["rejected"] = [asdict(r) for r in outcome.rejected]
        self._entries[recording.id] = entry
        self._lines.write(_line(entry))
        self._lines.flush()

    def _key(self, recording: Recording) -> str:
        parts: list[Any] = [recording.speaker, recording.text, recording.source, recording.stamp]
        further = {key: getattr(recording, key) for key in ("language", "style", "problem") if getattr(recording, key)}
        corrections = [
            [c.id, c.was, c.text, c.verdict == "rejected"] for c in self._corrections.of_recording(recording.id)
        ]
        further |= {"corrections": corrections} if corrections else {}
        parts += [further] if further else []  # so that journals of earlier versions count
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _line(entry: dict[str, Any]) -> str:
    """In ASCII: file names and errors that quote them may hold what UTF-8 cannot, and texts line ends of Unicode's."""
    return json.dumps(entry) + "\n"


def _entries(path: Path, fingerprint: str) -> dict[str, dict[str, Any]]:
    """Entries by id; those kept under other settings say no more than that. A line that a crash cut short is skipped:
    its recording is done again."""
    if not path.is_file():
        return {}
    read = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            read.append(json.loads(line))
        except ValueError:
            continue
    same = read[:1] == [{"settings": fingerprint}]
    return {entry["id"]: entry if same else _named(entry["id"]) for entry in read[1:] if _is_entry(entry)}


def _named(id: str) -> dict[str, Any]:
    """An entry of a recording that is not finished."""
    return {"id": id, "key": "", "accepted": [], "rejected": []}


def _is_entry(line: Any) -> bool:
    kinds = {"id": str, "key": str, "accepted": list, "rejected": list}
    return isinstance(line, dict) and all(isinstance(line.get(key), kind) for key, kind in kinds.items())
