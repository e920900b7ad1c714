"""What `tts-import` leaves: pieces of long recordings, whose times are those of the recordings."""

from __future__ import annotations

import json
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from tts.corpora.corpus import Corpus, NotThisLayout, Recording, Sound, from_file, open_sound
from tts.corpora.lists.in_folder import what_is_in
from tts.corpora.lists.rows import read_json
from tts.corpora.trial import content_of
from tts.corpora.written import Change, Changes, Place
from tts.errors import UserError
from tts.settings.schema import parse, plain
from tts.storage.ownership import kind_of

MANIFEST = "pieces.jsonl"
"""An object for each piece: what `Piece` has, and what else is told."""
LIST = "metadata.csv"
"""For other programs; it follows from the manifest and the corrected texts."""
CORRECTED = "corrected.jsonl"
"""Texts that somebody corrected: a `Corrected` in each line. Importing again reads it, and leaves it as it is."""
DIFFERENT = 0.05
"""Seconds by which a piece's sound is not as long as its times say."""


LONGEST = 1e7
"""Seconds of a recording."""


class Spot(NamedTuple):
    """Where a text is, however its recording is called by now: times are in hundredths of a second."""

    start: int
    end: int
    source: int
    """How long the recording is."""
    text: str
    """As imported."""


@dataclass(frozen=True)
class Piece:
    """What is read of a line of `pieces.jsonl`."""

    id: str
    text: str
    """As imported."""
    speaker: str
    """Empty where nobody was told apart."""
    source: str
    """The file that it was cut from."""
    start: float
    """Where in that file it begins, in seconds."""
    end: float
    source_seconds: float
    """How long that file is."""
    left_out: str
    """Why it is not in metadata.csv; empty where it is."""

    @property
    def spot(self) -> Spot:
        return spot(self.start, self.end, self.source_seconds, self.text)


@dataclass(frozen=True)
class Corrected:
    """A line of `corrected.jsonl`."""

    id: str
    """Of the piece when it was corrected."""
    start: float
    end: float
    source_seconds: float
    heard: str
    """Its text as imported."""
    text: str

    @property
    def spot(self) -> Spot:
        return spot(self.start, self.end, self.source_seconds, self.heard)


def spot(start: float, end: float, source_seconds: float, text: str) -> Spot:
    return Spot(round(100 * start), round(100 * end), round(100 * source_seconds), text)


@dataclass(frozen=True)
class Imported(Corpus):
    """A folder of `tts-import`: its pieces, less those left out, on the clock of the recordings they were cut from."""

    root: str
    """Folder that tts-import made."""
    speaker: str | None = None
    """Who speaks in all pieces; null for whom the import told apart, or the corpus's name where it found one."""
    layout: Literal["imported"] = "imported"
    name: str = "imported"
    language: str = "en-us"
    licence: str = "not stated"
    credits: str = "not stated"

    def __iter__(self) -> Iterator[Recording]:
        root = Path(self.root).expanduser()
        path = root / MANIFEST
        if not root.is_dir():
            raise UserError(f"{root}: no such folder")
        if kind_of(root) != "import" or not path.is_file():
            raise NotThisLayout(f"{root}: no folder that tts-import made; {what_is_in(root)}")
        pieces = list(read_pieces(path))
        corrected = placed([(piece.id, piece.spot) for _, piece in pieces], read_corrected(root))
        for line, piece in pieces:
            if not piece.left_out:
                wav = root / "wavs" / f"{piece.id}.flac"
                text = corrected[piece.id].text if piece.id in corrected else piece.text
                recording = from_file(piece.id, self.speaker or piece.speaker or self.name, text, wav)
                load, written = partial(_open, wav, piece), Place(str(root / CORRECTED), line)
                yield replace(recording, load=load, file=piece.source, written=written)

    def with_texts(self, texts: Mapping[Place, str]) -> Changes:
        """What `corrected.jsonl` and `metadata.csv` would be with other texts, by the line of the manifest; the one
        that is read comes last. A list that is not as `tts-import` writes it is not among them."""
        root = Path(self.root).expanduser()
        pieces, corrected = dict(read_pieces(root / MANIFEST)), read_corrected(root)
        was = {path: path.read_bytes() if path.exists() else None for path in (root / LIST, root / CORRECTED)}
        spots = [(piece.id, piece.spot) for piece in pieces.values()]
        now = placed(spots, corrected)
        own = was[root / LIST] == _encoded(list_of(pieces.values(), now)) and _may_change(root / LIST)
        for piece, text in ((pieces[place.line], text) for place, text in texts.items() if place.line in pieces):
            new = Corrected(piece.id, piece.start, piece.end, piece.source_seconds, piece.text, text)
            corrected = [one for one in corrected if one is not now.get(piece.id)] + [new] * (text != piece.text)
        lines = _encoded("".join(json.dumps(plain(one), ensure_ascii=False) + "\n" for one in corrected))
        after = _encoded(list_of(pieces.values(), placed(spots, corrected)))
        files = ({root / LIST: Change(was[root / LIST], after)} if own else {}) | {
            root / CORRECTED: Change(was[root / CORRECTED], lines)
        }
        return Changes(files, {})


def _may_change(path: Path) -> bool:
    return not path.is_symlink() and bool(path.stat().st_mode & stat.S_IWUSR)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def read_pieces(path: Path) -> Iterator[tuple[int, Piece]]:
    """The pieces of a manifest, each with its line.

    Raises
    ------
    UserError: a line is not as `tts-import` writes it.
    """
    known = [field.name for field in fields(Piece)]
    for line, found in read_json(path):
        try:
            given = {key: found[key] for key in known}
            piece = parse(Piece, given, f"{path}:{line}")
        except LookupError as error:
            raise UserError(f"{path}:{line}: not as tts-import writes it ({error} is missing); import again") from error
        except (UserError, OverflowError) as error:
            raise UserError(f"{path}:{line}: not as tts-import writes it ({error}); import again") from error
        if not 0 <= piece.start <= piece.source_seconds < LONGEST or not 0 <= piece.end < LONGEST:
            raise UserError(
                f"{path}:{line}: {piece.start:g} to {piece.end:g} is no place in {piece.source_seconds:g} s; import "
                "again"
            )
        if Path(piece.id).name != piece.id:
            raise UserError(f"{path}:{line}: {piece.id!r} is no file name; import again")
        yield line, piece


def read_corrected(root: Path) -> list[Corrected]:
    """What was corrected of the texts of an import.

    Raises
    ------
    UserError: a line is not as it is written, or the file cannot be read.
    """
    path = root / CORRECTED
    try:
        content = content_of(path)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from error
    found = []
    for number, line in enumerate(content.split(b"\n"), 1):
        try:
            if line.strip():
                one = parse(Corrected, json.loads(line), f"{path}:{number}")
                if max(one.start, one.end, one.source_seconds) > LONGEST:
                    raise ValueError("no such times")
                found.append(one)
        except UserError as error:
            raise UserError(f"{error}; mend the line, or delete it") from error
        except (ValueError, OverflowError, RecursionError) as error:
            raise UserError(f"{path}:{number}: not as it is written ({error}); mend the line, or delete it") from error
    return found


def placed(pieces: Iterable[tuple[str, Spot]], corrected: Sequence[Corrected]) -> dict[str, Corrected]:
    """By id, what was corrected of pieces, of which the ids and spots are given. Where a spot is of several pieces or
    has several texts, the ids decide."""
    pieces = list(pieces)
    several = Counter(spot for _, spot in pieces)
    at: dict[Spot, dict[str, Corrected]] = {}
    for one in corrected:
        at.setdefault(one.spot, {})[one.id] = one
    found = {}
    for id, where in pieces:
        there = at.get(where, {})
        if id in there:
            found[id] = there[id]
        elif len(there) == several[where] == 1:
            found[id] = next(iter(there.values()))
    return found


def list_of(pieces: Iterable[Piece], corrected: Mapping[str, Corrected]) -> str:
    """The content of `metadata.csv`: `id|text`, or `id|text|speaker` of several, of the pieces that are not left
    out; what is `corrected` goes by their ids."""
    kept = [piece for piece in pieces if not piece.left_out]
    several = len({piece.speaker for piece in kept}) > 1
    return "".join(_line(piece, corrected, several) for piece in kept)


def _line(piece: Piece, corrected: Mapping[str, Corrected], several: bool) -> str:
    text = corrected[piece.id].text if piece.id in corrected else piece.text
    text = " ".join(text.replace("|", ",").split())
    return "|".join((piece.id, text, *((piece.speaker,) if several else ()))) + "\n"


def _open(path: Path, piece: Piece) -> Sound:
    sound = open_sound(path)
    if sound.seconds is not None and abs(sound.seconds - (piece.end - piece.start)) > DIFFERENT:
        raise UserError(
            f"{path}: {sound.seconds:.2f} s where {MANIFEST} says {piece.end - piece.start:.2f}; import again"
        )
    return replace(sound, start=piece.start, file_seconds=piece.source_seconds)
