"""An autoregressive voice, exported with the loop over its steps, speaks as it does with torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

import tts.synthesis.voice
from tests.export.conftest import Shared
from tests.export.test_graphs import inputs_of, random_text
from tts.attention.config import Selection
from tts.commands.export import export
from tts.errors import UserError
from tts.export.acoustic import TextToMel
from tts.models.acoustic import AcousticModel
from tts.models.decoders.autoregressive import AutoregressiveDecoder, AutoregressiveDecoderConfig
from tts.runtime import Controls, Voice
from tts.synthesis.voice import save_voice
from tts.vocoder.choice import IstftVocoder

TEXT = "We keep the sea in view. Did the bird sing at noon, or was it the lamp?"


def autoregressive(
    voice: tts.synthesis.voice.Voice, selection: Selection = "focused", reduction: int = 2, positions: bool = False
) -> AcousticModel:
    """A model of the same voice with two layers of two heads, in the monotonic phase."""
    torch.manual_seed(3)
    config = voice.config.model
    decoder = AutoregressiveDecoderConfig(
        attention=replace(AutoregressiveDecoderConfig().attention, heads=2, head_dim=8, selection=selection),
        layers=2, heads=2, window=6, feedforward=24, prenet=12, postnet_layers=2, postnet_kernel=3,
        reduction=reduction, positions=positions,
    )  # fmt: skip
    size = voice.config.audio.n_mels, len(voice.table), len(voice.info.speakers), len(voice.info.languages)
    model = AcousticModel(replace(config, decoder=decoder), *size).eval()
    assert isinstance(model.decoder, AutoregressiveDecoder)
    for attention in model.decoder.cross_attentions:
        attention.focus.copy_(torch.tensor([0.9, 0.1]))
    model.shortest.frames.fill_(5.0)  # untrained durations are near nothing
    model.smma_tunable = True
    return model


@pytest.fixture(scope="module")
def folder(shared: Shared, voice: tts.synthesis.voice.Voice, source: Path) -> Path:
    pytest.importorskip("onnxscript")

    def make(folder: Path) -> None:
        model = autoregressive(voice)
        config = replace(voice.config, model=model.config)
        save_voice(folder / "voice", model, config, voice.table, replace(voice.info, sha256={}))
        vocoder = {"kind": "istft", "path": str(source / "vocoder")}
        export({"voice": str(folder / "voice"), "vocoder": vocoder, "out": str(folder / "onnx")})

    return shared("autoregressive", make)


@pytest.fixture(scope="module")
def original(folder: Path, source: Path) -> tts.synthesis.voice.Voice:
    return tts.synthesis.voice.Voice.load(folder / "voice", IstftVocoder(path=str(source / "vocoder")))


@pytest.mark.parametrize("tokens", [2, 3, 20, 71])
@pytest.mark.parametrize("speed", [1.0, 0.6, 1.7])
def test_mel_and_durations_are_those_of_torch(
    original: tts.synthesis.voice.Voice, folder: Path, tokens: int, speed: float
) -> None:
    speed = float(np.float32(speed))
    text = random_text(original, tokens, tokens)
    text.shares = torch.tensor([[0.3, 0.7]])
    expected = original.model.infer(text, speed=speed)
    graph = onnxruntime.InferenceSession(str(folder / "onnx/acoustic.onnx"))
    names = {i.name for i in graph.get_inputs()}
    given = {name: value for name, value in inputs_of(text, [0.3, 0.7], speed=speed).items() if name in names}
    mel, durations = graph.run(None, given)
    assert (durations == expected.durations.numpy()).all()
    torch.testing.assert_close(torch.from_numpy(mel), expected.mel, rtol=0, atol=1e-3)


def test_the_runtime_says_what_torch_says(original: tts.synthesis.voice.Voice, folder: Path) -> None:
    exported = Voice.load(folder / "onnx")
    ours, theirs = original.synthesize(TEXT), exported.synthesize(TEXT)
    assert [(w.label, w.start, w.end) for w in theirs.words] == [(w.label, w.start, w.end) for w in ours.words]
    assert len(theirs.wav) == len(ours.wav)
    assert exported.controls == original.controls == {"speed", "energy"}
    louder = exported.synthesize(TEXT, energy=6.0).wav
    assert np.abs(louder).max() > np.abs(theirs.wav).max()
    for speak in (original.synthesize, exported.synthesize):
        with pytest.raises(UserError, match="pitch cannot be changed: an autoregressive decoder has its own"):
            speak(TEXT, controls=Controls(pitch=2))


@pytest.mark.parametrize(
    ("selection", "reduction", "positions"), [("focused", 1, True), ("all", 2, False), ("all", 3, True)]
)
def test_other_shapes_of_it_speak_the_same_before_they_are_a_graph(
    voice: tts.synthesis.voice.Voice, selection: Selection, reduction: int, positions: bool
) -> None:
    model = autoregressive(voice, selection, reduction, positions)
    text = random_text(voice, 12, 1)
    expected = model.infer(text)
    padded = random_text(voice, 17, 1)
    for name in ("symbols", "stress", "boundary"):
        getattr(padded, name)[:, :12] = getattr(text, name)
    padded.lengths, padded.shares = text.lengths, torch.tensor([[1.0, 0.0]])
    with torch.no_grad():
        mel, durations = TextToMel(model).speak(padded, torch.ones(1), torch.zeros(1), torch.zeros(1))
    assert (durations[:, :12] == expected.durations).all() and not durations[:, 12:].any()
    torch.testing.assert_close(mel, expected.mel, rtol=0, atol=1e-3)


@pytest.mark.parametrize("change", ["plain phase", "threshold"])
def test_heads_without_a_stepwise_path_are_named(
    voice: tts.synthesis.voice.Voice, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = autoregressive(voice, "threshold" if change == "threshold" else "focused")
    if change == "plain phase":
        model.smma_tunable = False
    with pytest.raises(UserError, match=r"whose heads all follow stepwise paths.*selection=focused"):
        TextToMel(model)


def test_graphs_do_not_tell_where_they_were_made(folder: Path, exported: Callable[[str], Path]) -> None:
    onnx = pytest.importorskip("onnx")
    root = str(Path(__file__).parents[2]).encode()
    for path in (folder / "onnx/acoustic.onnx", exported("onnx") / "vocoder.onnx", exported("piper") / "voice.onnx"):
        assert root not in path.read_bytes()
        assert not any(node.metadata_props for node in onnx.load(path).graph.node)
