"""An exported voice speaks by onnxruntime and numpy, where there is no torch, as it does with torch."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pytest

import tts.synthesis.voice
from tts.errors import UserError
from tts.runtime import Controls, Voice
from tts.runtime.folder import CONTROL_INPUTS
from tts.storage.files import sha256
from tts.synthesis.controls import Manner
from tts.synthesis.speakers import Speaker
from tts.text.controls import Marked
from tts.text.tokens import Tokens

pytest.importorskip("onnxruntime")

TEXT = "We keep the sea in view. Did the bird sing at noon, or was it the lamp?"
WITHOUT = ("torch", "torchaudio", "librosa", "numba", "scipy", "hydra", "omegaconf", "matplotlib", "soundfile", "av")
SPEAK = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in sys.argv[1].split(","):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
from tts.runtime import Voice
speech = Voice.load(sys.argv[2]).synthesize(sys.argv[3], speed=1.25)
print(len(speech.wav), speech.sample_rate, *(word.label for word in speech.words))
"""


EARLIER = (
    Tokens(("<s>", "h", "</s>"), (0, 0, 0), (-1, 0, -1), ("h",)),
    Manner(Speaker(0), "en-us", Controls(pitch=2), Marked("h")), True, True,
)  # fmt: skip


@pytest.fixture(scope="module")
def spoken(onnx_folder: Path) -> Voice:
    return Voice.load(onnx_folder)


@pytest.fixture
def copy(onnx_folder: Path, tmp_path: Path) -> Path:
    return copytree(onnx_folder, tmp_path / "copy")


def edit_card(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    card = json.loads((folder / "voice.json").read_text("utf-8"))
    change(card)
    (folder / "voice.json").write_text(json.dumps(card), "utf-8")


def test_it_speaks_where_torch_does_not_exist(onnx_folder: Path, spoken: Voice) -> None:
    command = [sys.executable, "-c", SPEAK, ",".join(WITHOUT), str(onnx_folder), TEXT]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    samples, rate, *words = result.stdout.split()
    speech = spoken.synthesize(TEXT, speed=1.25)
    assert (int(samples), int(rate)) == (len(speech.wav), 24000)
    assert words == [word.label for word in speech.words]


@pytest.mark.parametrize("speaker", [None, "en-us+m3", "en-us+f3:1,en-us+m3:3"])
def test_sound_and_times_are_those_of_the_voice_that_was_exported(
    voice: tts.synthesis.voice.Voice, spoken: Voice, speaker: str | None
) -> None:
    ours, theirs = voice.synthesize(TEXT, speaker, speed=0.9), spoken.synthesize(TEXT, speaker, speed=0.9)
    assert theirs.sample_rate == ours.sample_rate
    assert [(w.label, w.start, w.end) for w in theirs.words] == [(w.label, w.start, w.end) for w in ours.words]
    assert theirs.phones == ours.phones
    assert theirs.phones[-1].end == len(theirs.wav) / theirs.sample_rate
    wav = ours.wav.numpy()
    assert theirs.wav.dtype == np.float32 and theirs.wav.shape == wav.shape
    assert np.square(theirs.wav - wav).sum() < 1e-4 * np.square(wav).sum()


def test_perceptual_quality_beside_torch_is_that_of_a_perfect_copy(
    voice: tts.synthesis.voice.Voice, spoken: Voice
) -> None:
    pytest.importorskip("pesq")
    import torch

    from tts.evaluation.judges import perceptual_quality

    ours, theirs = voice.synthesize(TEXT), spoken.synthesize(TEXT)
    assert perceptual_quality(ours.wav, torch.from_numpy(theirs.wav), ours.sample_rate) > 4.5


def test_streamed_sentences_are_the_whole(spoken: Voice) -> None:
    pieces = list(spoken.stream(TEXT, pitch=2.0, energy=-3.0))
    assert len(pieces) == 3
    assert (np.concatenate(pieces) == spoken.synthesize(TEXT, pitch=2.0, energy=-3.0).wav).all()


def test_controls_and_markup_are_those_of_the_voice_that_was_exported(
    voice: tts.synthesis.voice.Voice, spoken: Voice
) -> None:
    text = (
        '<speak>Go <emphasis>home</emphasis>, <break time="400ms"/> did <prosody duration="0.5s">it</prosody>? No.'
        "</speak>"
    )
    controls = Controls(speed=1.1, pitch=2, pitch_range=1.3, energy=-3, pauses=1.5, variation=0.5, seed=3)
    ours, theirs = voice.synthesize(text, controls=controls), spoken.synthesize(text, controls=controls)
    assert theirs.phones == ours.phones
    wav = ours.wav.numpy()
    assert np.square(theirs.wav - wav).sum() < 1e-4 * np.square(wav).sum()
    for one in (voice, spoken):
        both = one.synthesize("Go home.", pitch=1.0, energy=2.0, controls=Controls(pitch=1.0)).wav
        assert (both == one.synthesize("Go home.", pitch=2.0, energy=2.0).wav).all()


def test_a_text_that_is_being_written_is_spoken_as_its_sentences_end(spoken: Voice) -> None:
    written: list[str] = []

    def words() -> Iterator[str]:
        for word in re.findall(r"\S+\s*", TEXT):
            written.append(word)
            yield word

    sounds = spoken.stream(words())
    first = next(sounds)
    assert len(written) < 10  # of 16
    np.testing.assert_array_equal(np.concatenate([first, *sounds]), spoken.synthesize(TEXT).wav)
    assert list(spoken.stream(["… ", "— "])) == []


def test_a_stream_has_pieces_as_long_as_are_asked_for(spoken: Voice) -> None:
    pieces = list(spoken.stream(TEXT, chunk_seconds=0.1))
    assert max(map(len, pieces)) == 2400 and len(pieces) > 10
    np.testing.assert_array_equal(np.concatenate(pieces), np.concatenate(list(spoken.stream(TEXT))))


def test_an_export_of_an_earlier_version_speaks_with_the_controls_that_it_had(
    spoken: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Format 1: what follows `energy` is not among its inputs."""
    asked = spoken._asked(*EARLIER)
    assert spoken.controls == {"speed", "pitch", "pitch_range", "energy", "pauses", "variation", "seed"}
    monkeypatch.setattr(spoken, "_by_token", False)
    assert spoken.controls == {"speed", "pitch", "energy"}
    assert spoken._asked(*EARLIER).keys() == asked.keys() - set(CONTROL_INPUTS)
    assert spoken._asked(*EARLIER)["pitch"] == 2.0 and asked["pitch"] == 0.0
    with pytest.raises(UserError, match="pauses cannot be changed: the voice was exported by an earlier version"):
        spoken.synthesize(TEXT, controls=Controls(pauses=2))
    with pytest.raises(UserError, match="what is marked up in the text cannot be changed"):
        spoken.synthesize("<speak>Go <emphasis>home</emphasis>.</speak>")


def test_a_sentence_that_would_last_too_long_is_refused(spoken: Voice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tts.runtime.voice.LONGEST", 1)
    monkeypatch.setattr(spoken, "_vocoder", None)
    with pytest.raises(UserError, match="no more than 1 are spoken in one go; give shorter sentences"):
        spoken.synthesize(TEXT, speed=0.25)


def test_energy_makes_it_louder(spoken: Voice) -> None:
    """By as much as is asked for where the vocoder is a good one: docs/tutorials/export.md."""
    quiet, loud = spoken.synthesize(TEXT, energy=-6.0), spoken.synthesize(TEXT, energy=6.0)
    assert np.square(loud.wav).mean() > 1.5 * np.square(quiet.wav).mean()


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"speaker": "bob"}, "speaker=bob: not in this voice"),
        ({"language": "de"}, "language=de: this voice speaks en-us"),
        ({"speed": 9.0}, "speed=9.0: choose between 0.25 and 4.0"),
        ({"pitch": 99.0}, "pitch=99.0: choose between -24 and 24"),
        ({"energy": float("nan")}, "energy=nan"),
    ],
)
def test_what_cannot_be_done_is_named(spoken: Voice, asked: dict[str, Any], complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        spoken.synthesize(TEXT, **asked)


def test_nothing_to_say_is_refused(spoken: Voice) -> None:
    with pytest.raises(UserError, match="nothing to say"):
        spoken.synthesize(" … ")


@pytest.mark.parametrize("name", ["acoustic.onnx", "vocoder.onnx", "symbols.json"])
def test_a_changed_file_is_noticed(copy: Path, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(UserError, match=f"{name}: changed since it was exported"):
        Voice.load(copy)


@pytest.mark.parametrize("name", ["acoustic.onnx", "vocoder.onnx", "symbols.json", "voice.json"])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(UserError, match=name if name in ("vocoder.onnx", "symbols.json") else "no exported voice here"):
        Voice.load(copy)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda card: card.update(format=99), "format 99"),
        (lambda card: card.update(speakers=[]), "at least one speaker"),
        (lambda card: card.update(native=["de", "de"]), "native"),
        (lambda card: card.update(hop_length=0), "hop_length"),
        (lambda card: card.update(_target_="os.system"), "unknown key '_target_'"),
    ],
)
def test_a_card_that_does_not_fit_is_refused(copy: Path, change: Callable[[Any], Any], complaint: str) -> None:
    edit_card(copy, change)
    with pytest.raises(UserError, match=complaint):
        Voice.load(copy)


def test_a_graph_that_is_none_is_refused_in_one_line(copy: Path) -> None:
    (copy / "vocoder.onnx").write_bytes(b"not a graph")
    edit_card(copy, lambda card: card["sha256"].update({"vocoder.onnx": sha256(copy / "vocoder.onnx")}))
    with pytest.raises(UserError, match=r"vocoder\.onnx: onnxruntime cannot read it"):
        Voice.load(copy)


def test_graphs_of_something_else_are_refused(copy: Path) -> None:
    (copy / "acoustic.onnx").write_bytes((copy / "vocoder.onnx").read_bytes())
    edit_card(copy, lambda card: card["sha256"].update({"acoustic.onnx": sha256(copy / "acoustic.onnx")}))
    with pytest.raises(UserError, match="not those of an exported voice"):
        Voice.load(copy)
