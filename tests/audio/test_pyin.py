"""Probabilistic YIN against librosa's."""

from __future__ import annotations

import math
import tracemalloc

import librosa
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tts.audio import pyin
from tts.audio.config import AudioConfig
from tts.audio.pitch import FRAME_SECONDS, HIGHEST, LOWEST, compile_pitch_tracking, pitch_contour

SETTINGS = [(16000, 160), (16000, 200), (22050, 256), (24000, 300), (24000, 384), (44100, 441), (48000, 600)]
"""Sample rates and hops, of 10 to 16 ms."""


def of_librosa(wav: Tensor, rate: int, hop: int) -> Tensor:
    pitch, _, _ = librosa.pyin(
        wav.numpy(), fmin=LOWEST, fmax=HIGHEST, sr=rate, hop_length=hop, resolution=0.2, fill_na=0.0,
        beta_parameters=(2, 8),
        frame_length=2 * round(FRAME_SECONDS * rate / 2),
        max_transition_rate=min(35.92, 2.5 * rate / hop),
    )  # fmt: skip
    return torch.from_numpy(pitch).float()


def agreement(wav: Tensor, rate: int, hop: int) -> float:
    """Share of the frames in which voicing and bin are librosa's."""
    got, want = (
        pitch_contour(wav, AudioConfig(sample_rate=rate, hop_length=hop, f_max=rate / 2)),
        of_librosa(wav, rate, hop),
    )
    assert got.shape == want.shape == (1 + len(wav) // hop,)
    return torch.isclose(got, want, rtol=1e-5).double().mean().item()


def seconds(length: float, rate: int) -> Tensor:
    return torch.arange(math.ceil(length * rate), dtype=torch.float64) / rate


def noise(length: float, rate: int) -> Tensor:
    generator = torch.Generator().manual_seed(rate)
    return torch.randn(math.ceil(length * rate), generator=generator)


def tone(hertz: float, length: float, rate: int) -> Tensor:
    return torch.sin(2 * math.pi * hertz * seconds(length, rate)).float()


def buzz(hertz: float, length: float, rate: int) -> Tensor:
    return sum(tone(k * hertz, length, rate) / 8 for k in range(1, 12) if k * hertz < rate / 2) + tone(0, length, rate)


def pulses(hertz: float, length: float, rate: int) -> Tensor:
    wav = torch.zeros(math.ceil(length * rate))
    wav[:: round(rate / hertz)] = 1
    return wav


def glide(start: float, end: float, length: float, rate: int) -> Tensor:
    hertz = start * (end / start) ** (seconds(length, rate) / length)
    return torch.sin(2 * math.pi * hertz.cumsum(0) / rate).float()


@pytest.mark.parametrize(("rate", "hop"), SETTINGS)
def test_the_result_is_librosas(rate: int, hop: int) -> None:
    """On one recording of many sounds, several stretches long."""
    silence = torch.zeros(rate // 5)
    sounds = [
        0.1 * noise(0.5, rate), silence, *(tone(hertz, 0.2, rate) for hertz in (40, 65, 130, 333, 490, 900)), silence,
        glide(60, 500, 0.5, rate), glide(480, 70, 0.1, rate), 1e-5 * noise(0.2, rate), torch.full((rate // 5,), 0.3),
        buzz(95, 0.3, rate), buzz(370, 0.3, rate), buzz(140, 0.4, rate) + 0.1 * noise(0.4, rate), silence,
    ]  # fmt: skip
    assert agreement(torch.cat(sounds), rate, hop) >= 0.999


@pytest.mark.parametrize(("rate", "hop"), SETTINGS)
def test_the_result_is_librosas_where_voicing_is_a_close_choice(rate: int, hop: int) -> None:
    assert agreement(pulses(61, 1, rate), rate, hop) == 1
    for length in (0.1, 0.12):
        pieces = [(buzz(150 + 9 * k, length, rate), noise(length, rate)) for k in range(8)]
        assert agreement(torch.cat([sound for both in pieces for sound in both]), rate, hop) == 1


@pytest.mark.parametrize("samples", [10, 100, 513, 2000])
def test_short_recordings(samples: int) -> None:
    for wav in (torch.zeros(24000), noise(1, 24000), buzz(210, 1, 24000)):
        assert agreement(wav[:samples], 24000, 300) == 1


@st.composite
def sounds(draw: st.DrawFn) -> tuple[Tensor, int, int]:
    """A recording of a few sounds at any level, its sample rate, and a hop of 10 to 16 ms."""
    rate = draw(st.sampled_from([16000, 22050, 24000, 44100, 48000]))
    pieces = []
    for _ in range(draw(st.integers(1, 4))):
        length, level = draw(st.floats(0.005, 0.3)), 10 ** draw(st.floats(-4, 0))
        hertz, other = (LOWEST * 2 ** draw(st.floats(-0.5, 3.5)) for _ in range(2))
        kinds = [noise(length, rate), tone(hertz, length, rate), buzz(hertz, length, rate)]
        kinds += [glide(hertz, other, length, rate), torch.zeros(math.ceil(length * rate))]
        pieces.append(level * draw(st.sampled_from(kinds)))
    return torch.cat(pieces), rate, round(draw(st.floats(0.01, 0.016)) * rate)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(sounds())
def test_the_result_is_librosas_on_drawn_sounds(drawn: tuple[Tensor, int, int]) -> None:
    wav, _, hop = drawn
    apart = (1 - agreement(*drawn)) * (1 + len(wav) // hop)
    assert apart < 1.5, "two ways of rounding may decide one close choice otherwise"


@pytest.mark.parametrize(
    "wav", [torch.zeros(0), torch.ones(1), torch.zeros(9000), torch.ones(9000), 1e30 * noise(0.4, 24000)],
    ids=["empty", "one sample", "silence", "constant", "beyond the range of squares"],
)  # fmt: skip
def test_odd_recordings_have_a_finite_pitch_in_every_frame(wav: Tensor) -> None:
    pitch = pitch_contour(wav, AudioConfig(sample_rate=24000, hop_length=300))
    assert len(pitch) == 1 + len(wav) // 300 and pitch.isfinite().all()
    assert ((pitch == 0) | (pitch >= LOWEST)).all()


def test_what_has_no_pitch_is_refused() -> None:
    wav = torch.zeros(1000)
    wav[500] = math.nan
    with pytest.raises(ValueError, match="not finite"):
        pitch_contour(wav, AudioConfig())
    with pytest.raises(ValueError, match="no pitch of 500 Hz"):
        pitch_contour(torch.zeros(1000), AudioConfig(sample_rate=800, f_max=400))


def test_memory_is_bounded() -> None:
    wav = 0.1 * noise(60, 16000)
    tracemalloc.start()  # which sees numpy's memory; torch's is that of one stretch
    pitch_contour(wav, AudioConfig())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6 * len(wav), f"{peak / len(wav):.1f} bytes a sample"


def test_what_was_compiled_serves_every_recording() -> None:
    """Compiling later would be without the lock."""

    def compiled() -> dict[str, list[object]]:
        return {name: kernel.signatures for name, kernel in vars(pyin).items() if hasattr(kernel, "signatures")}

    compile_pitch_tracking(AudioConfig())
    before = {name: list(signatures) for name, signatures in compiled().items()}
    assert before["_observe"] and before["_advance"]
    with torch.inference_mode():
        pitch_contour(noise(1, 16000), AudioConfig(sample_rate=16000, hop_length=160, f_max=8000.0))
    pitch_contour(noise(1, 24000)[::2].double(), AudioConfig(sample_rate=12000, hop_length=150, f_max=6000.0))
    pitch_contour(torch.ones(1), AudioConfig())
    assert compiled() == before
