"""A recording that was cut off above some frequency is known by its edge; speech that merely falls off is not."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import soundfile
import torch
from torch import Tensor

from tts.audio import waveform
from tts.audio.config import AudioConfig
from tts.corpora.lists.layouts import LJSpeech
from tts.data.manifest import read_manifest
from tts.preparation.bandwidth import bandwidth
from tts.preparation.limits import Limits
from tts.preparation.prepare import prepare
from tts.text.config import TextConfig

RATE = 24000


def speechlike(seconds: float = 2.0, slope: float = 12.0, seed: int = 0) -> Tensor:
    """Noise that falls by `slope` dB an octave above 500 Hz, louder and softer."""
    noise = torch.randn(round(seconds * RATE), generator=torch.Generator().manual_seed(seed))
    spectrum = torch.fft.rfft(noise)
    hertz = torch.arange(len(spectrum)) / seconds
    shaped = torch.fft.irfft(spectrum * (hertz / 500).clamp(min=1) ** (-slope / 6.02), len(noise))
    swell = 1 + 0.9 * torch.sin(2 * torch.pi * 3 * torch.arange(len(noise)) / RATE)
    return 0.1 * swell * shaped / shaped.std()


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050])
@pytest.mark.parametrize("slope", [0.0, 6.0, 12.0])
def test_the_edge_of_a_lower_rate_is_found(rate: int, slope: float) -> None:
    wav = speechlike(slope=slope)
    cut = waveform.resample(waveform.resample(wav, RATE, rate), rate, RATE)
    found = bandwidth(cut, RATE)
    assert found is not None and 0.9 * rate / 2 <= found <= rate / 2


@pytest.mark.parametrize("slope", [0.0, 6.0, 12.0, 18.0])
def test_what_has_all_its_highs_has_no_edge(slope: float) -> None:
    assert bandwidth(speechlike(slope=slope), RATE) is None


def test_an_edge_left_by_a_codec_is_found() -> None:
    encoded = io.BytesIO()
    soundfile.write(
        encoded, speechlike(4.0, 6.0).numpy(), RATE, format="MP3", subtype="MPEG_LAYER_III", compression_level=0.99
    )
    encoded.seek(0)
    samples, rate = soundfile.read(encoded, dtype="float32")
    found = bandwidth(torch.from_numpy(samples), rate)
    assert found is not None and found < 9000


@pytest.mark.parametrize("wav", [torch.zeros(RATE), torch.zeros(10), torch.zeros(0), torch.ones(RATE)])
def test_nothing_is_said_of_silence(wav: Tensor) -> None:
    assert bandwidth(wav, RATE) is None


def test_a_prepared_corpus_says_how_far_its_recordings_go(tmp_path: Path) -> None:
    (tmp_path / "in/wavs").mkdir(parents=True)
    whole = speechlike()
    waveform.write(tmp_path / "in/wavs/whole.wav", whole, RATE)
    waveform.write(tmp_path / "in/wavs/low_rate.wav", waveform.resample(whole, RATE, 16000), 16000)
    again = waveform.resample(waveform.resample(whole, RATE, 16000), 16000, RATE)
    waveform.write(tmp_path / "in/wavs/cut.wav", again, RATE)
    names = ("whole", "low_rate", "cut")
    (tmp_path / "in/metadata.csv").write_text("".join(f"{name}|One two three four five.\n" for name in names))
    limits = Limits(min_rate=0.1, max_rate=1000)
    text = TextConfig(units="graphemes")
    report = prepare(LJSpeech(str(tmp_path / "in")), tmp_path / "out", AudioConfig(), text, limits, 0)
    found = {u.id: u.bandwidth for u in read_manifest(tmp_path / "out").utterances}
    assert found["whole"] is None
    for name in ("low_rate", "cut"):
        assert found[name] is not None and 7200 <= found[name] <= 8000
    assert report.narrow == 2 and "2 utterances, up to 7." in report.table()
