"""An import: every file is listened to, transcribed or matched with its text, and cut; then the pieces are ranked."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from tts.audio import waveform
from tts.audio.decoding import open_audio
from tts.errors import UserError
from tts.importing.activity import RATE, Activity, listen, read_activity, windows, write_activity
from tts.importing.config import PieceConfig
from tts.importing.folder import HEARD, PIECES, WAVS, CutFile, piece_ids, read_cut, wav_path, write_cut
from tts.importing.identity import first_stamp
from tts.importing.kept import Kept
from tts.importing.matching import read_parts
from tts.importing.numbered import without_numbers
from tts.importing.pieces import LeftOut, Piece, cut
from tts.importing.recognition import Recogniser, Word, read_words
from tts.importing.shared_text import divided
from tts.importing.sound import at_loudness, without_noise
from tts.importing.sources import Source
from tts.importing.speakers import Heard
from tts.importing.spoken_text import heard_parts
from tts.importing.stretches import bounds, stretches
from tts.importing.turns import at_turns
from tts.preparation.pauses import Span
from tts.settings.schema import plain
from tts.storage.files import fingerprint

LONGEST_WINDOW, APART, WINDOW_MARGIN = 28.0, 2.0, 0.2
"""Seconds: of what Whisper hears at once, which is at most 30; of silence, noise or music between two such; about the
speech."""
NOISE = 10.0
"""Seconds of noise, as it is between sentences, that are enough to know it by."""


@dataclass(frozen=True)
class Done:
    """A file that was imported, now or by an earlier run."""

    source: Source
    cut: CutFile
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

    A file that is done and has not changed is not done again, and one that was interrupted goes on where it was.

    Parameters
    ----------
    who: tells voices apart, so that no piece goes from one over to another; None where there is one.

    Raises
    ------
    UserError: none of them can be read; of one file, why.
    """
    done, failed = [], {}
    stretches_of_text = _shared(sources, out, recogniser, language)
    for source in sources:
        try:
            file = first_stamp(source, out)
            text = stretches_of_text[source.name] if source.shared else source.text
            further = () if who is None else ("turns",)
            key = _fingerprint(file, text, recogniser, language, config, *further)
            # In earlier versions the path belonged to it.
            keys = {key, _fingerprint(file, text, recogniser, language, config, *further, str(source.path))}
            earlier = read_cut(out, source.name)
            if earlier is not None and earlier.fingerprint in keys and _whole(out, source.name, earlier):
                done.append(Done(source, replace(earlier, path=str(source.path.resolve())), fresh=False))
                continue
            made, activity = _found(file, source, text, out, recogniser, language, config, key, who)
            # Until its sound is complete it is not done: pieces of other settings may have been written over.
            (out / PIECES / f"{source.name}.json").unlink(missing_ok=True)
            _write_sound(source, out, made, activity, config)
        except UserError as error:
            if len(sources) == 1:
                raise
            failed[source.name] = f"{error}"
            print(f"left out: {error}", file=sys.stderr)
            continue
        _remove_others(out, source.name, made)
        write_cut(out, source.name, made)
        done.append(Done(source, made, fresh=True))
        print(f"{source.path}: {_made(made)}", flush=True)
    if not done:
        raise UserError(f"none of {len(sources)} files can be imported, for the reasons above")
    return done, failed


def _made(cut: CutFile) -> str:
    if not cut.speech:
        return f"{cut.seconds / 60:.1f} min, no speech heard"
    kept = sum(piece.end - piece.start for piece in cut.pieces)
    return (
        f"{cut.seconds / 60:.1f} min, {cut.speech / 60:.1f} of speech, {len(cut.pieces)} pieces of {kept / 60:.1f} min"
    )


def _shared(sources: Sequence[Source], out: Path, recogniser: Recogniser, language: str) -> dict[str, str]:
    """By name of a recording, what of the text that they share is read in it."""
    sharing = sorted((source for source in sources if source.shared), key=_number_by_number)
    if not sharing:
        return {}
    text, heard = sharing[0].text or "", []
    for source in sharing:
        try:
            file = first_stamp(source, out)
            heard.append(_words(file, source, out, _activity(file, source, out), recogniser))
        except UserError:  # which is told where its turn comes
            heard.append([])
    text = _without_numbers(sharing[0], text, heard, language)
    return {source.name: part for source, part in zip(sharing, divided(text, heard, language), strict=True)}


def _without_numbers(source: Source, text: str, heard: Sequence[Sequence[Word]], language: str) -> str:
    text, example = without_numbers(text, heard, language)
    if example:
        print(f"{source.text_path}: what stands before its sentences, such as {example!r}, is not read and left out")
    return text


def _number_by_number(source: Source) -> list[tuple[int, str]]:
    """So that chapter 10 comes after chapter 9."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", source.name)]


def _fingerprint(
    file: str, text: str | None, recogniser: Recogniser, language: str, config: PieceConfig, *further: str
) -> str:
    return fingerprint(file, text, recogniser.identity, language, plain(config), *further)


def _found(
    file: str,
    source: Source,
    text: str | None,
    out: Path,
    recogniser: Recogniser,
    language: str,
    config: PieceConfig,
    key: str,
    who: Callable[[np.ndarray], Heard] | None,
) -> tuple[CutFile, Activity]:
    """The pieces of a file, whose sound is not written yet.

    Parameters
    ----------
    file: its first stamp, by which what is found in it is kept.
    text: what is said in it, where that is known.
    """
    activity = _activity(file, source, out)
    words = _words(file, source, out, activity, recogniser)
    if text is not None and not source.shared:
        text = _without_numbers(source, text, [words], language)
    parts = heard_parts(words, language) if text is None else read_parts(text, words, language)
    if who is not None:
        with Kept(out / HEARD / f"{source.name}.turns.jsonl") as kept:
            parts = at_turns(parts, partial(_sounds, source), who, kept, file)
    ends = Span(0.0, 0.0), Span(activity.seconds, activity.seconds)
    pieces, left_out = cut(parts, [ends[0], *activity.pauses(config.shortest_pause), ends[1]], config)
    if source.shared and not text and words:
        left_out.append(LeftOut("", 0.0, activity.seconds, "nothing of the text is read here, or it is read elsewhere"))
    speech = sum(span.seconds for span in activity.spans())
    rate = open_audio(source.path).sample_rate
    exact = tuple(_exact(piece, rate) for piece in pieces)
    path = str(source.path.resolve())
    return CutFile(key, path, activity.seconds, speech, len(words), exact, tuple(left_out)), activity


def _activity(file: str, source: Source, out: Path) -> Activity:
    path = out / HEARD / f"{source.name}.npz"
    found = read_activity(path, file)
    if found is None:
        found = listen(source.path)
        write_activity(path, found, file)
    return found


def _words(file: str, source: Source, out: Path, activity: Activity, recogniser: Recogniser) -> list[Word]:
    """All that is heard in a file."""
    spans = windows(activity.spans(), activity.pauses(0.1), LONGEST_WINDOW, APART, WINDOW_MARGIN)
    keys = [fingerprint(file, recogniser.identity, *span) for span in spans]
    found: list[Word] = []
    with Kept(out / HEARD / f"{source.name}.jsonl") as kept:
        known = [read_words(kept.get(key)) for key in keys]
        sounds = _sounds(source, [span for span, words in zip(spans, known, strict=True) if words is None])
        bar = tqdm(total=round(sum(s.seconds for s in spans)), unit="s", desc=f"{source.name}: words", disable=None)
        for span, key, words in zip(spans, keys, known, strict=True):
            if words is None:
                words = recogniser.words(next(sounds))
                kept.add(key, words)
            found += [Word(w.text, w.start + span.start, w.end + span.start, w.probability) for w in words]
            bar.update(round(span.seconds))
        bar.close()
    return found


def _sounds(source: Source, spans: Sequence[Span], rate: int | None = RATE) -> Iterator[torch.Tensor]:
    opened = waveform.open_source(source.path)
    blocks = opened.blocks if rate is None else waveform.resampled(opened.blocks, opened.sample_rate, rate)
    yield from stretches(blocks, rate or opened.sample_rate, spans)


def _write_sound(source: Source, out: Path, made: CutFile, activity: Activity, config: PieceConfig) -> None:
    (out / WAVS).mkdir(exist_ok=True)
    rate = open_audio(source.path).sample_rate
    noise = _noise(source, activity) if config.denoise else torch.empty(0)
    sounds = _sounds(source, [piece.span for piece in made.pieces], None)
    for id, wav in zip(piece_ids(source.name, made), sounds, strict=True):
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
    return torch.cat([torch.empty(0), *_sounds(source, sorted(chosen), None)])


def _whole(out: Path, name: str, made: CutFile) -> bool:
    return all(wav_path(out, id).is_file() for id in piece_ids(name, made))


def _remove_others(out: Path, name: str, made: CutFile) -> None:
    """The pieces of this file that an earlier run wrote and this one did not."""
    own = {wav_path(out, id) for id in piece_ids(name, made)}
    number = re.compile(re.escape(name) + r"-\d{4,}\.flac")
    for path in (out / WAVS).iterdir():
        if number.fullmatch(path.name) and path not in own:
            path.unlink()


def _exact(piece: Piece, sample_rate: int) -> Piece:
    """With times of whole samples, as its sound has them."""
    start, end = bounds(piece.span, sample_rate)
    return replace(piece, start=start / sample_rate, end=end / sample_rate)
