"""Exported voices speak in programs that nobody here wrote: piper-tts and sherpa-onnx, unchanged.

Each runs in a process of its own: both bring libraries that keep global state.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tts.synthesis.voice import Voice

SENTENCES = ["We keep the sea in view.", "Did the bird sing at noon, or was it the old lamp?"]
BY_PIPER = """
import json, sys
import numpy as np
from piper import PiperVoice, SynthesisConfig
voice = PiperVoice.load(sys.argv[1], include_alignments=sys.argv[4] == "patched")
said = []
for text in json.loads(sys.argv[3]):
    for speaker in (0, 1):
        for scale in (1.0, 2.0):
            settings = SynthesisConfig(speaker_id=speaker, length_scale=scale, normalize_audio=False)
            chunks = list(voice.synthesize(text, settings, include_alignments=True))
            assert len(chunks) == 1, chunks
            aligned = [(a.phoneme, int(a.num_samples)) for a in chunks[0].phoneme_alignments]
            wav = chunks[0].audio_float_array
            said.append({"text": text, "speaker": speaker, "scale": scale, "rate": chunks[0].sample_rate,
                         "samples": len(wav), "aligned": aligned, "finite": bool(np.isfinite(wav).all())})
json.dump(said, open(sys.argv[2], "w"))
"""
BY_SHERPA = """
import json, sys
import numpy as np, sherpa_onnx
from piper.phonemize_espeak import EspeakPhonemizer
folder = sys.argv[1]
matcha = sherpa_onnx.OfflineTtsMatchaModelConfig(
    acoustic_model=f"{folder}/acoustic.onnx", vocoder=f"{folder}/vocoder.onnx", tokens=f"{folder}/tokens.txt")
config = sherpa_onnx.OfflineTtsConfig(model=sherpa_onnx.OfflineTtsModelConfig(matcha=matcha))
assert config.validate()
tts, phonemizer, said = sherpa_onnx.OfflineTts(config), EspeakPhonemizer(), []
for text in json.loads(sys.argv[3]):
    for speaker in (0, 1):
        for scale in (1.0, 2.0):
            asked = sherpa_onnx.GenerationConfig()
            asked.sid, asked.speed = speaker, 1 / scale
            asked.phoneme_codepoints = [[ord(c) for c in s] for s in phonemizer.phonemize("en-us", text)]
            audio = tts.generate(text, asked)
            said.append({"text": text, "speaker": speaker, "scale": scale, "rate": audio.sample_rate,
                         "samples": len(audio.samples), "finite": bool(np.isfinite(audio.samples).all())})
json.dump([tts.num_speakers, said], open(sys.argv[2], "w"))
"""


def needs(*packages: str) -> pytest.MarkDecorator:
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"needs {', '.join(missing)}")


def told(program: str, *arguments: str | Path, out: Path) -> Any:
    command = [sys.executable, "-c", program, str(arguments[0]), str(out), *map(str, arguments[1:])]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    return json.loads(out.read_text())


def check_lengths(said: list[dict[str, Any]], voice: Voice) -> None:
    """As long as our own speech: the same durations, whatever the host made of the text."""
    for row in said:
        assert row["finite"] and row["rate"] == voice.config.audio.sample_rate
        ours = voice.synthesize(row["text"], voice.info.speakers[row["speaker"]], speed=1 / row["scale"])
        assert row["samples"] == pytest.approx(len(ours.wav), rel=0.05)


@needs("piper", "onnxruntime")
@pytest.mark.parametrize("loaded", ["plain", "patched"])
def test_piper_speaks_it_and_has_its_alignments(voice: Voice, piper_folder: Path, tmp_path: Path, loaded: str) -> None:
    said = told(BY_PIPER, piper_folder / "voice.onnx", json.dumps(SENTENCES), loaded, out=tmp_path / "said.json")
    check_lengths(said, voice)
    for row in said:
        assert sum(samples for _, samples in row["aligned"]) == row["samples"]
        assert row["aligned"][0][0] == "^" and row["aligned"][-1][0] == "$"
        for point, samples in row["aligned"]:
            assert samples == 0 if point in "ˈˌ " else samples >= 0
            assert samples > 0 or point not in "bfhkmnpsvwzðŋɡ,.?"  # whole phones, which last a frame at least


@needs("sherpa_onnx", "piper")
def test_sherpa_speaks_it(voice: Voice, sherpa_folder: Path, tmp_path: Path) -> None:
    speakers, said = told(BY_SHERPA, sherpa_folder, json.dumps(SENTENCES), out=tmp_path / "said.json")
    assert speakers == len(voice.info.speakers)
    check_lengths(said, voice)


def test_the_card_says_what_piper_asks_for(voice: Voice, piper_folder: Path) -> None:
    card = json.loads((piper_folder / "voice.onnx.json").read_text("utf-8"))
    assert card["audio"]["sample_rate"] == voice.config.audio.sample_rate
    assert card["espeak"]["voice"] == "en-us"
    assert card["num_speakers"] == len(voice.info.speakers)
    assert list(card["speaker_id_map"]) == list(voice.info.speakers)
    assert [card["phoneme_id_map"][c] for c in "_^$"] == [[0], [1], [2]]
    assert card["license"] == voice.info.licence
    assert all(len(point) == 1 and len(ids) == 1 for point, ids in card["phoneme_id_map"].items())


def test_sherpa_finds_its_tokens_its_metadata_and_what_reads_the_text(sherpa_folder: Path) -> None:
    onnx = pytest.importorskip("onnx")
    lines = (sherpa_folder / "tokens.txt").read_text("utf-8").splitlines()
    points = [line.rpartition(" ")[0] for line in lines]
    assert points[:4] == ["_", "^", "$", " "]
    assert len(set(points)) == len(points) and all(len(point) == 1 for point in points)
    found = {p.key: p.value for p in onnx.load(sherpa_folder / "acoustic.onnx").metadata_props}
    assert found["sample_rate"] == "24000" and found["n_speakers"] == "2" and found["use_eos_bos"] == "1"
    assert (sherpa_folder / "espeak-ng-data/phontab").is_file()
