"""A voice as a folder: `model.safetensors`, `config.yaml`, `symbols.json` and `voice.json`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tts.audio.config import AudioConfig
from tts.errors import UserError
from tts.model_folder import (
    LARGEST_VALUE,
    MEL_LIMITS,
    WEIGHTS,
    Limits,
    check_audio,
    check_hashes,
    load_model,
    open_folder,
    save_folder,
)
from tts.models.acoustic import AcousticModel
from tts.models.config import ModelConfig
from tts.models.predictors.duration import LONGEST
from tts.settings.schema import parse, plain
from tts.storage.plain_data import plain_file, read_text
from tts.storage.published import fetched
from tts.text.config import TextConfig
from tts.text.symbols import SymbolTable

FORMAT = 6
CONFIG, SYMBOLS, INFO = "config.yaml", "symbols.json", "voice.json"
EXPORTED = "acoustic.onnx"
"""What tells the folder of `tts-export format=onnx`, which has a card of the same name."""
LIMITS: dict[str, Limits] = MEL_LIMITS | {
    "shortest.frames": (0.0, LONGEST),
    "decoder.harmonics": (-10.0, 10.0),
    "variance.recorded": (0.0, LARGEST_VALUE),
    "variance.spoken": (0.0, LARGEST_VALUE),
}
"""Of tensors that decide length and level."""


@dataclass(frozen=True)
class VoiceConfig:
    """`config.yaml`: what the model is, as plain data."""

    audio: AudioConfig
    text: TextConfig
    model: ModelConfig


@dataclass(frozen=True)
class VoiceInfo:
    """`voice.json`: whose voice it is and where it comes from."""

    speakers: tuple[str, ...]
    language: str
    """The one that it was made for: of its first corpus."""
    licence: str
    credits: str
    training: dict[str, Any]
    languages: tuple[str, ...] = ()
    """All that it speaks; in files of versions up to 0.4, which spoke one, that one."""
    native: tuple[str, ...] = ()
    """The language of each speaker."""
    half: bool = False
    """Whether the weights are stored in half precision."""
    sha256: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def __post_init__(self) -> None:
        languages = self.languages or (self.language,)
        object.__setattr__(self, "languages", languages)
        object.__setattr__(self, "native", self.native or (languages[0],) * len(self.speakers))
        if not self.speakers or len(set(self.speakers)) != len(self.speakers):
            raise ValueError("must name at least one speaker, and none twice")
        if self.language not in languages or len(set(languages)) != len(languages):
            raise ValueError(f"languages: must hold {self.language}, and none twice")
        if len(self.native) != len(self.speakers) or not set(self.native) <= set(languages):
            raise ValueError("native: must name one of the languages for each speaker")


def save_voice(folder: Path, model: AcousticModel, settings: VoiceConfig, table: SymbolTable, info: VoiceInfo) -> None:
    """Write a voice folder as `save_folder` does."""
    texts = {CONFIG: yaml.safe_dump(plain(settings), sort_keys=False, allow_unicode=True), SYMBOLS: table.to_json()}
    save_folder(folder, model, texts, INFO, plain(info) | {"format": FORMAT}, info.half)


def load_voice(folder: Path) -> tuple[AcousticModel, VoiceConfig, SymbolTable, VoiceInfo]:
    """Read a voice folder, that of a run with `voice/` in it, or one that is published, as `hf:USER/NAME`.

    Files are data: YAML and JSON are checked against dataclasses, weights are safetensors.

    Raises
    ------
    UserError: something is missing, damaged, or does not fit the rest.
    """
    missing = "no voice here; give the folder that training wrote as RUN_DIR/voice"
    folder = fetched(folder)
    if (folder / EXPORTED).is_file() and not (folder / WEIGHTS).exists():
        raise UserError(f"{folder}: exported for programs without torch; tts.runtime.Voice speaks it, not this command")
    folder = open_folder(folder, (CONFIG, SYMBOLS), INFO, missing)
    info = parse(VoiceInfo, plain_file(folder / INFO), str(folder / INFO))
    if info.format != FORMAT:
        raise UserError(f"{folder / INFO}: format {info.format}, this version reads {FORMAT}; train it again")
    check_hashes(folder, info.sha256, (CONFIG, SYMBOLS))
    config = parse(VoiceConfig, plain_file(folder / CONFIG), str(folder / CONFIG))
    check_audio(config.audio, folder / CONFIG)
    table = SymbolTable.from_json(read_text(folder / SYMBOLS), where=str(folder / SYMBOLS))
    model = load_model(
        folder / WEIGHTS,
        lambda: AcousticModel(config.model, config.audio.n_mels, len(table), len(info.speakers), len(info.languages)),
        LIMITS,
        info.half,
    )
    for attention in model.attentions:
        heads = len(attention.monotonic)
        single = attention.smma_tunable and attention.config.selection == "focused"
        if heads < 1 or (single and heads > 1):
            raise UserError(
                f"{folder / WEIGHTS}: attention.monotonic chooses {heads or 'no'} heads, which is not valid; train "
                "again from an older checkpoint"
            )
    return model, config, table, info
