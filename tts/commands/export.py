"""`tts-export`: a voice in the format of another program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tts.commands.cli import command
from tts.errors import UserError
from tts.export.hub import export_hub
from tts.export.onnx_folder import export_onnx
from tts.export.piper import export_piper
from tts.export.sherpa import export_sherpa
from tts.export.shrinking import Precision
from tts.settings.schema import parse
from tts.storage.ownership import Kind, claim
from tts.synthesis.speakers import find_speaker, spoken_language
from tts.synthesis.voice import Voice
from tts.vocoder.choice import VocoderChoice
from tts.vocoder.generator import Generator

KINDS: dict[str, Kind] = {"onnx": "onnx export", "piper": "piper export", "sherpa": "sherpa export"}
"""A folder holds one format: they share names of files."""


@dataclass(frozen=True)
class ExportConfig:
    """Of `tts-export`."""

    voice: str
    """Folder of a voice, or of the run that trained it."""
    vocoder: VocoderChoice
    """What turns mels into sound; one that was trained with this project."""
    format: Literal["onnx", "piper", "sherpa", "hub"] = "onnx"
    """onnx: for Python without torch (tts.runtime); piper: for Piper and the programs that speak its voices; sherpa:
    for sherpa-onnx; hub: the voice itself with a card and a sample, for huggingface.co."""
    out: str = "exported"
    """Folder for the files."""
    language: str | None = None
    """Language that Piper or sherpa-onnx is to read, one of the voice's, such as fr-fr; null for its own."""
    sentences: int = 40
    """English sentences on which word errors are measured for the card of format=hub; 0 for none."""
    quantise: Precision = "float32"
    """Precision of the weights. float16: files of half the size, which sound the same; int8: of a third, and a little
    worse."""


def read_config(config: dict[str, Any]) -> ExportConfig:
    """Raises UserError where a key is unknown, or its value of the wrong kind."""
    return parse(ExportConfig, config, "")


def export(config: dict[str, Any]) -> None:
    """Write the voice into `out` in the format asked for.

    Raises
    ------
    UserError: no voice, or one that this format cannot hold; a language that it does not speak; a vocoder of another
        kind; the extra `export` is not installed.
    """
    settings = read_config(config)
    voice = Voice.load(settings.voice, settings.vocoder)
    out = Path(settings.out).expanduser()
    if settings.format == "hub":
        if settings.quantise != "float32" or settings.language is not None:
            raise UserError("format=hub keeps the voice as it is: leave quantise and language out")
        claim(out, "hub export", "out")
        _print(export_hub(voice, settings.sentences, out))
        return
    if not isinstance(voice.vocoder, Generator):
        raise UserError(
            f"vocoder: only those trained with this project are exported, and this is {type(voice.vocoder).__name__}; "
            "give one as vocoder=istft vocoder.path=PATH"
        )
    if settings.format == "onnx" and settings.language is not None:
        raise UserError("language: a voice exported with format=onnx keeps all of its languages; leave it out")
    language = spoken_language(voice.info, settings.language or voice.info.language, find_speaker(voice.info, None))
    claim(out, KINDS[settings.format], "out")
    if settings.format == "onnx":
        files = export_onnx(voice, voice.vocoder, out, settings.quantise)
    else:
        write = export_piper if settings.format == "piper" else export_sherpa
        files = write(voice, voice.vocoder, language, out, settings.quantise)
    _print(files)


def _print(files: list[Path]) -> None:
    for path in files:
        size = sum(file.stat().st_size for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file())
        print(f"{path}  {size / 1e6:.1f} MB")


main = command(export, "export", check=read_config, literal=("voice", "out", "vocoder.path"))

if __name__ == "__main__":
    main()
