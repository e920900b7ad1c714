"""Audio files in and out, and sample-rate conversion."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import librosa
import numpy as np
import torch

from tts.audio import transforms
from tts.audio.cut_off import lacks_its_index
from tts.audio.decoding import UNREADABLE, Content, Opened, open_audio, stretch
from tts.audio.sound_file import write_samples
from tts.errors import UserError

WIDTH, ROLLOFF = 64, 0.9475937167399596
"""Of the resampling filter: zero crossings on a side, and its edge as a share of the lower rate's half."""
RATES = range(4_000, 384_001)
"""Hz that a file may have."""
MOST_SAMPLES = 2**26
"""Of one recording as it is kept in memory, 256 MiB: 70 minutes at 16 kHz, 23 at 48."""
FAINT = 0.01
"""A channel whose power is a smaller share of the other's, 20 dB below it, is left out."""
CANCELLING = -0.5
"""Correlation of two channels below which they cancel each other: one has the other's sound upside down, as where a
microphone's wires are crossed. The mean of two that are as loud is more than 6 dB below them then, and 3 dB where they
have nothing in common."""
MOST_CELLS = 2**21
"""Of a filter kernel, which has one for every sample of a period of both rates: 44,100 to 16,000 Hz need 130,400."""

HEAD = 512
"""Bytes at the beginning of a file by which a text is known."""


class Source(NamedTuple):
    """A sound that is read as it is used, once."""

    blocks: Iterator[torch.Tensor]
    """Mono stretches, float32 [samples] each. Raises `UserError` where the file turns out to be damaged."""
    sample_rate: int
    """Hz."""
    seconds: float | None = None
    """As the file's first bytes say; None where they do not."""
    channel: str = ""
    """What was taken of several channels and tracks, as in `3 of 6`, `mean of 2` or `track 1 of 2`; empty where there
    is one."""
    file_seconds: float | None = None
    """Of the whole file, where this is a part of it; likewise."""
    announced: float | None = None
    """Of the whole file as its head says, though it may have been cut off; None where it says nothing certain."""


class TooLong(UserError):
    """A recording that would not fit in memory."""


def read(path: str | Path, sample_rate: int) -> torch.Tensor:
    """The file as a mono waveform, float32 [samples] in [−1, 1], converted to `sample_rate` (Hz).

    Raises
    ------
    UserError: the file is missing, empty, too long, or not readable as audio.
    """
    return _read(Path(path), sample_rate)[0]


def read_native(path: str | Path) -> tuple[torch.Tensor, int]:
    """The file as a mono waveform, float32 [samples], and its own sample rate in Hz.

    Raises
    ------
    UserError: likewise; also where it has another sample rate than recordings have.
    """
    return _read(Path(path), None)


def _read(path: Path, sample_rate: int | None) -> tuple[torch.Tensor, int]:
    source = open_source(path)
    rate = sample_rate or source.sample_rate
    try:
        return gather(source.blocks, source.sample_rate, rate, source.seconds), rate
    except TooLong as error:
        raise TooLong(f"{path}: {error}") from error


def open_source(
    path: str | Path | Content, channel: int | None = None, start: float = 0.0, seconds: float | None = None
) -> Source:
    """The file, to be read in stretches: what libsndfile reads (WAV, FLAC, Ogg, MP3…), else what FFmpeg does (M4A, WMA,
    WebM, AMR, the sound of a video…), and raw G.722 (`.g722`).

    Of two channels it is the mean, or the louder one where the other is silent beside it, or they cancel each other; of
    more it is the loudest.

    Parameters
    ----------
    channel: the one to take, 1 for the first.
    start, seconds: a part of the file; None for all that follows.

    Raises
    ------
    UserError: as `read_native`; also where it has no such channel.
    """
    path = path if isinstance(path, Content) else Path(path)
    if isinstance(path, Path) and not path.is_file():
        raise UserError(f"{path}: no such audio file")
    try:
        opened = open_audio(path)
        if opened.sample_rate not in RATES:
            raise UserError(f"{path}: {opened.sample_rate} Hz; recordings have {RATES[0]} to {RATES[-1]} Hz")
        if channel is not None and not 1 <= channel <= opened.channels:
            raise UserError(f"{path}: has {opened.channels} channels, so there is no channel {channel}")
        taken = [0] if opened.channels == 1 else [channel - 1] if channel else _heard(opened, start, seconds)
    except UNREADABLE as error:
        raise _unreadable(path, error) from error
    known = opened.seconds
    if known is not None:
        known = max(0.0, known - start) if seconds is None else min(seconds, max(0.0, known - start))
    mono = (
        torch.from_numpy(np.ascontiguousarray(block[:, taken].mean(axis=1)))
        for block in stretch(opened, start, seconds)
    )
    said = _said(taken, opened)
    return Source(_checked(path, mono), opened.sample_rate, known, said, opened.seconds, opened.announced)


def gather(blocks: Iterable[torch.Tensor], old: int, new: int, seconds: float | None = None) -> torch.Tensor:
    """Stretches of a sound at `old` Hz as one waveform [samples] at `new` Hz.

    Parameters
    ----------
    seconds: how long it is, where that is known: what is too long is not read then.

    Raises
    ------
    TooLong: it comes to more than `MOST_SAMPLES`.
    """
    if seconds is not None and seconds * new > MOST_SAMPLES:
        raise TooLong(f"{seconds / 60:.0f} min long{_at_most(new)}")
    kept, count = bytearray(), 0  # which grows in place, where joining stretches would take twice the memory
    for block in resampled(blocks, old, new):
        count += len(block)
        if count > MOST_SAMPLES:
            raise TooLong(f"too long{_at_most(new)}")
        kept += block.numpy().tobytes()
    return torch.frombuffer(kept, dtype=torch.float32) if kept else torch.empty(0)


def _at_most(rate: int) -> str:
    most = MOST_SAMPLES / rate / 60
    return f"; a recording may have {most:.0f} min at {rate} Hz: cut it into shorter ones, each with its text"


def resampled(blocks: Iterable[torch.Tensor], old: int, new: int) -> Iterator[torch.Tensor]:
    """Stretches of a sound, converted from `old` to `new` Hz as `resample` does the whole."""
    if old == new:
        yield from blocks
        return
    common = math.gcd(old, new)
    period, share = old // common, new // common  # samples before and after, between which both rates meet
    # Whole periods, beyond which no sample has a part in another.
    margin = period * math.ceil(reach(old, new) / period)
    pending, before = torch.empty(0), 0  # what is still needed, and how much of it was converted before
    for block in chain(blocks, [None]):
        done = len(pending) if block is None else (len(pending) - margin) // period * period
        if done > before:
            converted = resample(pending, old, new)
            yield converted[before // period * share : len(converted) if block is None else done // period * share]
            kept = max(0, done - margin)
            pending, before = pending[kept:].clone(), done - kept
        if block is not None:
            pending = torch.cat([pending, block])


def reach(old: int, new: int) -> float:
    """Samples at `old` Hz on each side that a sample at `new` Hz depends on."""
    return WIDTH * max(old / new, 1) / ROLLOFF + 1


def resample(wav: torch.Tensor, old: int, new: int) -> torch.Tensor:
    """Convert `wav` [..., samples] from `old` to `new` Hz with a Kaiser-windowed sinc.

    The filter is that of resampy's `kaiser_best`; aliases stay below −90 dB. Where the two rates have so little in
    common that its kernel would not fit in memory, soxr's best one.
    """
    if old == new:
        return wav
    if _cells(old, new) > MOST_CELLS:
        soxr = librosa.resample(wav.detach().cpu().numpy(), orig_sr=old, target_sr=new, res_type="soxr_vhq")
        return torch.from_numpy(soxr).to(wav)
    return transforms.resample(
        wav,
        old,
        new,
        lowpass_filter_width=WIDTH,
        rolloff=ROLLOFF,
        resampling_method="sinc_interp_kaiser",
        beta=14.769656459379492,
    )


def write(path: str | Path, wav: torch.Tensor, sample_rate: int) -> None:
    """Write `wav` [samples] as `tts.audio.sound_file.write_samples` does."""
    write_samples(path, wav.detach().to("cpu", torch.float32).numpy(), sample_rate)


def _cells(old: int, new: int) -> int:
    """Of the kernel that torchaudio makes."""
    common = math.gcd(old, new)
    return new // common * (2 * math.ceil(WIDTH * max(old / new, 1) / ROLLOFF) + old // common)


def _heard(opened: Opened, start: float, seconds: float | None) -> list[int]:
    """The channels that `open_source` takes the mean of, where there are several."""
    count, total, products = 0, np.zeros(1), np.zeros((1, 1))
    for block in stretch(opened, start, seconds):
        wide = block.astype(np.float64)
        count, total, products = count + len(wide), total + wide.sum(0), products + wide.T @ wide
    mean = total / max(count, 1)
    covariance = products / max(count, 1) - np.outer(mean, mean)  # a constant offset is inaudible
    power = covariance.diagonal().clip(0)
    loudest, audible = int(power.argmax()), np.flatnonzero(power >= FAINT * power.max())
    # Microphones of a room hear one voice at different times, so that the mean of many is muffled.
    if opened.channels > 2 or covariance[0, 1] < CANCELLING * math.sqrt(power.prod()):
        return [loudest]
    return audible.tolist()


def _said(taken: list[int], opened: Opened) -> str:
    """`Source.channel`"""
    count = opened.channels
    channel = "" if count == 1 else f"{taken[0] + 1} of {count}" if len(taken) == 1 else f"mean of {count}"
    return ", ".join(filter(None, (opened.track, channel)))


def _checked(path: Path | Content, blocks: Iterator[torch.Tensor]) -> Iterator[torch.Tensor]:
    """The same, with what is wrong with the file as the user's error."""
    count = 0
    try:
        for block in blocks:
            if not torch.isfinite(block).all():
                raise UserError(f"{path}: the file holds samples that are not numbers (NaN or infinity)")
            count += len(block)
            yield block
    except UNREADABLE as error:
        raise _unreadable(path, error) from error
    if not count:
        raise UserError(f"{path}: the file holds no samples")


def _unreadable(path: Path | Content, error: Exception) -> UserError:
    return UserError(f"{path}: not readable as audio ({_no_sound(path) or _one_line(error)})")


def _no_sound(path: Path | Content) -> str:
    """What a file plainly holds instead of sound: nothing, its beginning only, a web page, another text; empty where
    that is not plain."""
    try:
        with path.open("rb") if isinstance(path, Path) else BytesIO(path.data) as file:
            head = file.read(HEAD)
    except OSError:
        return ""
    if not head:
        return "the file is empty"
    if lacks_its_index(path if isinstance(path, Path) else BytesIO(path.data)):
        return "it was cut off, and what says where its sound is stands at its end; copy it again"
    text = head.decode("utf-8", "ignore")  # as its last character may be cut
    if len(text.encode()) < len(head) - 3 or not all(c.isprintable() or c.isspace() for c in text):
        return ""
    if text.startswith("version https://git-lfs"):
        return "it is a pointer to a file in Git LFS; fetch that by `git lfs pull`"
    return "it is a web page" if re.match(r"\s*<(!doctype|html)", text, re.I) else "it is a text"


def _one_line(error: Exception) -> str:
    said = getattr(error, "strerror", None) or error
    return " ".join(str(said).split()) or type(error).__name__
