"""The base that comes with the package: it speaks, others can start from it, and some of its speech is beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from tests.conftest import settings_of_a_run
from tts.audio.config import AudioConfig
from tts.corpora.base_speech import FOLDER, LISTING, BaseSpeech
from tts.storage.resources import PACKAGED
from tts.synthesis.new_speaker import with_speaker
from tts.synthesis.voice import Voice

MEGABYTE = 1e6


@pytest.fixture(scope="module")
def base() -> Voice:
    return Voice.load("base")


def test_speakers_say_it_in_speech_like_time(base: Voice) -> None:
    assert base.config.audio == AudioConfig()
    assert len(base.info.speakers) == 119
    seconds, pitches = {}, {}
    for speaker in base.info.speakers[::6]:
        speech = base.synthesize("The baker opened his shop before the sun came up.", speaker=speaker)
        assert torch.isfinite(speech.wav).all() and float(speech.wav.abs().max()) > 0.1
        assert [word.label for word in speech.words][:3] == ["The", "baker", "opened"]
        seconds[speaker] = len(speech.wav) / speech.sample_rate
        pitches[speaker] = float(speech.mel.mean())
    assert min(seconds.values()) > 1.8 and max(seconds.values()) < 4.5
    assert len({round(value, 4) for value in pitches.values()}) == 20, "no two speakers sound the same"


def test_it_speaks_like_somebody_whom_it_heard(base: Voice) -> None:
    recording = next(recording for recording in BaseSpeech() if recording.speaker == "kokoro-am_michael").load()
    wider = with_speaker(base, "heard", [(recording.wav, recording.sample_rate)])
    table = wider.model.speaker.weight
    own = base.info.speakers.index("kokoro-am_michael")
    women = [i for i, name in enumerate(base.info.speakers) if name.startswith("kokoro-af_") and "+" not in name]
    assert (table[-1] - table[own]).norm() < min((table[-1] - table[i]).norm() for i in women)
    assert torch.isfinite(wider.synthesize("Hello there.", "heard").wav).all()


def test_it_is_small_and_says_whose_it_is(base: Voice) -> None:
    assert sum(path.stat().st_size for path in PACKAGED["base"].rglob("*") if path.is_file()) < 8 * MEGABYTE
    assert base.info.half and base.info.licence == "Apache-2.0" and "Kokoro" in base.info.credits
    assert base.info.training["smma_tunable"]
    assert base.config.model.visible_channels == 80, "recordings at 16 kHz fill as many"
    assert base.info.sha256 == json.loads((PACKAGED["base"] / "voice.json").read_text("utf-8"))["sha256"]


def test_its_speech_is_by_speakers_of_its(base: Voice) -> None:
    recordings = list(BaseSpeech())
    speakers = {recording.speaker for recording in recordings}
    assert len(speakers) == 20 and speakers <= set(base.info.speakers)
    assert len({recording.id for recording in recordings}) == len(recordings) > 80
    assert {path.stem for path in FOLDER.glob("*.opus")} == {recording.id for recording in recordings}
    sound = recordings[0].load()
    assert 1 < len(sound.wav) / sound.sample_rate < 9
    known = set(base.table.symbols)
    for recording in recordings:
        assert set(base.front_end(recording.text).symbols) <= known
    assert (FOLDER / LISTING).read_text("utf-8").count("\n") == len(recordings)


def test_little_speech_starts_from_it() -> None:
    config = settings_of_a_run(Path("run"), ["experiment=little_speech"])
    assert config.init_from == "base" and list(config.corpora) == ["voice", "base"]
    assert config.audio == AudioConfig()
    assert config.smma.at_once and config.trainer.max_minutes is None
