"""`tts-import`: long recordings, with or without text, become a corpus of short ones with their texts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tts.audio import waveform
from tts.commands.cli import command
from tts.corpora.imported import CORRECTED, LIST, MANIFEST
from tts.errors import UserError
from tts.importing.config import ChoiceConfig, PieceConfig
from tts.importing.corpus import (
    clips_of,
    entries_of,
    keep_edited,
    kept_copy,
    manifest_of,
    report,
    waiting,
    write_corpus,
)
from tts.importing.extra import library
from tts.importing.fit import Clip, fits
from tts.importing.identity import gone, holds_others
from tts.importing.recognition import Whisper
from tts.importing.run import Done, import_files, settle
from tts.importing.sources import Source, find_sources
from tts.importing.speakers import CHANGE, SpeakerRecogniser, hear, tell_apart
from tts.reporting.progress import counted
from tts.settings.schema import parse
from tts.storage.files import sha256, write_text
from tts.storage.locks import exclusive
from tts.storage.ownership import check_claim, claim
from tts.text.phonemes import languages, near

IMPORTED = "import.json"
"""In the folder: what it was made from."""


@dataclass(frozen=True)
class ImportConfig:
    """Of `tts-import`."""

    audio: str
    """Folder of recordings, or one; anything that FFmpeg reads, of any length."""
    text: str | None = None
    """File with the text that is read in the recording, or in all recordings of the folder, in UTF-8; null for NAME.txt
    beside each NAME.wav, and where there is none for what a recogniser hears."""
    out: str = "imported"
    """Folder for the corpus."""
    language: str = "en-us"
    """The espeak-ng language that is spoken, such as en-us, de, fr-fr."""
    whisper: str | None = None
    """Whisper model that listens: a size that is on this machine, such as small or large-v3, or a folder in
    faster-whisper's format; null for tiny.en, which comes with the extra `import` and knows English only."""
    aligner: str | None = None
    """Folder of a trained aligner, OUT/aligner of tts-align, that judges how well each piece fits its text; null for
    one that learns from the pieces."""
    speakers: bool = False
    """Whether speakers are told apart, which needs resemblyzer: metadata.csv then names them, where there are
    several, and pieces in which the speaker changes are left out."""
    threads: int = 1
    """Number of processor threads for the recogniser."""
    pieces: PieceConfig = field(default_factory=PieceConfig)
    """The recordings that long ones are cut into."""
    keep: ChoiceConfig = field(default_factory=ChoiceConfig)
    """Which pieces are kept."""

    def __post_init__(self) -> None:
        if not 1 <= self.threads <= 1024:
            raise ValueError("threads must be 1 to 1024")


def read_config(config: dict[str, Any]) -> ImportConfig:
    """Raises UserError where a key is unknown, or its value of the wrong kind."""
    return parse(ImportConfig, config, "")


def import_audio(config: dict[str, Any]) -> None:
    """Write `wavs/ID.flac`, `metadata.csv`, `pieces.jsonl` and `left_out.tsv` into `out`. Run again after it was
    stopped, it goes on; run again with other settings, it does what they affect.

    Raises
    ------
    UserError: no recording that can be read, no piece, or a library or model that is not installed; or some files
        could not be read (the others are imported), naming one.
    """
    settings = read_config(config)
    audio = Path(settings.audio).expanduser()
    sources = find_sources(audio, Path(settings.text).expanduser() if settings.text else None)
    _check_installed(settings)
    recogniser = Whisper(settings.whisper, settings.language, settings.threads)
    who = SpeakerRecogniser() if settings.speakers else None
    out = Path(settings.out).expanduser()
    check_claim(out, "import", "out")
    _check_sound(sources)
    claim(out, "import", "out")
    with exclusive(out, "out"), _named(out):
        _check_same(out, audio, sources)
        done, failed = import_files(sources, out, recogniser, settings.language, settings.pieces, who)
        clips = clips_of(done, out)
        if not clips:
            silent = not any(file.cut.speech for file in done)
            missing = "speech was heard" if silent else "piece of speech with its text was found"
            raise UserError(f"{audio}: no {missing} in {counted(len(done), 'file')}{_stays(out)}")
        aligner = Path(settings.aligner).expanduser() if settings.aligner else None
        found = fits(clips, aligner, settings.language, out)
        speakers, changes = _speakers(who, clips, out)
        entries = entries_of(done, found, speakers, changes, settings.keep)
        if all(entry.left_out for entry in entries) and (stays := _stays(out)):
            reason = f"{entries[0].id}: {entries[0].left_out}"
            raise UserError(f"{audio}: none of {counted(len(entries), 'piece')} is kept ({reason}){stays}")
        edited = [keep_edited(out, entries), _keep_manifest(out, manifest_of(entries))]
        for name in (MANIFEST, LIST):  # which would be of other sounds if this were stopped before they are written
            (out / name).unlink(missing_ok=True)
        settle(done, out)
        left_out = write_corpus(out, entries, done, failed)
        _remember(out, manifest=sha256(out / MANIFEST))
    _say(done)
    for copy in filter(None, edited):
        print(
            f"{copy.with_suffix('')} may have been changed since it was imported, and is kept as {copy.name}",
            file=sys.stderr,
        )
    if absent := gone(out, sources):
        count = counted(len(absent), "recording")
        print(f"not in {audio} now, so out of the corpus: {count} imported before, {absent[0]} first", file=sys.stderr)
    if number := waiting(out, entries):
        count = counted(number, "corrected text")
        print(f"{count} of pieces that are not there now: kept in {out / CORRECTED}", file=sys.stderr)
    print(report(entries, done))
    print(f"imported corpus: {out} (metadata.csv; pieces.jsonl has source, times and misfit of each piece)")
    if left_out:
        print(f"left out, with reasons: {out / 'left_out.tsv'}")
    print(f"next: tts-prepare corpus=auto corpus.root={out} corpus.name=NAME corpus.language={settings.language}")
    if failed:
        raise UserError(
            f"{len(failed)} of {len(sources)} files could not be imported, such as {min(failed)}; the reasons are above"
        )


@contextmanager
def _named(folder: Path) -> Iterator[None]:
    """Of an error that names no file, as of a full disk, the folder."""
    try:
        yield
    except OSError as error:
        if error.filename is None and error.errno:
            raise OSError(error.errno, error.strerror, str(folder)) from error
        raise


def _stays(out: Path) -> str:
    """What an error adds where an earlier import is there."""
    return f"; {out} stays as it was" if (out / LIST).is_file() else ""


def _check_installed(settings: ImportConfig) -> None:
    """So that nothing is missing after hours of listening."""
    known = languages()
    if settings.language not in known:
        raise UserError(f"language={settings.language}: no such language{near(settings.language, known)}")
    library("silero_vad", "finding speech")
    library("rapidfuzz.distance", "comparing texts")
    if settings.pieces.loudness is not None:
        library("pyloudnorm", "evening out loudness")
    if settings.pieces.denoise:
        library("noisereduce", "pieces.denoise=true")


def _check_sound(sources: Sequence[Source]) -> None:
    """So that no folder is made for what is no sound; of several, the others are imported."""
    if len(sources) == 1:
        next(iter(waveform.open_source(sources[0].path, channel=1).blocks))


def _check_same(out: Path, audio: Path, sources: Sequence[Source]) -> None:
    """Of two imports into one folder, the second would remove what the first made; recordings may have been moved."""
    made_from, earlier = str(audio.resolve()), _remembered(out).get("audio")
    if earlier not in (None, made_from) and holds_others(out, sources):
        raise UserError(
            f"{out}: made from {earlier}, and {made_from} has not all of those recordings; give another folder as "
            "out=PATH"
        )
    _remember(out, audio=made_from)


def _remember(out: Path, **known: str) -> None:
    """What the next import into this folder is to know."""
    write_text(out / IMPORTED, json.dumps(_remembered(out) | known) + "\n")


def _remembered(out: Path) -> dict[str, Any]:
    try:
        known = json.loads((out / IMPORTED).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}


def _keep_manifest(out: Path, new: str) -> Path | None:
    """A copy of `pieces.jsonl` where that is neither what the import before wrote nor what this one will."""
    path, written = out / MANIFEST, _remembered(out).get("manifest")
    if not path.is_file() or sha256(path) == written or path.read_bytes() == new.encode():
        return None
    return kept_copy(path)


def _speakers(who: SpeakerRecogniser | None, clips: Sequence[Clip], out: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Name of the speaker of each piece, by id; and why a piece is of more than one."""
    if who is None:
        return {}, {}
    heard = hear(clips, who, out)
    numbers = tell_apart([one.embedding for one in heard], [clip.seconds for clip in clips])
    names = {clip.id: f"speaker{number + 1}" for clip, number in zip(clips, numbers, strict=True)}
    changes = {
        clip.id: "another speaker goes on in it" for clip, one in zip(clips, heard, strict=True) if one.change > CHANGE
    }
    return names, changes


def _say(done: Sequence[Done]) -> None:
    before = sum(not file.fresh for file in done)
    if before:
        print(f"imported before, and not changed: {counted(before, 'file')}", file=sys.stderr)


main = command(import_audio, "import", check=read_config, literal=("audio", "text", "out", "whisper", "aligner"))

if __name__ == "__main__":
    main()
