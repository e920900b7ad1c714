"""What commit 1723e01 exported is still spoken with, and says the same.

The folder beside this file holds the tiny parallel voice of 36138a3 with its vocoder as `tts-export format=onnx` wrote
them there, less its notes of where in the source each operator came from, and what `tts.runtime` said with it
(`expected.safetensors`: "The old sea." by `en-us+m3`).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from safetensors.numpy import load_file

from tts.errors import UserError
from tts.runtime import Controls, Voice

pytest.importorskip("onnxruntime")

EARLIER = Path(__file__).parent / "1723e01"
TEXT, SPEAKER = "The old sea.", "en-us+m3"
ROUNDING = 1e-4
"""Of the loudest sample, by which versions of onnxruntime may differ; on that of the commit every bit is the same."""


def test_an_earlier_export_speaks_as_it_did() -> None:
    expected = load_file(EARLIER / "expected.safetensors")["wav"]
    spoken = Voice.load(EARLIER / "exported").synthesize(TEXT, SPEAKER)
    np.testing.assert_allclose(spoken.wav, expected, rtol=0, atol=ROUNDING * np.abs(expected).max())
    assert [word.label for word in spoken.words] == ["The", "old", "sea"]


def test_an_earlier_export_streams_and_is_spoken_with_from_the_shell(tmp_path: Path) -> None:
    voice = Voice.load(EARLIER / "exported")
    np.testing.assert_array_equal(
        np.concatenate(list(voice.stream(TEXT, SPEAKER))), voice.synthesize(TEXT, SPEAKER).wav
    )
    asked = [f"voice={EARLIER / 'exported'}", f"text={TEXT}", f"speaker={SPEAKER}", f"out={tmp_path}/spoken"]
    subprocess.run([sys.executable, "-m", "tts.commands.synthesize", *asked], check=True, capture_output=True)
    assert soundfile.info(tmp_path / "spoken/0001.wav").frames == len(voice.synthesize(TEXT, SPEAKER).wav)


def test_an_earlier_export_takes_the_controls_that_it_has_and_says_which_it_lacks() -> None:
    voice = Voice.load(EARLIER / "exported")
    fast = voice.synthesize(TEXT, SPEAKER, controls=Controls(speed=1.5))
    assert len(fast.wav) < len(voice.synthesize(TEXT, SPEAKER).wav)
    with pytest.raises(UserError, match="pauses cannot be changed: the voice was exported by an earlier version"):
        voice.synthesize(TEXT, SPEAKER, controls=Controls(pauses=2.0))
