"""Files that were cut off, whose heads have kept how long they were."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tts.audio.waveform import open_source

RATE = 24000
WAV = 0.1 * np.random.default_rng(0).standard_normal(2 * RATE).astype(np.float32)
SIZES = (4, 40)
"""Where the head of a WAV says how many bytes follow, of all and of the sound."""


def encoded(format: str, subtype: str | None = None) -> bytes:
    file = BytesIO()
    soundfile.write(file, WAV, RATE, format=format, subtype=subtype)
    return file.getvalue()


def announced(path: Path, content: bytes) -> float | None:
    """Seconds more than there are."""
    path.write_bytes(content)
    source = open_source(path)
    there = sum(map(len, source.blocks)) / source.sample_rate
    return None if source.announced is None else source.announced - there


@pytest.mark.parametrize(
    ("format", "subtype"),
    [("WAV", "PCM_16"), ("WAV", "FLOAT"), ("WAVEX", "PCM_24"), ("FLAC", None), ("MP3", None)],
)
def test_a_file_that_was_cut_off_announces_its_whole_length(tmp_path: Path, format: str, subtype: str | None) -> None:
    content = encoded(format, subtype)
    whole = announced(tmp_path / "whole", content)
    assert whole is None or abs(whole) < 0.1
    for share in (0.5, 0.8):
        missing = announced(tmp_path / "cut", content[: int(share * len(content))])
        assert missing == pytest.approx(2.0 * (1 - share), abs=0.2)


@pytest.mark.parametrize("lie", [0, 2**31 - 1, 2**31 - 36, 0x7FFFF000, 2**31, 2**32 - 1])
@pytest.mark.parametrize("places", [SIZES, SIZES[1:]])
def test_of_a_head_written_before_its_sound_nothing_is_announced(
    tmp_path: Path, lie: int, places: tuple[int, ...]
) -> None:
    content = bytearray(encoded("WAV", "PCM_16"))
    for place in places:
        content[place : place + 4] = lie.to_bytes(4, "little")
    missing = announced(tmp_path / "streamed.wav", bytes(content))
    assert missing is None or missing == 0


@pytest.mark.parametrize("place", SIZES)
def test_a_head_that_contradicts_itself_is_not_believed(tmp_path: Path, place: int) -> None:
    content = bytearray(encoded("WAV", "PCM_16"))
    content[place : place + 4] = (3 * len(content)).to_bytes(4, "little")
    assert announced(tmp_path / "a.wav", bytes(content)) == 0
