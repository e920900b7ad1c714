"""`tts-synthesize` speaks with an exported voice as with others, and needs no torch for it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import soundfile

from tts.commands.speaking.exported import exported
from tts.commands.speaking.settings import SynthesizeConfig
from tts.errors import UserError
from tts.intervals import read_textgrid
from tts.runtime import Voice
from tts.text.controls import Controls
from tts.vocoder.choice import AUTO_VOCODER, GriffinLimVocoder

pytest.importorskip("onnxruntime")

TEXT = "We keep the sea in view."
COMMAND = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "torchaudio", "numba", "matplotlib"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
from tts.commands.synthesize import main
main()
"""


def test_lines_are_spoken_where_torch_does_not_exist(onnx_folder: Path, tmp_path: Path) -> None:
    asked = [f"voice={onnx_folder}", f"text={TEXT}\nGo {{ʘ}} home.", f"out={tmp_path}/out", "speed=1.25", "pitch=2"]
    result = subprocess.run([sys.executable, "-c", COMMAND, *asked], capture_output=True, text=True, timeout=100)
    assert (
        result.returncode == 1
        and "1 of 2 lines not spoken; line 2: utterance text: this voice does not know" in result.stderr
    )
    said = Voice.load(onnx_folder).synthesize(TEXT, speed=1.25, pitch=2)
    wav, rate = soundfile.read(tmp_path / "out/0001.wav", dtype="float32")
    assert rate == said.sample_rate and len(wav) == len(said.wav)
    assert abs(wav - said.wav / max(1.0, abs(said.wav).max())).max() < 1e-3
    card = json.loads((tmp_path / "out/0001.json").read_text("utf-8"))
    assert [word["label"] for word in card["words"]] == [word.label for word in said.words]
    assert card["text"] == TEXT and card["voice"] == "tiny"
    assert len(read_textgrid(tmp_path / "out/0001.TextGrid")["phones"]) == len(said.phones)


def test_other_voices_say_that_they_need_torch(tmp_path: Path) -> None:
    command = [sys.executable, "-c", COMMAND, "voice=base", f"text={TEXT}", f"out={tmp_path}/out"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert result.returncode == 1 and result.stderr.startswith("error: voice=base: not a folder that tts-export")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"like": "a.wav"}, "like"),
        ({"reference": "a.wav", "verify": "judge"}, "reference, verify"),
        ({"picture": True, "vocoder": GriffinLimVocoder()}, "picture, vocoder"),
        ({"path": "soft"}, "path"),
    ],
)
def test_what_only_a_trained_voice_can_is_refused(asked: dict[str, Any], named: str, onnx_folder: Path) -> None:
    settings = replace(SynthesizeConfig(voice=str(onnx_folder), vocoder=AUTO_VOCODER), **asked)
    with pytest.raises(UserError, match=f"takes no {named}; give the voice that it was exported from"):
        exported(settings, Controls())
