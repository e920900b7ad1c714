"""A vocoder as a folder: `model.safetensors`, `config.yaml` and `vocoder.json`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tts.audio.config import AudioConfig
from tts.errors import UserError
from tts.model_folder import (
    MEL_LIMITS,
    WEIGHTS,
    check_audio,
    check_hashes,
    load_model,
    open_folder,
    save_folder,
)
from tts.settings.schema import parse, plain
from tts.storage.plain_data import plain_file
from tts.vocoder.config import GeneratorConfig
from tts.vocoder.generator import Generator

FORMAT = 1
CONFIG, INFO = "config.yaml", "vocoder.json"


@dataclass(frozen=True)
class VocoderConfig:
    """`config.yaml`: what the model is, as plain data."""

    audio: AudioConfig
    generator: GeneratorConfig

    def __post_init__(self) -> None:
        self.generator.window_of(self.audio)


@dataclass(frozen=True)
class VocoderInfo:
    """`vocoder.json`: where it comes from."""

    licence: str
    credits: str
    training: dict[str, Any]
    half: bool = False
    """Whether the weights are stored in half precision."""
    sha256: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


def save_vocoder(folder: Path, generator: Generator, info: VocoderInfo) -> None:
    """Write a vocoder folder as `save_folder` does."""
    settings = VocoderConfig(generator.audio, generator.config)
    texts = {CONFIG: yaml.safe_dump(plain(settings), sort_keys=False, allow_unicode=True)}
    save_folder(folder, generator, texts, INFO, plain(info) | {"format": FORMAT}, info.half)


def load_vocoder(path: str | Path) -> tuple[Generator, VocoderInfo]:
    """Read a vocoder folder, or that of a run with `vocoder/` in it, trusting nothing in it.

    Raises
    ------
    UserError: something is missing, damaged, or does not fit the rest.
    """
    missing = "no vocoder here; give the folder that training wrote as RUN_DIR/vocoder"
    folder = open_folder(Path(path).expanduser(), (CONFIG,), INFO, missing)
    info = parse(VocoderInfo, plain_file(folder / INFO), str(folder / INFO))
    if info.format != FORMAT:
        raise UserError(f"{folder / INFO}: format {info.format}, this version reads {FORMAT}; train it again")
    check_hashes(folder, info.sha256, (CONFIG,))
    config = parse(VocoderConfig, plain_file(folder / CONFIG), str(folder / CONFIG))
    check_audio(config.audio, folder / CONFIG)
    return load_model(folder / WEIGHTS, lambda: Generator(config.generator, config.audio), MEL_LIMITS, info.half), info
