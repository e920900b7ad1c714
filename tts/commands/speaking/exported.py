"""Lines spoken by a voice that `tts-export format=onnx` wrote. Needs no torch, which takes longer to import than a
sentence to speak."""

from __future__ import annotations

from pathlib import Path

from tts.commands.speaking.line import Line, LineSpeaker
from tts.commands.speaking.settings import SynthesizeConfig
from tts.errors import UserError
from tts.runtime.folder import ACOUSTIC
from tts.text.controls import Controls
from tts.vocoder.choice import AUTO_VOCODER

TRAINED_ONLY = {
    "like": None,
    "reference": None,
    "verify": None,
    "picture": False,
    "path": "hard",
    "reference_mode": "prosody",
}
"""Settings that an exported voice does not take, and what they are where they are not given."""


def is_exported(voice: str) -> bool:
    """Whether the folder holds an exported voice."""
    return (Path(voice).expanduser() / ACOUSTIC).is_file()


def exported(settings: SynthesizeConfig, controls: Controls) -> LineSpeaker:
    """Read the voice.

    Raises
    ------
    UserError: it is damaged, or settings are given that it does not take.
    """
    from tts.runtime import Voice

    given = [name for name, default in TRAINED_ONLY.items() if getattr(settings, name) != default]
    if settings.vocoder != AUTO_VOCODER:
        given.append("vocoder")
    if given:
        raise UserError(
            f"voice={settings.voice}: an exported voice has its own vocoder and takes no {', '.join(given)}; give the "
            "voice that it was exported from"
        )
    voice = Voice.load(settings.voice)

    def speak(text: str) -> Line:
        speech = voice.synthesize(text, settings.speaker, settings.speed, language=settings.language, controls=controls)
        return Line(speech.wav, speech.sample_rate, speech.words, speech.phones)

    return LineSpeaker(voice.info.training.get("name"), speak)
