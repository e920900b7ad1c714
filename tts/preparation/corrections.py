"""What a person corrected when looking through a prepared corpus: `corrections.jsonl`, which preparation applies.

It stands beside the manifest, and not in the user's own list: that may be in any of a dozen layouts, shared, or read
only. So nothing of the user's is changed, every correction can be taken back, and all survive another preparation.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from filelock import FileLock

from tts.data.manifest import recording_of
from tts.errors import UserError
from tts.settings.schema import parse, plain
from tts.storage.files import atomic_write, write_text

Verdict = Literal["", "accepted", "rejected"]
NAME, COPY, LOCK = "corrections.jsonl", "corrections.jsonl.bak", ".corrections.lock"
MOST_BYTES = 2**16
"""Of a line."""
MOST_LETTERS = 5000
"""Of a text."""


@dataclass(frozen=True)
class Correction:
    """One line of `corrections.jsonl`."""

    id: str
    """Of the utterance: a recording, or a piece of one, as `a~02`."""
    was: str
    """Its text as the corpus has it. Where that is another by now, the correction is not applied."""
    text: str = ""
    """What is said instead; empty where that is right."""
    verdict: Verdict = ""
    """accepted: it was looked at and is right; rejected: preparation leaves it out."""

    def __post_init__(self) -> None:
        if max(len(self.was), len(self.text)) > MOST_LETTERS:
            raise ValueError(f"a text of more than {MOST_LETTERS} characters")

    @property
    def empty(self) -> bool:
        """Whether it says nothing."""
        return self.text in ("", self.was) and not self.verdict


@dataclass(frozen=True)
class Corrections:
    """Those of a corpus, by the utterance's id."""

    by_id: Mapping[str, Correction]

    def of_recording(self, id: str) -> list[Correction]:
        """Those that change what preparation makes of a recording or its pieces, in the order of their ids."""
        return self._by_recording.get(id, [])

    @cached_property
    def _by_recording(self) -> dict[str, list[Correction]]:
        found: dict[str, list[Correction]] = {}
        for correction in sorted(self.by_id.values(), key=lambda c: c.id):
            if correction.text or correction.verdict == "rejected":
                found.setdefault(recording_of(correction.id), []).append(correction)
        return found

    def text(self, id: str, text: str) -> str:
        """The corrected text of an utterance that has `text` in the corpus."""
        found = self.by_id.get(id)
        return found.text if found is not None and found.text and found.was == text else text

    def rejects(self, id: str) -> bool:
        return id in self.by_id and self.by_id[id].verdict == "rejected"


NONE = Corrections({})


def read_corrections(folder: Path) -> Corrections:
    """The corrections in the folder of a prepared corpus; none where it has no such file.

    Raises
    ------
    UserError: a line is no correction, named by file and line.
    """
    return Corrections({found.id: found for found in _lines(folder / NAME)})


def correct(folder: Path, *changed: Correction) -> None:
    """Put corrections in the place of earlier ones of their utterances; one that says nothing takes that back.

    The file as it was before is kept as `corrections.jsonl.bak`.
    """
    if changed:
        with FileLock(folder / LOCK):
            _put(folder, changed)


def take_out(folder: Path, written: Mapping[str, str], of: Mapping[str, Correction]) -> None:
    """Take out corrections whose texts stand in the corpus now. What was decided meanwhile stays, as a correction of
    the text that was written.

    Parameters
    ----------
    written: by id, the text as it stands there.
    of: the correction that it was.
    """
    if not written:
        return
    with FileLock(folder / LOCK):
        now = read_corrections(folder).by_id
        changed = []
        for id, text in written.items():
            then, current = of[id], now.get(id, Correction(id, of[id].was))
            wanted = "" if current.text == then.text else current.text or then.was
            changed.append(Correction(id, text, wanted, current.verdict))
        _put(folder, changed)


def _put(folder: Path, changed: Iterable[Correction]) -> None:
    path = folder / NAME
    by_id = dict(read_corrections(folder).by_id)
    for one in changed:
        by_id.pop(one.id, None)
        if not one.empty:
            by_id[one.id] = replace(one, text="") if one.text == one.was else one
    if path.is_file():
        with atomic_write(folder / COPY) as draft:  # which replaces a link, and does not follow it
            shutil.copyfile(path, draft)
    write_text(path, "".join(json.dumps(plain(c), ensure_ascii=False) + "\n" for c in by_id.values()))


def unused(corrections: Corrections, texts: Mapping[str, str], made: Mapping[str, str]) -> list[str]:
    """Ids of corrections of another text than the corpus has by now, or of what it lacks.

    Parameters
    ----------
    texts: of the recordings, as the corpus has them.
    made: of the utterances, as they were prepared.
    """

    def applies(c: Correction) -> bool:
        if c.id in texts:
            return texts[c.id] in (c.was, c.text)  # which was written into the corpus
        return made.get(c.id) == c.text

    return [c.id for c in corrections.by_id.values() if c.text and c.verdict != "rejected" and not applies(c)]


def _lines(path: Path) -> Iterator[Correction]:
    if not path.is_file():
        return
    with path.open("rb") as file:
        yield from _parsed(path, iter(lambda: file.readline(MOST_BYTES), b""))


def _parsed(path: Path, lines: Iterable[bytes]) -> Iterator[Correction]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield parse(Correction, json.loads(line.decode("utf-8")), f"{path}:{number}")
        except UserError:
            raise
        except (ValueError, RecursionError) as error:
            raise UserError(f"{path}:{number}: not JSON ({error}); mend the line, or delete it") from error
