"""Sound as bytes of a format, encoded as it is made."""

from __future__ import annotations

import io
import struct
from typing import Literal, Protocol

import av
import numpy as np
from av.audio.stream import AudioStream

Format = Literal["mp3", "opus", "aac", "flac", "wav", "pcm"]
MEDIA_TYPES: dict[Format, str] = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}
PCM_RATE = 24_000
"""Hz of `pcm`, as OpenAI's has; nothing in it says which."""
UNKNOWN = 0xFFFFFFFF
"""In a WAV's head, the size of what is not made yet."""
CODECS: dict[Format, tuple[str, str, int, dict[str, str]]] = {
    "mp3": ("mp3", "libmp3lame", 64_000, {"write_xing": "0", "id3v2_version": "0"}),
    "opus": ("ogg", "libopus", 48_000, {"page_duration": "100000"}),
    "aac": ("adts", "aac", 64_000, {}),
    "flac": ("flac", "flac", 0, {}),
}
"""Container and codec of FFmpeg, bits per second, and what the container is told."""


class Encoder(Protocol):
    """What makes bytes of sound, piece by piece."""

    sample_rate: int
    """Hz of what comes out."""

    def encode(self, wav: np.ndarray) -> bytes:
        """Of float32 `[samples]`; what goes beyond ±1 is clipped."""

    def finish(self) -> bytes:
        """What is left when all is said."""


def encoder(format: Format, sample_rate: int) -> Encoder:
    """An encoder for sound of `sample_rate` Hz."""
    if format == "wav":
        return Wav(sample_rate)
    if format == "pcm":
        return Pcm(sample_rate)
    return Compressed(format, sample_rate)


class Wav:
    """RIFF with a head that leaves the size open."""

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self._head = struct.pack(
            "<4sI4s4sIHHIIHH4sI", b"RIFF", UNKNOWN, b"WAVE", b"fmt ", 16, 1, 1, sample_rate, 2 * sample_rate, 2, 16,
            b"data", UNKNOWN,
        )  # fmt: skip

    def encode(self, wav: np.ndarray) -> bytes:
        head, self._head = self._head, b""
        return head + _integers(wav).tobytes()

    def finish(self) -> bytes:
        return self.encode(np.zeros(0, np.float32))


class Pcm:
    """16-bit integers, little-endian, one channel, at 24 kHz whatever the voice's rate is."""

    sample_rate = PCM_RATE

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        same = sample_rate == PCM_RATE
        self._resampler = None if same else av.AudioResampler("s16", "mono", PCM_RATE)

    def encode(self, wav: np.ndarray) -> bytes:
        samples = _integers(wav)
        if self._resampler is None or not len(samples):
            return samples.tobytes()
        return self._taken(_frame(samples, self._rate))

    def finish(self) -> bytes:
        return b"" if self._resampler is None else self._taken(None)

    def _taken(self, frame: av.AudioFrame | None) -> bytes:
        assert self._resampler is not None
        return b"".join(piece.to_ndarray().tobytes() for piece in self._resampler.resample(frame))


class Compressed:
    """By an encoder of FFmpeg, in a container that can be read from its beginning."""

    def __init__(self, format: Format, sample_rate: int) -> None:
        container, codec, bits, options = CODECS[format]
        self._rate = sample_rate
        self.sample_rate = _offered(codec, sample_rate)
        self._sink = _Sink()
        self._container = av.open(self._sink, "w", format=container, container_options=options)
        stream = self._container.add_stream(codec, rate=self.sample_rate)
        assert isinstance(stream, AudioStream)
        stream.codec_context.layout = "mono"
        if bits:
            stream.codec_context.bit_rate = bits
        self._stream = stream

    def encode(self, wav: np.ndarray) -> bytes:
        if len(wav):
            self._container.mux(self._stream.encode(_frame(_integers(wav), self._rate)))
        return self._sink.taken()

    def finish(self) -> bytes:
        self._container.mux(self._stream.encode(None))
        self._container.close()
        return self._sink.taken()


class _Sink(io.RawIOBase):
    """Where FFmpeg writes; without `seek`, so that it does not go back."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def write(self, data: object) -> int:
        before = len(self._bytes)
        self._bytes += memoryview(data).cast("B")  # type: ignore[arg-type]
        return len(self._bytes) - before

    def taken(self) -> bytes:
        made, self._bytes = bytes(self._bytes), bytearray()
        return made


def _offered(codec: str, sample_rate: int) -> int:
    """The lowest rate of a codec that keeps all of the sound, or its highest."""
    rates = sorted(av.Codec(codec, "w").audio_rates or [sample_rate])
    return next((rate for rate in rates if rate >= sample_rate), rates[-1])


def _integers(wav: np.ndarray) -> np.ndarray:
    return (np.clip(wav, -1.0, 1.0) * 32767.0).round().astype("<i2")


def _frame(samples: np.ndarray, sample_rate: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
    frame.sample_rate = sample_rate
    return frame
