"""Files of sound that were joined end to end, which are read whole."""

from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
import torch

from tts.audio import decoding, joined, waveform
from tts.errors import UserError

RATE = 24000
ID3 = b"ID3\x03\0\0\0\0\x01\x02" + b"\0" * 130
"""A tag before an MP3; its size has seven bits a byte."""


def tone(hertz: float, seconds: float = 1.0, rate: int = RATE) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)).astype(np.float32)


def encoded(wav: np.ndarray, format: str, subtype: str | None = None, rate: int = RATE) -> bytes:
    file = BytesIO()
    soundfile.write(file, wav, rate, format=format, subtype=subtype)
    return file.getvalue()


def bare_mp3(wav: np.ndarray, bits: int) -> bytes:
    """Without a first frame that says how long it is."""
    file = BytesIO()
    with av.open(file, "w", "mp3", options={"write_xing": "0", "id3v2_version": "0"}) as container:
        stream = container.add_stream("libmp3lame", rate=RATE, layout="mono")
        stream.bit_rate = bits
        frame = av.AudioFrame.from_ndarray(wav[None], "fltp", "mono")
        frame.sample_rate = RATE
        resampler = av.AudioResampler(stream.codec_context.format, "mono", RATE, stream.codec_context.frame_size)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return file.getvalue()


def whole(path: Path) -> torch.Tensor:
    """What is read of a file, which is as long as it says, and the same in memory."""
    source = waveform.open_source(path)
    read = torch.cat(list(source.blocks))
    assert source.seconds == pytest.approx(len(read) / source.sample_rate, abs=0.2)
    assert torch.equal(torch.cat(list(waveform.open_source(decoding.Content("it", path.read_bytes())).blocks)), read)
    return read


@pytest.mark.parametrize(
    ("format", "subtype"),
    [("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", None), ("WAV", "PCM_U8"), ("WAV", "FLOAT"), ("WAVEX", "PCM_24")],
)
def test_each_of_the_files_is_read(tmp_path: Path, format: str, subtype: str | None) -> None:
    files = [encoded(tone(hertz, seconds), format, subtype) for hertz, seconds in ((440, 1.0), (880, 0.7), (440, 0.4))]
    separate = []
    for i, content in enumerate(files):
        (tmp_path / f"{i}.x").write_bytes(content)
        separate.append(waveform.read_native(tmp_path / f"{i}.x")[0])
    (tmp_path / "all.x").write_bytes(b"".join(files))
    read = whole(tmp_path / "all.x")
    assert torch.equal(read, torch.cat(separate))
    part = waveform.open_source(tmp_path / "all.x", start=0.9, seconds=0.9)
    assert torch.equal(torch.cat(list(part.blocks)), read[round(0.9 * RATE) : round(0.9 * RATE) + round(0.9 * RATE)])


def test_one_file_joined_with_itself_is_twice_as_long(tmp_path: Path) -> None:
    for format in ("OGG", "MP3", "WAV"):
        (tmp_path / "twice").write_bytes(2 * encoded(tone(440), format))
        assert len(whole(tmp_path / "twice")) == 2 * RATE


@pytest.mark.parametrize("between", [b"", ID3, ID3 + ID3, b"TAG" + b"\0" * 125])
def test_tags_of_mp3s_are_no_sound(tmp_path: Path, between: bytes) -> None:
    first, second = encoded(tone(440), "MP3"), encoded(tone(880, 0.5), "MP3")
    (tmp_path / "a.mp3").write_bytes((between if between.startswith(b"ID3") else b"") + first + between + second)
    assert len(whole(tmp_path / "a.mp3")) == round(1.5 * RATE)


@pytest.mark.parametrize("bits", [(160_000, 32_000), (32_000, 160_000)])
def test_an_mp3_that_does_not_say_how_long_it_is_is_read_to_its_end(tmp_path: Path, bits: tuple[int, int]) -> None:
    (tmp_path / "a.mp3").write_bytes(b"".join(bare_mp3(tone(440), rate) for rate in bits))
    assert len(whole(tmp_path / "a.mp3")) == pytest.approx(2 * RATE, abs=6 * 1152)


@pytest.mark.parametrize("first", [True, False])
def test_an_mp3_that_says_how_long_it_is_beside_one_that_does_not(tmp_path: Path, first: bool) -> None:
    files = [encoded(tone(440), "MP3"), bare_mp3(tone(440), 64_000)]
    (tmp_path / "a.mp3").write_bytes(b"".join(files if first else files[::-1]))
    assert len(whole(tmp_path / "a.mp3")) == pytest.approx(2 * RATE, abs=6 * 1152)


@pytest.mark.parametrize("format", ["OGG", "MP3", "WAV"])
def test_files_at_two_rates_are_refused(tmp_path: Path, format: str) -> None:
    files = encoded(tone(440), format) + encoded(tone(440, rate=16000), format, rate=16000)
    (tmp_path / "a.x").write_bytes(files)
    with pytest.raises(UserError, match=r"a\.x: changes its sample rate or number of channels within the file"):
        waveform.open_source(tmp_path / "a.x")


def test_streams_beside_each_other_are_one_file(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.ogg"), "w") as container:
        streams = [container.add_stream("libopus", rate=48000, layout="mono") for _ in range(2)]
        for stream in streams:
            frame = av.AudioFrame.from_ndarray(tone(440, 0.02, 48000)[None], "flt", "mono")
            frame.sample_rate = 48000
            container.mux([*stream.encode(frame), *stream.encode(None)])
    assert (tmp_path / "a.ogg").read_bytes().count(b"OggS\0\2") == 2
    assert len(joined.parts(tmp_path / "a.ogg")) == 1


@pytest.mark.parametrize("format", ["OGG", "MP3", "WAV", "FLAC"])
def test_a_file_by_itself_is_one_wherever_it_is_cut_off(format: str) -> None:
    content = encoded(tone(440, 0.3), format)
    for end in (*range(0, 200, 7), len(content) // 2, len(content) - 1, len(content)):
        assert len(joined.parts(BytesIO(content[:end]))) <= 1
        joined.missing_bytes(BytesIO(content[:end]))


def test_a_file_made_of_countless_heads_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF\x04\0\0\0WAVE" * 100_000)
    with pytest.raises(UserError, match=r"100000 files of sound joined in one; 4096 are read at most"):
        waveform.open_source(tmp_path / "a.wav")
