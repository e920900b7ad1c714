"""Exported graphs give what torch gives, for any text, speaker and setting."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.export.conftest import generator
from tts.batch import TextBatch
from tts.export import shrinking
from tts.export.acoustic import NATS_PER_DECIBEL, TextToMel
from tts.export.shrinking import Precision
from tts.export.vocoder import MelToWave
from tts.models.acoustic import AcousticModel
from tts.synthesis.voice import Voice

onnxruntime = pytest.importorskip("onnxruntime")


def random_text(voice: Voice, tokens: int, seed: int) -> TextBatch:
    draw = torch.Generator().manual_seed(seed)
    inner = torch.randint(3, len(voice.table), (1, tokens), generator=draw)
    inner[0, 0], inner[0, -1] = 1, 2
    return TextBatch(
        symbols=inner,
        stress=torch.randint(0, 3, (1, tokens), generator=draw),
        boundary=torch.randint(0, 5, (1, tokens), generator=draw),
        lengths=torch.tensor([tokens]),
        speaker=torch.zeros(1, dtype=torch.int64),
    )


FACTORS = {"lengthening", "token_range"}
CONTROLS = (*sorted(FACTORS), "frames", "token_pitch", "token_energy")


def inputs_of(text: TextBatch, shares: list[float], **settings: float) -> dict[str, np.ndarray]:
    given = {"speed": 1.0, "pitch": 0.0, "energy": 0.0} | settings
    return {
        "symbols": text.symbols.numpy(),
        "stress": text.stress.numpy(),
        "boundary": text.boundary.numpy(),
        "language": np.zeros_like(text.symbols.numpy()),
        "speaker": np.array([shares], np.float32),
        **{name: np.array([value], np.float32) for name, value in given.items()},
        "group": np.zeros_like(text.symbols.numpy()),
        **{name: np.full(text.symbols.shape, float(name in FACTORS), np.float32) for name in CONTROLS},
    }


@pytest.fixture(scope="module")
def acoustic(onnx_folder: Path) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(str(onnx_folder / "acoustic.onnx"))


@pytest.fixture(scope="module")
def vocoder(onnx_folder: Path) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(str(onnx_folder / "vocoder.onnx"))


@settings(max_examples=20, deadline=None)
@given(tokens=st.integers(3, 80), seed=st.integers(0, 1000), speed=st.floats(0.25, 4.0), share=st.floats(0.0, 1.0))
def test_mel_and_durations_are_those_of_torch(
    voice: Voice, acoustic: onnxruntime.InferenceSession, tokens: int, seed: int, speed: float, share: float
) -> None:
    speed = float(np.float32(speed))
    text = random_text(voice, tokens, seed)
    text.shares = torch.tensor([[share, 1 - share]])
    expected = voice.model.infer(text, speed=speed)
    mel, durations = acoustic.run(None, inputs_of(text, [share, 1 - share], speed=speed))
    # A duration on the edge between two whole numbers may fall on either side.
    if (durations == expected.durations.numpy()).all():
        assert np.abs(mel - expected.mel.numpy()).max() < 1e-3
    else:
        assert np.abs(durations - expected.durations.numpy()).max() <= 1


def test_each_of_two_speakers_is_the_one_asked_for(voice: Voice, acoustic: onnxruntime.InferenceSession) -> None:
    text = random_text(voice, 20, 1)
    for number, shares in enumerate(([1.0, 0.0], [0.0, 1.0])):
        text.speaker = torch.tensor([number])
        mel, _ = acoustic.run(None, inputs_of(text, shares))
        torch.testing.assert_close(torch.from_numpy(mel), voice.model.infer(text).mel, atol=1e-3, rtol=0)


def test_energy_raises_every_channel_by_its_decibels(voice: Voice, acoustic: onnxruntime.InferenceSession) -> None:
    text = random_text(voice, 20, 2)
    plain, _ = acoustic.run(None, inputs_of(text, [1.0, 0.0]))
    louder, _ = acoustic.run(None, inputs_of(text, [1.0, 0.0], energy=6.0))
    np.testing.assert_allclose(louder - plain, 6 * NATS_PER_DECIBEL, atol=1e-4)
    assert math.isclose(math.exp(20 * NATS_PER_DECIBEL), 10)


def test_pitch_moves_what_the_decoder_is_given(voice: Voice) -> None:
    """In semitones, within the range of speaking voices."""
    module, heard = TextToMel(voice.model), []
    text = random_text(voice, 20, 3)
    text.shares = torch.tensor([[1.0, 0.0]])
    with torch.no_grad():
        decoder = voice.model.decoder
        voice_pitch = decoder._mel
        decoder._mel = lambda frames, pitch, mask: heard.append(pitch) or voice_pitch(frames, pitch, mask)
        try:
            for semitones in (0.0, 3.0):
                module.speak(text, torch.ones(1), torch.zeros(1), torch.tensor([semitones]))
        finally:
            del decoder._mel
    voiced = (heard[0] > 61) & (heard[1] < 499)
    if voiced.any():
        torch.testing.assert_close(heard[1][voiced], heard[0][voiced] * 2 ** (3 / 12))
    assert ((heard[0] > 0) == (heard[1] > 0)).all()


@settings(max_examples=10, deadline=None)
@given(frames=st.integers(2, 900), seed=st.integers(0, 1000))
def test_the_wave_is_that_of_torch(voice: Voice, vocoder: onnxruntime.InferenceSession, frames: int, seed: int) -> None:
    draw = torch.Generator().manual_seed(seed)
    channels = voice.config.audio.n_mels
    slow = torch.randn(1, channels, 2 + frames // 20, generator=draw)
    mel = torch.nn.functional.interpolate(slow, size=frames, mode="linear")[0].T.contiguous() - 5
    expected = voice.vocoder(mel).numpy()
    (wav,) = vocoder.run(None, {"mel": mel[None].numpy()})
    assert wav.shape == (1, len(expected))
    noise = np.square(wav[0] - expected).sum()
    assert noise <= 1e-4 * np.square(expected).sum()  # 40 dB below


def test_the_same_text_is_the_same_sound(voice: Voice, acoustic: onnxruntime.InferenceSession) -> None:
    given = inputs_of(random_text(voice, 30, 4), [0.5, 0.5])
    first, second = (acoustic.run(None, given)[0] for _ in range(2))
    assert (first == second).all()


def test_transforms_without_complex_numbers_are_those_of_torch(voice: Voice) -> None:
    module = MelToWave(generator(voice))
    mel = torch.randn(1, 40, voice.config.audio.n_mels) - 4
    with torch.no_grad():
        torch.testing.assert_close(module(mel)[0], voice.vocoder(mel[0]), atol=2e-4, rtol=1e-3)


@pytest.mark.parametrize(("precision", "decibels"), [("float16", 30), ("int8", 15)])
def test_smaller_graphs_sound_much_the_same(
    voice: Voice,
    onnx_folder: Path,
    tmp_path: Path,
    precision: Precision,
    decibels: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shrinking, "LEAST_MATRIX", 1)  # so small a vocoder has none that is large
    whole, small = onnx_folder / "vocoder.onnx", tmp_path / "vocoder.onnx"
    small.write_bytes(whole.read_bytes())
    shrinking.shrink(small, precision)
    assert small.stat().st_size < 0.6 * whole.stat().st_size
    mel = voice.synthesize("We keep the sea in view.").mel[None].numpy()
    expected, wav = (
        np.abs(
            np.fft.rfft(onnxruntime.InferenceSession(str(path)).run(None, {"mel": mel})[0][0][:24000].reshape(-1, 240))
        )
        for path in (whole, small)
    )
    assert np.square(wav - expected).sum() < 10 ** (-decibels / 10) * np.square(expected).sum()


def test_convolutions_as_products_of_matrices_are_the_same(
    voice: Voice, onnx_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    onnx = pytest.importorskip("onnx")
    monkeypatch.setattr(shrinking, "LEAST_MATRIX", 1)
    model = onnx.load(onnx_folder / "acoustic.onnx")
    before = sum(node.op_type == "Conv" for node in model.graph.node)
    shrinking.convolutions_as_matrices(model.graph)
    assert sum(node.op_type == "Conv" for node in model.graph.node) < before
    onnx.checker.check_model(model)
    onnx.save(model, tmp_path / "acoustic.onnx")
    given = inputs_of(random_text(voice, 30, 5), [0.5, 0.5])
    (mel, durations), (wanted, expected) = (
        onnxruntime.InferenceSession(str(folder / "acoustic.onnx")).run(None, given)
        for folder in (tmp_path, onnx_folder)
    )
    assert (durations == expected).all()
    np.testing.assert_allclose(mel, wanted, atol=1e-3)


def test_a_graph_without_large_matrices_is_not_made_of_integers(onnx_folder: Path, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    small = tmp_path / "vocoder.onnx"
    small.write_bytes((onnx_folder / "vocoder.onnx").read_bytes())
    shrinking.shrink(small, "int8")
    assert not any("Integer" in node.op_type for node in onnx.load(small).graph.node)


def test_a_mixture_of_speakers_in_two_languages_is_that_of_the_model(voice: Voice) -> None:
    torch.manual_seed(0)
    model = AcousticModel(voice.config.model, voice.config.audio.n_mels, len(voice.table), 2, languages=2).eval()
    assert model.text_encoder.language is not None
    torch.nn.init.normal_(model.text_encoder.language.weight)
    model.variance.spoken.uniform_(0.5, 1.0)
    model.variance.recorded.uniform_(1.0, 2.0)
    model.decoder.restored_variance = 0.5
    text = random_text(voice, 25, 6)
    text.language, text.shares = torch.arange(25)[None] % 2, torch.tensor([[0.3, 0.7]])
    nothing = torch.zeros(1)
    with torch.no_grad():
        mel, durations = TextToMel(model).speak(text, torch.ones(1), nothing, nothing)
    expected = model.infer(text)
    assert (durations == expected.durations).all()
    torch.testing.assert_close(mel, expected.mel, atol=1e-3, rtol=0)
