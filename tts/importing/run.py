"""An import: every file is listened to, transcribed or matched with its text, and cut; then the pieces are ranked."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch

from tts.audio import waveform
from tts.audio.decoding import open_audio
from tts.errors import UserError
from tts.importing.activity import Activity
from tts.importing.config import PieceConfig
from tts.importing.folder import (
    DRAFT,
    HEARD,
    WAVS,
    CutFile,
    cut_path,
    is_whole,
    piece_ids,
    read_cut,
    settle_file,
    wav_path,
    write_cut,
)
from tts.importing.hearing import Hearing, hear, sounds
from tts.importing.identity import first_stamp
from tts.importing.kept import Kept
from tts.importing.lines import line_by_line
from tts.importing.matching import read_parts
from tts.importing.numbered import one_column, without_numbers
from tts.importing.pieces import SLACK, LeftOut, Piece, cut
from tts.importing.recognition import Recogniser, Word, within
from tts.importing.rivals import rivals
from tts.importing.shared_text import divided
from tts.importing.sound import at_loudness, without_noise
from tts.importing.sources import Source
from tts.importing.speakers import Heard
from tts.importing.spoken_text import heard_parts
from tts.importing.stretches import bounds
from tts.importing.turns import at_turns
from tts.preparation.pauses import Span
from tts.settings.schema import plain
from tts.storage.files import fingerprint

NOISE = 10.0
"""Seconds of noise, as it is between sentences, that are enough to know it by."""


@dataclass(frozen=True)
class Done:
    """A file that was imported, now or by an earlier run."""

    source: Source
    cut: CutFile
    folder: Path
    """Where its pieces are: the import's, or its draft until `settle`."""
    fresh: bool
    """Whether by this run."""


def import_files(
    sources: Sequence[Source],
    out: Path,
    recogniser: Recogniser,
    language: str,
    config: PieceConfig,
    who: Callable[[np.ndarray], Heard] | None = None,
) -> tuple[list[Done], dict[str, str]]:
    """Each file cut into pieces in `out`; and those that could not be read, with the reason.

    A file that is done and has not changed is not done again, and one that was interrupted goes on where it was. Until
    `settle`, nothing of an earlier import is changed.

    Parameters
    ----------
    who: tells voices apart, so that no piece goes from one over to another; None where there is one.

    Raises
    ------
    UserError: none of them can be read; of one file, why.
    """
    run = _Run(out, recogniser, language, config, who)
    texts, heard = run.shared([source for source in sources if source.shared])
    done, failed, draft = [], {}, out / DRAFT
    for source in sources:
        try:
            hearing = heard.get(source.name)
            stamp = first_stamp(source, out) if hearing is None else hearing.stamp
            text = texts[source.name] if source.shared else source.text
            keys = run.keys(source, stamp, text)
            if (earlier := run.earlier(source, keys)) is not None:
                done.append(earlier)
                continue
            hearing = hearing or hear(source, out, recogniser)
            made = run.pieces(source, hearing, text, keys[0])
            # Until its sound is complete it is not done: pieces of other settings may have been written over.
            cut_path(draft, source.name).unlink(missing_ok=True)
            _write_sound(source, draft, made, hearing.activity, config)
        except UserError as error:
            if len(sources) == 1:
                raise
            failed[source.name] = f"{error}"
            print(f"left out: {error}", file=sys.stderr)
            continue
        write_cut(draft, source.name, made)
        done.append(Done(source, made, draft, fresh=True))
        print(f"{source.path}: {_made(made)}", flush=True)
    if not done:
        raise UserError(f"none of {len(sources)} files can be imported, for the reasons above")
    return done, failed


def settle(done: Sequence[Done], out: Path) -> None:
    """Put what was cut anew in the place of what an earlier import made of those files.

    Where that is stopped, another run goes on with what was heard.
    """
    for file in done:
        if file.folder != out:
            settle_file(file.folder, out, file.source.name, file.cut)
    shutil.rmtree(out / DRAFT, ignore_errors=True)


@dataclass(frozen=True)
class _Run:
    """What an import has for all of its files."""

    out: Path
    recogniser: Recogniser
    language: str
    config: PieceConfig
    who: Callable[[np.ndarray], Heard] | None

    def shared(self, sources: Sequence[Source]) -> tuple[dict[str, str], dict[str, Hearing]]:
        """By name of a recording, what of the text that all of these share is read in it, and what is heard in it."""
        sources = sorted(sources, key=_number_by_number)
        if not sources:
            return {}, {}
        text, heard = sources[0].text or "", dict[str, Hearing]()
        for source in sources:
            with suppress(UserError):  # which is told where its turn comes
                heard[source.name] = hear(source, self.out, self.recogniser)
        words = [heard[source.name].words if source.name in heard else [] for source in sources]
        parts = divided(_without_numbers(sources[0], text, words, self.language), words, self.language)
        return {source.name: part for source, part in zip(sources, parts, strict=True)}, heard

    def keys(self, source: Source, stamp: str, text: str | None) -> tuple[str, str]:
        """What tells that the pieces of a file are as they would be now, and what did in earlier versions, where the
        path belonged to it."""
        further = () if self.who is None else ("turns",)
        one = (stamp, text, self.recogniser.identity, self.language, plain(self.config), *further)
        return fingerprint(*one), fingerprint(*one, str(source.path))

    def earlier(self, source: Source, keys: tuple[str, str]) -> Done | None:
        """What an earlier run made of a file, or one that was stopped; None where that is not all that it needs."""
        for folder in (self.out, self.out / DRAFT):
            made = read_cut(folder, source.name)
            if made is not None and made.fingerprint in keys and is_whole(folder, source.name, made):
                return Done(source, replace(made, path=str(source.path.resolve())), folder, fresh=False)
        return None

    def pieces(self, source: Source, hearing: Hearing, text: str | None, key: str) -> CutFile:
        """The pieces of a file, whose sound is not written yet; `text` is what is said in it, where that is known."""
        activity, words = hearing.activity, hearing.words
        if text is not None and not source.shared:
            text = line_by_line(_without_numbers(source, text, [words], self.language))
        parts = heard_parts(words, self.language) if text is None else read_parts(text, words, self.language)
        if self.who is not None:
            with Kept(self.out / HEARD / f"{source.name}.turns.jsonl") as kept:
                parts = at_turns(parts, partial(sounds, source), self.who, kept, hearing.stamp)
        ends = Span(0.0, 0.0), Span(activity.seconds, activity.seconds)
        pauses = [ends[0], *activity.pauses(self.config.shortest_pause), ends[1]]
        pieces, left_out = cut(parts, pauses, self.config)
        heard = [within(words, piece.start - SLACK, piece.end + SLACK) for piece in pieces]
        pieces = [
            replace(piece, rivals=rivals(piece.text, some, self.language))
            for piece, some in zip(pieces, heard, strict=True)
        ]
        if source.shared and not text and words:
            reason = "nothing of the text is read here, or it is read elsewhere"
            left_out.append(LeftOut("", 0.0, activity.seconds, reason))
        speech = sum(span.seconds for span in activity.spans())
        rate = open_audio(source.path).sample_rate
        exact = tuple(_exact(piece, rate) for piece in pieces)
        path = str(source.path.resolve())
        return CutFile(key, path, activity.seconds, speech, len(words), exact, tuple(left_out))


def _made(cut: CutFile) -> str:
    if not cut.speech:
        return f"{cut.seconds / 60:.1f} min, no speech heard"
    kept = sum(piece.end - piece.start for piece in cut.pieces)
    return (
        f"{cut.seconds / 60:.1f} min, {cut.speech / 60:.1f} of speech, {len(cut.pieces)} pieces of {kept / 60:.1f} min"
    )


def _without_numbers(source: Source, text: str, heard: Sequence[Sequence[Word]], language: str) -> str:
    text, column = one_column(text)
    if column:
        print(f"{source.text_path}: of its columns, number {column} is taken for the text")
    text, example = without_numbers(text, heard, language)
    if example:
        print(f"{source.text_path}: what stands before its sentences, such as {example!r}, is not read and left out")
    return text


def _number_by_number(source: Source) -> list[tuple[int, str]]:
    """So that chapter 10 comes after chapter 9."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", source.name)]


def _write_sound(source: Source, out: Path, made: CutFile, activity: Activity, config: PieceConfig) -> None:
    (out / WAVS).mkdir(parents=True, exist_ok=True)
    rate = open_audio(source.path).sample_rate
    noise = _noise(source, activity) if config.denoise else torch.empty(0)
    wavs = sounds(source, [piece.span for piece in made.pieces], None)
    for id, wav in zip(piece_ids(source.name, made), wavs, strict=True):
        if config.denoise:
            wav = without_noise(wav, rate, noise)
        if config.loudness is not None:
            wav, _ = at_loudness(wav, rate, config.loudness)
        waveform.write(wav_path(out, id), wav, rate)


def _noise(source: Source, activity: Activity) -> torch.Tensor:
    """What the file sounds like where nobody speaks."""
    spans = activity.spans()
    speech = [Span(0.0, 0.0), *spans, Span(activity.seconds, activity.seconds)]
    gaps = [Span(a.end + 0.1, b.start - 0.1) for a, b in pairwise(speech)]
    chosen, seconds = [], 0.0
    for gap in sorted(gaps, key=lambda gap: -gap.seconds):
        if gap.seconds > 0.1 and seconds < NOISE:
            gap = Span(gap.start, min(gap.end, gap.start + NOISE))
            chosen.append(gap)
            seconds += gap.seconds
    return torch.cat([torch.empty(0), *sounds(source, sorted(chosen), None)])


def _exact(piece: Piece, sample_rate: int) -> Piece:
    """With times of whole samples, as its sound has them."""
    start, end = bounds(piece.span, sample_rate)
    return replace(piece, start=start / sample_rate, end=end / sample_rate)
