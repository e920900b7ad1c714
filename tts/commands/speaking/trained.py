"""Lines spoken by a voice as training writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tts.audio.griffin_lim import GriffinLim
from tts.commands.speaking.line import Line, LineSpeaker, as_entry
from tts.commands.speaking.settings import SynthesizeConfig
from tts.errors import UserError
from tts.synthesis.new_speaker import with_speaker
from tts.synthesis.voice import Synthesis, Voice
from tts.text.controls import Controls
from tts.vocoder.choice import AUTO_VOCODER

if TYPE_CHECKING:  # aligning and drawing take longer to import than speaking, and few commands need them
    from tts.evaluation.verification import CheckedSpeech

LIKE = "the speaker of like="
"""Name of a speaker whom the voice only heard."""


def trained(settings: SynthesizeConfig, controls: Controls) -> LineSpeaker:
    """Read the voice.

    Raises
    ------
    UserError: there is none, or it cannot do what is asked of it.
    """
    voice = Voice.load(settings.voice, settings.vocoder)
    if settings.like is not None:
        if settings.speaker is not None:
            raise UserError("speaker and like are both given: choose one")
        voice = with_speaker(voice, LIKE, [settings.like])
    if settings.verify is not None and settings.reference is not None:
        raise UserError("verify and reference are both given: what follows a recording is not spoken again; choose one")
    voice.follow(settings.path)
    if settings.vocoder == AUTO_VOCODER and isinstance(voice.vocoder, GriffinLim):
        print("vocoder: Griffin-Lim, since none comes with the package for this voice's audio settings")
    name = voice.info.training.get("name")
    if settings.verify is None:
        return LineSpeaker(name, _Plain(voice, settings, controls))
    return LineSpeaker(name, _checking(Path(settings.verify).expanduser(), voice, settings))


@dataclass
class _Plain:
    voice: Voice
    settings: SynthesizeConfig
    controls: Controls

    def __call__(self, text: str) -> Line:
        settings = self.settings
        speech = self.voice.synthesize(
            text,
            _speaker(settings),
            settings.reference,
            settings.reference_mode,
            settings.speed,
            language=settings.language,
            controls=self.controls,
        )
        return _line(text, speech, self.voice)


def _checking(folder: Path, voice: Voice, settings: SynthesizeConfig) -> Callable[[str], Line]:
    """Speaks each line until the aligner in a folder finds no fault."""
    from tts.alignment import Aligner
    from tts.evaluation.verification import speak_checked

    aligner = Aligner.load(folder)

    def speak(text: str) -> Line:
        checked = speak_checked(voice, aligner, text, _speaker(settings), settings.speed, settings.language)
        line = _line(text, checked.speech, voice)
        line.checked = _report(checked)
        line.notes += [f"spoken again, and right now: {sentence[:70]}" for sentence in checked.repaired]
        for fault in checked.faults:
            line.warnings.append(f"{fault.kind} at {fault.seconds:.1f} s: {fault.what}; no other attempt was better")
        return line

    return speak


def _speaker(settings: SynthesizeConfig) -> str | None:
    return settings.speaker if settings.like is None else LIKE


def _line(text: str, speech: Synthesis, voice: Voice) -> Line:
    def draw(path: Path) -> None:
        from tts.reporting.plots import alignment_figure, save_png

        save_png(alignment_figure(speech.durations, speech.tokens, speech.mel, voice.config.audio, text[:100]), path)

    line = Line(speech.wav.numpy(), speech.sample_rate, speech.words, speech.phones, draw)
    if speech.doubt:
        line.warnings.append(speech.doubt)
    return line


def _report(checked: CheckedSpeech) -> dict[str, Any]:
    return {
        "checked": [as_entry(word.interval) | {"misfit": round(word.misfit, 3)} for word in checked.words],
        "faults": [{"kind": f.kind, "seconds": round(f.seconds, 3), "what": f.what} for f in checked.faults],
        "repaired": checked.repaired,
    }
