"""Encoders: rates, levels, and sound that comes in pieces of any length."""

from __future__ import annotations

import io
from typing import get_args

import av
import numpy as np
import pytest
import soundfile

from tts.serving.sound import PCM_RATE, Format, encoder


def tone(rate: int, seconds: float = 1.0) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * 440 * np.arange(round(rate * seconds)) / rate)).astype(np.float32)


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 24_000, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("format", get_args(Format))
def test_a_tone_stays_one_at_every_rate(format: Format, rate: int) -> None:
    wav, made = tone(rate), encoder(format, rate)
    pieces = [made.encode(piece) for piece in np.split(wav, [1, rate // 7, rate // 7, rate // 2])]
    sound = b"".join([*pieces, made.finish()])
    if format == "pcm":
        samples, heard_rate = np.frombuffer(sound, "<i2") / 32768, PCM_RATE
    else:
        with av.open(io.BytesIO(sound)) as container:
            samples = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], -1).ravel()
            heard_rate = container.streams.audio[0].rate
    assert len(samples) / heard_rate == pytest.approx(1.0, abs=0.16)
    spectrum = np.abs(np.fft.rfft(samples.astype(float)))
    assert spectrum.argmax() * heard_rate / len(samples) == pytest.approx(440, abs=3)


def test_a_wav_can_be_read_though_its_size_is_open() -> None:
    made = encoder("wav", 16_000)
    sound = made.encode(tone(16_000)) + made.finish()
    samples, rate = soundfile.read(io.BytesIO(sound), dtype="float32")
    assert rate == 16_000 and np.abs(samples - tone(16_000)).max() < 1e-4
    empty = encoder("wav", 16_000).finish()
    assert empty.startswith(b"RIFF") and len(empty) == 44


def test_what_is_too_loud_is_clipped_and_does_not_wrap_round() -> None:
    made = encoder("pcm", PCM_RATE)
    assert np.frombuffer(made.encode(np.array([2.0, -2.0, 1.0], np.float32)), "<i2").tolist() == [32767, -32767, 32767]
