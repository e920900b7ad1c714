"""`tts-synthesize`: a voice speaks lines of text into files."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from tts.audio.sound_file import write_samples
from tts.commands.cli import command
from tts.commands.speaking.exported import exported, is_exported
from tts.commands.speaking.line import Line, LineSpeaker, as_entry
from tts.commands.speaking.settings import SynthesizeConfig
from tts.errors import UserError
from tts.intervals import write_textgrid
from tts.settings.schema import parse
from tts.storage.files import write_text
from tts.storage.ownership import claim
from tts.storage.published import fetched
from tts.text.controls import Controls
from tts.text.ssml import is_ssml

SUFFIXES = (".json", ".wav", ".TextGrid", ".png")
KEYS = {"text", "voice", "sample_rate", "seconds", "words", "phones"}
"""Of every NNNN.json."""


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
        pitch=settings.pitch, pitch_range=settings.pitch_range, energy=settings.energy, pauses=settings.pauses,
        variation=settings.variation, seed=settings.seed,
    )  # fmt: skip
    if settings.verify is not None and (controls.changed or any(map(is_ssml, lines))):
        asked = ", ".join(controls.changed) or "<speak>"
        raise UserError(f"verify and {asked} are both given: only speed goes with it; choose one")
    voice = _read_voice(settings, controls)
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
        try:
            spoken = voice.speak(line)
        except UserError as error:
            failed.append(f"line {number}: {error}")
            continue
        spent += time.perf_counter() - started
        seconds = len(spoken.wav) / spoken.sample_rate
        total_seconds += seconds
        write_line(out, name, line, spoken, voice.name, settings.picture)
        for note in spoken.notes:
            print(f"line {number}: {note}")
        for warning in spoken.warnings:
            print(f"warning: line {number}: {warning}", file=sys.stderr)
        print(f"{out / name}.wav  {seconds:5.2f} s  {line[:70]}")
    if total_seconds:
        factor = spent / total_seconds
        print(f"{total_seconds:.1f} s of speech in {spent:.1f} s: real-time factor {factor:.3f}")
    if failed:
        for problem in failed[1:]:
            print(problem, file=sys.stderr)
        raise UserError(f"{len(failed)} of {len(lines)} lines not spoken; {failed[0]}")


def _read_voice(settings: SynthesizeConfig, controls: Controls) -> LineSpeaker:
    settings = replace(settings, voice=str(fetched(Path(settings.voice).expanduser())))
    if is_exported(settings.voice):
        return exported(settings, controls)
    try:
        from tts.commands.speaking.trained import trained
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise UserError(
            f"voice={settings.voice}: not a folder that tts-export format=onnx wrote, and others need torch, which is "
            "not installed"
        ) from error
    return trained(settings, controls)


def _is_ours(card: Path) -> bool:
    """Whether `write_line` wrote an NNNN.json."""
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


def write_line(out: Path, name: str, text: str, line: Line, voice: str | None, picture: bool = False) -> None:
    """The files of one line; NNNN.json first, by which a later run recognises the others."""
    seconds = len(line.wav) / line.sample_rate
    content: dict[str, Any] = {
        "text": text,
        "voice": voice,
        "sample_rate": line.sample_rate,
        "seconds": seconds,
        "words": [as_entry(i) for i in line.words],
        "phones": [as_entry(i) for i in line.phones],
    }
    write_text(out / f"{name}.json", json.dumps(content | line.checked, indent=1, ensure_ascii=False))
    write_samples(out / f"{name}.wav", line.wav, line.sample_rate)
    write_textgrid(out / f"{name}.TextGrid", {"words": line.words, "phones": line.phones}, seconds)
    if picture and line.draw is not None:
        line.draw(out / f"{name}.png")
    else:
        (out / f"{name}.png").unlink(missing_ok=True)  # of what an earlier run said


main = command(
    synthesize,
    "synthesize",
    check=read_config,
    literal=("text", "text_file", "voice", "out", "reference", "like", "speaker", "verify", "vocoder.path"),
)

if __name__ == "__main__":
    main()
