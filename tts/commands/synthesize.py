"""`tts-synthesize`: a voice speaks lines of text into files."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tts.audio import waveform
from tts.audio.griffin_lim import GriffinLim
from tts.commands.cli import command
from tts.errors import UserError
from tts.intervals import Interval, write_textgrid
from tts.settings.schema import parse
from tts.storage.files import write_text
from tts.storage.ownership import claim
from tts.synthesis.new_speaker import with_speaker
from tts.synthesis.voice import Synthesis, Voice
from tts.text.controls import Controls
from tts.text.ssml import is_ssml
from tts.vocoder.choice import AUTO_VOCODER, VocoderChoice

if TYPE_CHECKING:  # aligning and drawing take longer to import than speaking, and few commands need them
    from tts.evaluation.verification import CheckedSpeech

SUFFIXES = (".json", ".wav", ".TextGrid", ".png")
LIKE = "the speaker of like="
"""Name of a speaker whom the voice only heard."""
KEYS = {"text", "voice", "sample_rate", "seconds", "words", "phones"}
"""Of every NNNN.json."""


@dataclass(frozen=True)
class SynthesizeConfig:
    """Of `tts-synthesize`."""

    voice: str
    """Folder of a voice, or of the run that trained it."""
    vocoder: VocoderChoice
    """What turns mels into sound."""
    text: str | None = None
    """Text to be spoken; each line becomes files of its own. With markup, SSML, it is one: <speak>…</speak>."""
    text_file: str | None = None
    """File with the text to be spoken, in UTF-8; without it and `text`, standard input is read."""
    out: str = "spoken"
    """Folder for NNNN.wav, .TextGrid and .json, and .png with `picture`."""
    picture: bool = False
    """Whether to draw the alignment of every line; takes a second to begin with."""
    speaker: str | None = None
    """Name of one of the voice's speakers, or shares of several, as in ann:0.7,bob:0.3; null for its first."""
    language: str | None = None
    """Language of the text, one of the voice's, such as fr-fr; null for the speaker's own."""
    like: str | None = None
    """A recording, ten seconds or so, of a person to speak like who is not among the voice's speakers; for a voice with
    a speaker encoder."""
    reference: str | None = None
    """A recording whose manner is followed: of the same text (prosody) or of any (style)."""
    reference_mode: Literal["prosody", "style"] = "prosody"
    """prosody: follow its melody and timing; style: take on its manner of speaking."""
    speed: float = 1.0
    """How fast it speaks, 0.25 to 4: 2 is twice as fast."""
    pitch: float = 0.0
    """Semitones above the predicted melody, -24 to 24."""
    pitch_range: float = 1.0
    """How far the melody goes from its mean, as a factor, 0 to 4; 0 is monotonous."""
    energy: float = 0.0
    """Decibels above the predicted loudness, -40 to 40."""
    pauses: float = 1.0
    """How long pauses at punctuation and between sentences are, as a factor, 0 to 20."""
    verify: str | None = None
    """Folder of an aligner that `tts-align` trained, best on speech of the voice's speakers: sentences in which it
    finds something skipped, repeated or babbled are spoken again along other paths, slower, or in parts."""
    path: Literal["hard", "soft"] = "hard"
    """How an autoregressive voice goes through the text. hard: on one token at a time; soft: along the expected
    position, as in training."""


def read_config(config: dict[str, Any]) -> SynthesizeConfig:
    """Raises UserError where a key is unknown, or its value of the wrong kind."""
    return parse(SynthesizeConfig, config, "")


def synthesize(config: dict[str, Any]) -> None:
    """Speak every line: NNNN.wav, NNNN.TextGrid, NNNN.json and, if asked for, NNNN.png in `out`, and the real-time
    factor at the end.

    Raises
    ------
    UserError: no text or no voice; or some lines could not be spoken (the others are), naming them.
    """
    settings = read_config(config)
    lines = read_lines(settings)
    controls = Controls(
        pitch=settings.pitch, pitch_range=settings.pitch_range, energy=settings.energy, pauses=settings.pauses
    )
    if settings.verify is not None and (controls.changed or any(map(is_ssml, lines))):
        asked = ", ".join(controls.changed) or "<speak>"
        raise UserError(f"verify and {asked} are both given: only speed goes with it; choose one")
    voice = Voice.load(settings.voice, settings.vocoder)
    if settings.like is not None:
        if settings.speaker is not None:
            raise UserError("speaker and like are both given: choose one")
        voice = with_speaker(voice, LIKE, [settings.like])
    if settings.verify is not None and settings.reference is not None:
        raise UserError("verify and reference are both given: what follows a recording is not spoken again; choose one")
    speak_again = None if settings.verify is None else _checking(Path(settings.verify).expanduser())
    voice.follow(settings.path)
    if settings.vocoder == AUTO_VOCODER and isinstance(voice.vocoder, GriffinLim):
        print("vocoder: Griffin-Lim, since none comes with the package for this voice's audio settings")
    out = Path(settings.out).expanduser()
    claim(out, "synthesis", "out", recognised=lambda out: _is_ours(out / "0001.json"))
    failed: list[str] = []
    spent = total_seconds = 0.0
    for number, line in enumerate(lines, 1):
        started, name = time.perf_counter(), f"{number:04d}"
        existing = [path for suffix in SUFFIXES if (path := out / f"{name}{suffix}").exists()]
        if existing and not (_is_ours(out / f"{name}.json") and all(path.is_file() for path in existing)):
            failed.append(
                f"line {number}: what is called {name} in {out} was not written by this command; move it away"
            )
            continue
        speaker, checked = settings.speaker if settings.like is None else LIKE, None
        try:
            if speak_again is None:
                speech = voice.synthesize(
                    line,
                    speaker,
                    settings.reference,
                    settings.reference_mode,
                    settings.speed,
                    language=settings.language,
                    controls=controls,
                )
            else:
                checked = speak_again(voice, line, speaker, settings.speed, settings.language)
                speech = checked.speech
        except UserError as error:
            failed.append(f"line {number}: {error}")
            continue
        spent += time.perf_counter() - started
        if speech.doubt:
            print(f"warning: line {number}: {speech.doubt}", file=sys.stderr)
        seconds = len(speech.wav) / speech.sample_rate
        total_seconds += seconds
        write_speech(out, name, line, speech, voice, settings.picture, checked)
        if checked is not None:
            report_check(number, checked)
        print(f"{out / name}.wav  {seconds:5.2f} s  {line[:70]}")
    if total_seconds:
        factor = spent / total_seconds
        print(f"{total_seconds:.1f} s of speech in {spent:.1f} s: real-time factor {factor:.3f}")
    if failed:
        for problem in failed[1:]:
            print(problem, file=sys.stderr)
        raise UserError(f"{len(failed)} of {len(lines)} lines not spoken; {failed[0]}")


def _checking(aligner: Path) -> Callable[..., CheckedSpeech]:
    """`speak_checked` by the aligner in a folder."""
    from tts.alignment import Aligner
    from tts.evaluation.verification import speak_checked

    loaded = Aligner.load(aligner)
    return lambda voice, *asked: speak_checked(voice, loaded, *asked)


def _is_ours(card: Path) -> bool:
    """Whether `write_speech` wrote an NNNN.json."""
    try:
        content = json.loads(card.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and KEYS.issubset(content)


def read_lines(settings: SynthesizeConfig) -> list[str]:
    """The non-empty lines of `text`, `text_file`, or standard input, whichever is given first in that order; one text
    with markup is kept whole.

    Raises
    ------
    UserError: nothing given, two given, nothing in it, or not UTF-8.
    """
    if settings.text is not None and settings.text_file is not None:
        raise UserError("text and text_file are both given: choose one")
    source = "standard input"
    try:
        if settings.text is not None:
            source = "text"
            content = settings.text.encode()  # which refuses the surrogates that bytes other than UTF-8 came in as
        elif settings.text_file is not None:
            source = f"text_file={settings.text_file}"
            content = Path(settings.text_file).expanduser().read_bytes()
        elif sys.stdin is not None and not sys.stdin.isatty():  # it is None where it was closed
            content = sys.stdin.buffer.read()
        else:
            raise UserError('nothing to say: give text="...", text_file=FILE, or text on standard input')
        written = content.decode("utf-8-sig")
        one = is_ssml(written) and written.count("</speak") <= 1
        lines = [line.strip() for line in ([written] if one else written.splitlines()) if line.strip()]
    except (OSError, UnicodeError) as error:
        raise UserError(f"{source}: cannot be read as UTF-8 text: {error}") from error
    if not lines:
        raise UserError(f"{source}: no text in it")
    return lines


def report_check(number: int, checked: CheckedSpeech) -> None:
    """What was spoken again, and on standard error what did not come right."""
    for sentence in checked.repaired:
        print(f"line {number}: spoken again, and right now: {sentence[:70]}")
    for fault in checked.faults:
        where = f"warning: line {number}: {fault.kind} at {fault.seconds:.1f} s"
        print(f"{where}: {fault.what}; no other attempt was better", file=sys.stderr)


def write_speech(
    out: Path,
    name: str,
    text: str,
    speech: Synthesis,
    voice: Voice,
    picture: bool = False,
    checked: CheckedSpeech | None = None,
) -> None:
    """The files of one line; NNNN.json first, by which a later run recognises the others."""
    seconds = len(speech.wav) / speech.sample_rate
    content: dict[str, Any] = {
        "text": text,
        "voice": voice.info.training.get("name"),
        "sample_rate": speech.sample_rate,
        "seconds": seconds,
        "words": [_entry(i) for i in speech.words],
        "phones": [_entry(i) for i in speech.phones],
    }
    if checked is not None:
        content["checked"] = [_entry(w.interval) | {"misfit": round(w.misfit, 3)} for w in checked.words]
        content["faults"] = [{"kind": f.kind, "seconds": round(f.seconds, 3), "what": f.what} for f in checked.faults]
        content["repaired"] = checked.repaired
    write_text(out / f"{name}.json", json.dumps(content, indent=1, ensure_ascii=False))
    waveform.write(out / f"{name}.wav", speech.wav, speech.sample_rate)
    write_textgrid(out / f"{name}.TextGrid", {"words": speech.words, "phones": speech.phones}, seconds)
    if picture:
        _draw(out / f"{name}.png", text, speech, voice)
    else:
        (out / f"{name}.png").unlink(missing_ok=True)  # of what an earlier run said


def _draw(path: Path, text: str, speech: Synthesis, voice: Voice) -> None:
    from tts.reporting.plots import alignment_figure, save_png

    save_png(alignment_figure(speech.durations, speech.tokens, speech.mel, voice.config.audio, text[:100]), path)


def _entry(interval: Interval) -> dict[str, Any]:
    return {"label": interval.label, "start": round(interval.start, 5), "end": round(interval.end, 5)}


main = command(
    synthesize,
    "synthesize",
    check=read_config,
    literal=("text", "text_file", "voice", "out", "reference", "like", "speaker", "verify", "vocoder.path"),
)

if __name__ == "__main__":
    main()
