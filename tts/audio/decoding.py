"""Files of sound opened by libsndfile, or else by FFmpeg, and read in stretches from any place in them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import chain, islice
from pathlib import Path, PurePath
from typing import Any, NamedTuple, Protocol

import av
import numpy as np
import soundfile

from tts.audio.cut_off import times_as_long
from tts.audio.ffmpeg import container, frames_of, sound_of, zero_of
from tts.audio.joined import TAGS, Bounds, missing_bytes, parts
from tts.errors import UserError

SUFFIXES = (
    ".wav", ".flac", ".ogg", ".opus", ".mp3", ".g722", ".oga", ".spx", ".m4a", ".m4b", ".aac", ".mp4", ".m4v", ".mov",
    ".3gp", ".3g2", ".wma", ".wmv", ".asf", ".webm", ".weba", ".mka", ".mkv", ".amr", ".awb", ".aif", ".aiff", ".aifc",
    ".au", ".snd", ".caf", ".w64", ".rf64", ".wv", ".ape", ".tta", ".tak", ".mpc", ".mp2", ".ac3", ".eac3", ".avi",
    ".flv", ".mpg", ".mpeg", ".voc", ".gsm", ".sph", ".nist", ".ogv", ".m2ts", ".mts", ".rm", ".ts",
)  # fmt: skip
"""By which files of sound are told from others; what is in them decides how they are read. Of two files that
differ in nothing else, the one whose ending stands first here is taken."""
LATE = 0.05
"""Seconds, beside the codec's delay, by which sound that begins or goes on later than expected is moved."""
LONGEST_SILENCE = 3600
"""Seconds of a file in which a container may have no sound."""
BLOCK = 2**20
"""Samples, over all channels, that are read at once."""
UNKNOWN = 2**62
"""Samples; libsndfile reports this many or more where the file does not give its length."""
MOST_JOINED = 4096
"""Files in one: people join a few, and each costs an opening."""
PADDING = 4 * 1152
"""Samples that an MP3 may have more than its sound has, at its beginning and end."""
UNREADABLE = (OSError, RuntimeError, TypeError, MemoryError, av.FFmpegError)
"""What the two libraries raise."""


class Content(NamedTuple):
    """A file that is in memory."""

    name: str
    data: bytes

    def __str__(self) -> str:
        return self.name


class Opened(Protocol):
    """A file of sound, of which nothing but the head has been read."""

    @property
    def sample_rate(self) -> int:
        """Hz."""

    @property
    def channels(self) -> int: ...

    @property
    def track(self) -> str:
        """Which one of a film's is read, as in `track 1 of 2`; empty where there is one."""

    @property
    def seconds(self) -> float | None:
        """As its head says; None where it does not."""

    @property
    def announced(self) -> float | None:
        """Seconds that its head says, though the file may have been cut off; None where it says nothing certain."""

    def blocks(self, first: int) -> Iterator[np.ndarray]:
        """Stretches, float32 [samples, channels] in [−1, 1], from sample `first` on; may be called again.

        Raises one of `UNREADABLE`, or `UserError`, where the file turns out to be damaged.
        """


def open_audio(path: Path | Content) -> Opened:
    """The file by its content, whatever its name; only raw G.722 (`.g722`), which has no head, goes by its name.

    Raises
    ------
    UserError: it holds no sound; or one of `UNREADABLE`.
    """
    if PurePath(str(path)).suffix.lower() == ".g722":
        return _FFmpeg.open(path, "g722")
    if len(bounds := parts(_source(path))) > 1:
        return _Joined.open(path, bounds)
    try:
        opened = _Sndfile.open(path)
    except soundfile.LibsndfileError:
        return _FFmpeg.open(path)
    if not opened.frames:  # as a head says that was written before the sound; FFmpeg goes on to the end of the file
        return _FFmpeg.open(path)
    if opened.format in ("WAV", "WAVEX") and opened.seconds is not None:
        return replace(opened, announced=opened.seconds * times_as_long(_source(path)))
    return _whole_mp3(opened) if opened.format == "MP3" else opened


def stretch(opened: Opened, start: float, seconds: float | None) -> Iterator[np.ndarray]:
    """The blocks of a part of a file.

    Parameters
    ----------
    start: of the part, in seconds from the file's start.
    seconds: its length; None for all that follows.
    """
    left = None if seconds is None else round(seconds * opened.sample_rate)
    for block in opened.blocks(round(start * opened.sample_rate)):
        if left is not None:
            block = block[:left]
            left -= len(block)
        yield block
        if left == 0:
            return


class _ForwardOnly(soundfile.SoundFile):
    """Read from the start to the end only: libsndfile cannot seek where a file does not say how long it is."""

    def seekable(self) -> bool:
        return False


@dataclass(frozen=True)
class _Sndfile:
    path: Path | Content
    format: str
    sample_rate: int
    channels: int
    frames: int
    announced: float | None = None
    track = ""

    @classmethod
    def open(cls, path: Path | Content) -> _Sndfile:
        with _ForwardOnly(_for_sndfile(path)) as file:
            announced = file.frames / file.samplerate if file.format == "FLAC" and file.frames < UNKNOWN else None
            return cls(path, file.format, file.samplerate, file.channels, file.frames, announced)

    @property
    def seconds(self) -> float | None:
        return None if self.frames >= UNKNOWN else self.frames / self.sample_rate

    def blocks(self, first: int) -> Iterator[np.ndarray]:
        reached = first
        try:
            for block in self._blocks(first):
                yield block
                reached += len(block)
        except soundfile.LibsndfileError as damage:
            if self.format != "FLAC":
                raise
            planes = _planes_of_cut_flac(self.path, damage)
            yield from _after(_joined(planes, max(1, BLOCK // self.channels // 1024)), reached)

    def _blocks(self, first: int) -> Iterator[np.ndarray]:
        seek = first > 0 and self.seconds is not None
        with (soundfile.SoundFile if seek else _ForwardOnly)(_for_sndfile(self.path)) as file:
            if seek:
                file.seek(min(first, self.frames))
            yield from _after(_read(file), 0 if seek else first)


def _read(file: soundfile.SoundFile) -> Iterator[np.ndarray]:
    while len(block := file.read(max(1, BLOCK // file.channels), dtype="float32", always_2d=True)):
        yield block


def _after(blocks: Iterable[np.ndarray], skipped: int) -> Iterator[np.ndarray]:
    for block in blocks:
        if skipped < len(block):
            yield block[skipped:]
        skipped = max(0, skipped - len(block))


@dataclass(frozen=True)
class _FFmpeg:
    path: Path | Content
    format: str | None
    sample_rate: int
    channels: int
    track: str
    seconds: float | None
    announced = None

    @classmethod
    def open(cls, path: Path | Content, format: str | None = None) -> _FFmpeg:
        with container(_source(path), format) as file:
            if not file.streams.audio:
                raise UserError(f"{path}: the file holds no sound")
            stream, count = sound_of(file), len(file.streams.audio)
            track = f"track {file.streams.audio.index(stream) + 1} of {count}" if count > 1 else ""
            seconds = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else None
            zero = None if file.format.name == "asf" else zero_of(file)  # whose length goes to the end
            if seconds and zero is not None and stream.start_time:
                seconds += max(0.0, float(stream.start_time * stream.time_base) - zero)
            context = stream.codec_context
            if not context.sample_rate or not context.channels:  # which the first frame says
                frame = next(frames_of(file), None)
                if frame is None:
                    raise UserError(f"{path}: the file holds no samples")
                return cls(path, format, frame.sample_rate, frame.layout.nb_channels, track, seconds)
            return cls(path, format, int(context.sample_rate), int(context.channels), track, seconds)

    def blocks(self, first: int) -> Iterator[np.ndarray]:
        with container(_source(self.path), self.format) as file:
            yield from _after(_joined(self._planes(file), max(1, BLOCK // self.channels // 1024)), first)

    def _planes(self, file: Any) -> Iterator[np.ndarray]:
        """Stretches, float32 [channels, samples], of about 1024 samples; zeros where the file's clock goes on without
        sound."""
        resampler = av.AudioResampler(format="fltp")  # which changes the kind of number only
        zero, codec = zero_of(file), sound_of(file).codec_context
        rate, passed, silent = self.sample_rate, 0, 0
        for frame in frames_of(file):
            if frame.sample_rate != rate or frame.layout.nb_channels != self.channels:
                raise UserError(f"{self.path}: changes its sample rate or number of channels within the file")
            late = 0 if zero is None or frame.time is None else round((frame.time - zero) * rate) - passed
            if late > LATE * rate + codec.delay:
                silent += late
                if silent > LONGEST_SILENCE * rate:
                    raise UserError(f"{self.path}: has no sound for {late / rate:.0f} s from {passed / rate:.0f} s on")
                yield from (np.zeros((self.channels, min(1024, late - n)), np.float32) for n in range(0, late, 1024))
                passed += late
            passed += frame.samples
            yield from (converted.to_ndarray() for converted in resampler.resample(frame))


@dataclass(frozen=True)
class _Joined:
    """Files that were joined end to end, read one after the other."""

    path: Path | Content
    bounds: Sequence[Bounds]
    sample_rate: int
    channels: int
    seconds: float | None
    announced = None
    track = ""

    @classmethod
    def open(cls, path: Path | Content, bounds: Sequence[Bounds]) -> _Joined:
        if len(bounds) > MOST_JOINED:
            raise UserError(f"{path}: {len(bounds)} files of sound joined in one; {MOST_JOINED} are read at most")
        heads = [(part.sample_rate, part.channels, part.seconds) for part in _opened(path, bounds)]
        (sample_rate, channels), *others = {(rate, count) for rate, count, _ in heads}
        if others:
            raise UserError(f"{path}: changes its sample rate or number of channels within the file")
        known = [seconds for _, _, seconds in heads if seconds is not None]
        return cls(path, bounds, sample_rate, channels, sum(known) if len(known) == len(heads) else None)

    def blocks(self, first: int) -> Iterator[np.ndarray]:
        blocks = chain.from_iterable(part.blocks(0) for part in _opened(self.path, self.bounds))
        yield from _after(blocks, first)


def _opened(path: Path | Content, bounds: Iterable[Bounds]) -> Iterator[Opened]:
    """The files that are joined in one."""
    with BytesIO(path.data) if isinstance(path, Content) else path.open("rb") as file:
        for start, end in bounds:
            file.seek(start)
            yield open_audio(Content(str(path), file.read(end - start)))


def _whole_mp3(opened: _Sndfile) -> Opened:
    """Of an MP3 that libsndfile would end too early, what FFmpeg reads; the others with their length."""
    path, rate = opened.path, opened.sample_rate
    missing = missing_bytes(_source(path))
    if missing is not None and -TAGS <= missing <= 0:
        return opened
    with container(_source(path), "mp3") as file:
        packets = file.demux(sound_of(file))
        frames = round(sum(float(packet.duration * packet.time_base) for packet in packets if packet.duration) * rate)
    if frames > opened.frames + PADDING:
        return replace(_FFmpeg.open(path, "mp3"), seconds=frames / rate)
    if frames >= opened.frames - PADDING:
        return opened
    return replace(opened, frames=frames, announced=opened.seconds if missing is not None and missing > 0 else None)


def _planes_of_cut_flac(path: Path | Content, damage: soundfile.LibsndfileError) -> Iterator[np.ndarray]:
    """Stretches, float32 [channels, samples], of all blocks of a FLAC file that are whole; they give the place of their
    first sample and a checksum.

    Raises
    ------
    LibsndfileError: `damage`, where a block that is not whole is followed by others.
    """
    resampler, passed = av.AudioResampler(format="fltp"), 0
    try:
        with container(_source(path), "flac") as file:
            sound_of(file).codec_context.options = {"err_detect": "crccheck+explode"}
            for frame in frames_of(file):
                if frame.pts is None or round(frame.time * frame.sample_rate) != passed:
                    raise damage
                passed += frame.samples
                yield from (converted.to_ndarray() for converted in resampler.resample(frame))
    except av.FFmpegError as error:
        raise damage from error


def _joined(planes: Iterator[np.ndarray], count: int) -> Iterator[np.ndarray]:
    """Each `count` of [channels, samples] as one [samples, channels]."""
    while some := list(islice(planes, count)):
        yield np.concatenate(some, axis=1).T


def _source(path: Path | Content) -> Path | BytesIO:
    return BytesIO(path.data) if isinstance(path, Content) else path


def _for_sndfile(path: Path | Content) -> Path | BytesIO | bytes:
    """A name that is no Unicode is read as bytes; on Windows there is none."""
    source = _source(path)
    return os.fsencode(source) if isinstance(source, Path) and os.name != "nt" else source
