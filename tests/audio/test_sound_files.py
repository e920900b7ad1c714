"""Sound as telephones, cameras and recorders write it; every file is made here."""

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
import torch
from av.stream import Disposition

from tts.audio import decoding, waveform
from tts.corpora.lists.files import audio_files
from tts.errors import UserError

RATE = 16000
TONE = (0.4 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)).astype(np.float32)


def encode(path: Path, codec: str, rate: int = RATE, video: bool = False, layout: str = "mono") -> None:
    """A second of TONE."""
    wav = waveform.resample(torch.from_numpy(TONE), RATE, rate).numpy()
    with av.open(str(path), "w") as container:
        picture = container.add_stream("mpeg4", rate=25) if video else None
        if picture is not None:
            picture.width, picture.height, picture.pix_fmt = 32, 32, "yuv420p"
        stream = container.add_stream(codec, rate=rate, layout=layout)
        stream.bit_rate = 12_200 if "amr" in codec else 64_000
        resampler = av.AudioResampler(stream.codec_context.format, layout, rate, frame_size=stream.frame_size or 1024)
        frame = av.AudioFrame.from_ndarray(wav[None], "fltp", "mono")
        frame.sample_rate = rate
        if picture is not None:
            image = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24")
            container.mux([packet for _ in range(25) for packet in picture.encode(image)])
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux([*stream.encode(None), *(picture.encode(None) if picture is not None else [])])


def is_tone(wav: torch.Tensor, rate: int, hertz: float = 440) -> bool:
    """Whether its strongest frequency is that of TONE, at about its level."""
    spectrum = torch.fft.rfft(wav).abs()
    found = float(spectrum.argmax()) * rate / len(wav)
    return abs(found - hertz) < 3 and 0.2 < float(wav[len(wav) // 4 : -len(wav) // 4].abs().max()) < 0.6


@pytest.mark.parametrize(
    ("name", "codec", "rate", "video"),
    [
        ("telephone.m4a", "aac", 44100, False), ("bare.aac", "aac", 44100, False),
        ("windows.wma", "wmav2", 44100, False), ("browser.webm", "libopus", 48000, False),
        ("call.amr", "libopencore_amrnb", 8000, False), ("letter.flac", "flac", 8000, False),
        ("apple.caf", "pcm_s16be", 16000, False), ("apple.m4a", "alac", 44100, False),
        ("film.mp4", "aac", 48000, True), ("film.mkv", "libopus", 48000, True), ("film.avi", "pcm_s16le", 16000, True),
        ("television.ts", "mp2", 48000, True), ("camera.mts", "ac3", 48000, False),
        ("camera.m2ts", "ac3", 48000, False), ("old.rm", "ac3", 44100, False), ("free.ogv", "libopus", 48000, False),
    ],
)  # fmt: skip
def test_what_people_record_with_is_read(tmp_path: Path, name: str, codec: str, rate: int, video: bool) -> None:
    encode(tmp_path / name, codec, rate, video)
    wav, found = waveform.read_native(tmp_path / name)
    assert found == rate and len(wav) / rate == pytest.approx(1, abs=0.1) and is_tone(wav, rate)
    assert audio_files(tmp_path) == [tmp_path / name]
    known = waveform.open_source(tmp_path / name).seconds
    assert known is None or known == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"])
@pytest.mark.parametrize("rate", [8000, 11127, 96000])
def test_any_kind_of_number_at_any_rate(tmp_path: Path, subtype: str, rate: int) -> None:
    wav = waveform.resample(torch.from_numpy(TONE), RATE, rate)
    soundfile.write(tmp_path / "a.wav", wav.numpy(), rate, subtype=subtype)
    read, found = waveform.read_native(tmp_path / "a.wav")
    assert found == rate and len(read) == len(wav)
    assert torch.allclose(read, wav, atol=0.02)


@pytest.mark.parametrize("form", ["RF64", "W64", "AIFF", "AU"])
def test_other_heads(tmp_path: Path, form: str) -> None:
    soundfile.write(tmp_path / "a.wav", TONE, RATE, format=form)  # the content counts, not the name
    assert torch.allclose(waveform.read(tmp_path / "a.wav", RATE), torch.from_numpy(TONE), atol=1e-4)


def headed(path: Path, riff: int, data: int, kept: float = 1.0, bits: int = 16) -> None:
    """A WAV whose head gives any sizes, and of whose samples a share is there; 64 bits are whole numbers, too."""
    samples = (TONE.astype(np.float64) * (2.0 ** (bits - 1) - 1)).astype(f"<i{bits // 8}").tobytes()
    head = struct.pack("<HHIIHH", 1, 1, RATE, RATE * bits // 8, bits // 8, bits)
    chunks = b"WAVEfmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", data)
    path.write_bytes(b"RIFF" + struct.pack("<I", riff) + chunks + samples[: int(len(samples) * kept)])


@pytest.mark.parametrize("size", [0, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_head_that_was_written_before_the_sound(tmp_path: Path, size: int) -> None:
    headed(tmp_path / "a.wav", size, size)
    assert torch.allclose(waveform.read(tmp_path / "a.wav", RATE), torch.from_numpy(TONE), atol=1e-4)


def test_whole_numbers_of_64_bits(tmp_path: Path) -> None:
    headed(tmp_path / "a.wav", 8 * RATE + 36, 8 * RATE, bits=64)
    assert torch.allclose(waveform.read(tmp_path / "a.wav", RATE), torch.from_numpy(TONE), atol=1e-4)


def encode_late(path: Path, codec: str, rate: int, front: float = 0.0, gap: float = 0.0, video: bool = False) -> None:
    """Three seconds with a tone from 1.0 to 1.1 s, moved by `front`; what follows 0.5 s is moved by `gap`, too."""
    wav = np.zeros((1, 3 * rate), np.float32)
    wav[0, rate : rate + rate // 10] = 0.5 * np.sin(np.arange(rate // 10))
    with av.open(str(path), "w") as container:
        packets = []
        if video:
            picture = container.add_stream("mpeg2video" if path.suffix == ".mpg" else "mpeg4", rate=25)
            picture.width, picture.height, picture.pix_fmt = 32, 32, "yuv420p"
            image = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24")
            packets += [packet for frame in (*[image] * 100, None) for packet in picture.encode(frame)]
        stream = container.add_stream(codec, rate=rate, layout="mono")
        stream.bit_rate = 64_000 if codec == "mp2" else 32_000
        resampler = av.AudioResampler(stream.codec_context.format, "mono", rate, frame_size=stream.frame_size or 1024)
        sound = av.AudioFrame.from_ndarray(wav, "fltp", "mono")
        sound.sample_rate, sound.pts, sound.time_base = rate, 0, Fraction(1, rate)
        for frame in [*resampler.resample(sound), *resampler.resample(None)]:
            frame.pts += round(front * rate) + (round(gap * rate) if frame.pts > rate // 2 else 0)
            packets += stream.encode(frame)
        packets = [packet for packet in (*packets, *stream.encode(None)) if packet.dts is not None]
        container.mux(sorted(packets, key=lambda packet: float(packet.dts * packet.time_base)))


LATE = [
    ("a.mkv", "pcm_s16le", 16000, False), ("a.webm", "libopus", 48000, False), ("a.mkv", "libmp3lame", 8000, True),
    ("a.m4a", "aac", 44100, False), ("a.mp4", "aac", 16000, True), ("a.mp4", "libopus", 48000, True),
    ("a.wma", "wmav2", 8000, False), ("a.wmv", "wmav2", 44100, True),
]  # fmt: skip


@pytest.mark.parametrize(("name", "codec", "rate", "video"), [*LATE, ("a.mpg", "mp2", 44100, True)])
def test_sound_that_begins_later_than_its_film_stays_where_it_is(
    tmp_path: Path, name: str, codec: str, rate: int, video: bool
) -> None:
    onsets = []
    for front in (0.0, 0.5):
        encode_late(tmp_path / name, codec, rate, front, video=video)
        wav, _ = waveform.read_native(tmp_path / name)
        onsets.append(int((wav.abs() > 0.2).nonzero()[0]) / rate)
        known = waveform.open_source(tmp_path / name).seconds
        assert known is None or video or known == pytest.approx(len(wav) / rate, abs=0.1)
    assert onsets == [pytest.approx(1.0, abs=0.07), pytest.approx(1.5, abs=0.07 if name == "a.mpg" else 0.01)]


@pytest.mark.parametrize(("name", "codec", "rate", "video"), LATE)
def test_a_gap_in_a_film_s_sound_is_silent(tmp_path: Path, name: str, codec: str, rate: int, video: bool) -> None:
    encode_late(tmp_path / name, codec, rate, gap=0.5, video=video)
    wav, _ = waveform.read_native(tmp_path / name)
    assert int((wav.abs() > 0.2).nonzero()[0]) / rate == pytest.approx(1.5, abs=0.07)
    part = waveform.open_source(tmp_path / name, start=1.25, seconds=0.5)
    assert torch.equal(torch.cat(list(part.blocks)), wav[round(1.25 * rate) : round(1.25 * rate) + rate // 2])


def test_sound_that_begins_after_hours_is_refused(tmp_path: Path) -> None:
    encode_late(tmp_path / "a.mkv", "pcm_s16le", RATE, front=5e5)
    with pytest.raises(UserError, match=r"a\.mkv: has no sound for 500000 s from 0 s on"):
        waveform.read(tmp_path / "a.mkv", RATE)


def test_of_a_file_that_was_cut_off_what_is_there_is_read(tmp_path: Path) -> None:
    headed(tmp_path / "a.wav", 2 * RATE + 36, 2 * RATE, kept=0.7)
    assert len(waveform.read(tmp_path / "a.wav", RATE)) == int(0.7 * RATE)
    for name, codec in (("b.aac", "aac"), ("c.webm", "libopus"), ("d.wma", "wmav2")):
        encode(tmp_path / name, codec, 48000 if codec == "libopus" else 44100)
        whole = len(waveform.read(tmp_path / name, RATE))
        content = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(content[: int(0.7 * len(content))])
        wav = waveform.read(tmp_path / name, RATE)
        assert 0.4 * whole < len(wav) < 0.95 * whole and is_tone(wav, RATE), name
    encode(tmp_path / "e.m4a", "aac")  # which has its index at its end
    content = (tmp_path / "e.m4a").read_bytes()
    (tmp_path / "e.m4a").write_bytes(content[: int(0.5 * len(content))])
    with pytest.raises(UserError, match=r"e\.m4a: not readable as audio \(it was cut off, and .*; copy it again"):
        waveform.read(tmp_path / "e.m4a", RATE)


def noisy_flac(path: Path) -> torch.Tensor:
    """Six seconds of TONE and noise, [samples], in about 25 blocks."""
    noise = np.random.default_rng(0).standard_normal(6 * RATE).astype(np.float32)
    soundfile.write(path, np.tile(TONE, 6) + 0.01 * noise, RATE)
    return waveform.read(path, RATE)


@pytest.mark.parametrize("share", [0.5, 0.7, 0.9, 0.95])
@pytest.mark.parametrize("block", [2**20, 1000])
def test_of_a_flac_that_was_cut_off_what_is_there_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float, block: int
) -> None:
    monkeypatch.setattr(decoding, "BLOCK", block)
    whole = noisy_flac(tmp_path / "a.flac")
    content = (tmp_path / "a.flac").read_bytes()
    (tmp_path / "a.flac").write_bytes(content[: int(share * len(content))])
    wav = waveform.read(tmp_path / "a.flac", RATE)
    assert (share - 0.06) * len(whole) < len(wav) < (share + 0.02) * len(whole)
    assert torch.equal(wav, whole[: len(wav)])
    in_memory = decoding.Content("a.flac", (tmp_path / "a.flac").read_bytes())
    assert torch.equal(torch.cat(list(waveform.open_source(in_memory).blocks)), wav)
    for start, seconds in ((1.0, 1.5), (2.0, None)):
        part = torch.cat(list(waveform.open_source(tmp_path / "a.flac", start=start, seconds=seconds).blocks))
        end = len(wav) if seconds is None else round((start + seconds) * RATE)
        assert torch.equal(part, wav[round(start * RATE) : end])


@pytest.mark.parametrize("at", [0.02, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("damage", [b"", bytes(400), bytes([0x55])])
def test_damage_within_a_flac_is_named(tmp_path: Path, at: float, damage: bytes) -> None:
    noisy_flac(tmp_path / "a.flac")
    content = bytearray((tmp_path / "a.flac").read_bytes())
    start = int(at * len(content))
    content[start : start + (len(damage) or 400)] = damage
    (tmp_path / "a.flac").write_bytes(content)
    with pytest.raises(UserError, match=r"a\.flac: not readable as audio \(Error : .*flac decoder"):
        waveform.read(tmp_path / "a.flac", RATE)


def test_a_program_s_text_is_no_film(tmp_path: Path) -> None:
    (tmp_path / "main.ts").write_text("export const answer: number = 42;\n" * 30)
    with pytest.raises(UserError, match=r"main\.ts: not readable as audio \(it is a text\)"):
        waveform.open_source(tmp_path / "main.ts")


def test_a_part_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "BLOCK", 1000)
    ramp = np.linspace(-0.5, 0.5, RATE, dtype=np.float32)
    soundfile.write(tmp_path / "a.wav", ramp, RATE, subtype="FLOAT")
    headed(tmp_path / "b.wav", 0, 0)
    for name, whole in (("a.wav", ramp), ("b.wav", TONE)):
        source = waveform.open_source(tmp_path / name, start=0.25, seconds=0.3)
        part = torch.cat(list(source.blocks))
        assert torch.allclose(part, torch.from_numpy(whole[RATE // 4 : RATE // 4 + round(0.3 * RATE)]), atol=1e-4)
    assert waveform.open_source(tmp_path / "a.wav", start=0.9, seconds=0.3).seconds == pytest.approx(0.1)
    with pytest.raises(UserError, match=r"a\.wav: the file holds no samples"):
        list(waveform.open_source(tmp_path / "a.wav", start=2.0).blocks)


def test_one_channel_is_taken_and_said(tmp_path: Path) -> None:
    quiet, silent = 0.1 * TONE, 0 * TONE
    other = (0.3 * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)).astype(np.float32)
    for name, channels, level, said in (
        ("centre", [silent, silent, TONE, silent, silent, silent], TONE, "3 of 6"),
        ("array", [0.5 * other, other, TONE, 0.8 * TONE], TONE, "3 of 4"),
        ("stereo", [TONE, TONE], TONE, "mean of 2"),
        ("one_side", [silent, TONE], TONE, "2 of 2"),
        ("mono", [quiet], quiet, ""),
    ):
        soundfile.write(tmp_path / f"{name}.wav", np.stack(channels, 1), RATE, subtype="FLOAT")
        source = waveform.open_source(tmp_path / f"{name}.wav")
        assert source.channel == said, name
        assert torch.allclose(torch.cat(list(source.blocks)), torch.from_numpy(level), atol=1e-4), name
    source = waveform.open_source(tmp_path / "array.wav", channel=2)
    assert source.channel == "2 of 4"
    assert torch.allclose(torch.cat(list(source.blocks)), torch.from_numpy(other), atol=1e-4)
    with pytest.raises(UserError, match=r"stereo\.wav: has 2 channels, so there is no channel 3"):
        waveform.open_source(tmp_path / "stereo.wav", channel=3)
    assert waveform.open_source(tmp_path / "mono.wav", channel=1).channel == ""


def test_a_telephone_s_stereo(tmp_path: Path) -> None:
    encode(tmp_path / "a.m4a", "aac", 44100, layout="stereo")
    source = waveform.open_source(tmp_path / "a.m4a")
    assert source.channel == "mean of 2" and is_tone(torch.cat(list(source.blocks)), 44100)


def film(path: Path, *tracks: np.ndarray, default: int | None = None, layout: str = "mono") -> None:
    """A second of each of these in a film with a track for each, of which one may be that which players begin with."""
    with av.open(str(path), "w", options={"default_mode": "passthrough"} if path.suffix == ".mkv" else {}) as container:
        streams = [container.add_stream("pcm_s16le", rate=RATE, layout=layout) for _ in tracks]
        if default is not None:
            streams[default].disposition = Disposition.default
        for wav, stream in zip(tracks, streams, strict=True):
            samples = np.repeat((32767 * wav).astype(np.int16), len(stream.layout.channels))[None]
            frame = av.AudioFrame.from_ndarray(samples, "s16", layout)
            frame.sample_rate, frame.pts = RATE, 0
            container.mux([*stream.encode(frame), *stream.encode(None)])


@pytest.mark.parametrize(("default", "taken"), [(None, 0), (0, 0), (1, 1)])
@pytest.mark.parametrize("layout", ["mono", "stereo"])
def test_of_two_tracks_the_one_that_players_begin_with_is_read_and_said(
    tmp_path: Path, default: int | None, taken: int, layout: str
) -> None:
    tracks = (TONE, 0.2 * TONE)
    film(tmp_path / "a.mkv", *tracks, default=default, layout=layout)
    source = waveform.open_source(tmp_path / "a.mkv")
    assert torch.allclose(torch.cat(list(source.blocks)), torch.from_numpy(tracks[taken]), atol=1e-3)
    assert source.channel == f"track {taken + 1} of 2" + (", mean of 2" if layout == "stereo" else "")
    film(tmp_path / "b.mkv", TONE)
    assert waveform.open_source(tmp_path / "b.mkv").channel == ""


def test_lists_of_other_files_are_not_followed(tmp_path: Path) -> None:
    encode(tmp_path / "a.m4a", "aac")
    lists = {
        "a.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.0,\na.m4a\n#EXT-X-ENDLIST\n",
        "b.wav": "ffconcat version 1.0\nfile a.m4a\n",
        "c.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 96\n",
    }
    for name, content in lists.items():
        (tmp_path / name).write_text(content)
        with pytest.raises(UserError, match=f"{name}: not readable as audio"):
            waveform.open_source(tmp_path / name)


def test_what_holds_no_sound_is_named(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "silent.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        image = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24")
        container.mux([*stream.encode(image), *stream.encode(None)])
    with pytest.raises(UserError, match=r"silent\.mp4: .*no sound"):
        waveform.open_source(tmp_path / "silent.mp4")


def test_damage_within_a_file_is_named(tmp_path: Path) -> None:
    encode(tmp_path / "a.aac", "aac", 44100)
    content = bytearray((tmp_path / "a.aac").read_bytes())
    content[len(content) // 2 : len(content) // 2 + 400] = bytes(400)
    (tmp_path / "a.aac").write_bytes(content)
    with pytest.raises(UserError, match=r"a\.aac: not readable as audio \(Invalid data"):
        waveform.read(tmp_path / "a.aac", RATE)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\n<!DOCTYPE html><title>Not found</title>", "it is a web page"),
        ("Ein Text, größer als nichts. ".encode() * 40, "it is a text"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "it is a pointer to a file in Git LFS; fetch"),
    ],
)
@pytest.mark.parametrize("name", ["a.wav", "a.m4a", "a.txt"])
def test_what_is_plainly_something_else_is_called_so(tmp_path: Path, content: bytes, reason: str, name: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=rf"{name}: not readable as audio \({reason}"):
        waveform.open_source(tmp_path / name)
    with pytest.raises(UserError, match=reason):
        waveform.open_source(decoding.Content(name, content))
