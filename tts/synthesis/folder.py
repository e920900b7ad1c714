"""A voice as a folder: written whole or not at all, read without trusting anything in it.

`model.safetensors`, `config.yaml`, `symbols.json` and `voice.json`, which holds the SHA-256 of the other three.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import yaml
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file

from tts.audio.config import AudioConfig
from tts.errors import UserError
from tts.files import sha256
from tts.models.acoustic import AcousticModel
from tts.models.config import ModelConfig
from tts.schema import parse, plain
from tts.text.config import TextConfig
from tts.text.symbols import SymbolTable

FORMAT = 3
WEIGHTS, CONFIG, SYMBOLS, INFO = "model.safetensors", "config.yaml", "symbols.json", "voice.json"
LARGEST_TEXT_FILE = 1 << 20
"""Bytes; a config or symbol table beyond it is not one."""
LARGEST_AUDIO = {"sample_rate": 192_000, "n_fft": 1 << 15, "n_mels": 1024}


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
    licence: str
    credits: str
    training: dict[str, Any]
    sha256: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


def save_voice(folder: Path, model: AcousticModel, settings: VoiceConfig, table: SymbolTable, info: VoiceInfo) -> None:
    """Write a voice folder, replacing the one that is there; a crash at any moment leaves one of the two loadable."""
    recover_voice(folder)
    draft, old = _siblings(folder)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    tensors = {name: value.detach().contiguous().cpu() for name, value in model.state_dict().items()}
    save_file(tensors, draft / WEIGHTS)
    (draft / CONFIG).write_text(yaml.safe_dump(plain(settings), sort_keys=False, allow_unicode=True), "utf-8")
    (draft / SYMBOLS).write_text(table.to_json(), "utf-8")
    hashes = {name: sha256(draft / name) for name in (WEIGHTS, CONFIG, SYMBOLS)}
    content = plain(info) | {"sha256": hashes, "format": FORMAT}
    (draft / INFO).write_text(json.dumps(content, indent=2, ensure_ascii=False), "utf-8")
    for path in draft.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    # A folder cannot replace another in one step: between these two renames only `old` and `draft` exist, whole.
    if folder.exists():
        folder.rename(old)
    draft.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def recover_voice(folder: Path) -> None:
    """Finish or undo a replacement that a crash interrupted."""
    _, old = _siblings(folder)
    if old.exists():
        if folder.exists():
            shutil.rmtree(old)
        else:
            old.rename(folder)


def load_folder(folder: Path) -> tuple[AcousticModel, VoiceConfig, SymbolTable, VoiceInfo]:
    """Read a voice folder. Files are data: YAML and JSON are checked against dataclasses, weights are safetensors.

    Raises
    ------
    UserError: something is missing, damaged, or does not fit the rest.
    """
    if not folder.exists():  # a replacement may be under way, or was cut short
        folder = _siblings(folder)[1] if _siblings(folder)[1].exists() else folder
    if not folder.is_dir():
        raise UserError(f"{folder}: no voice here; give the folder that training wrote as RUN_DIR/voice")
    for name in (WEIGHTS, CONFIG, SYMBOLS, INFO):
        path = folder / name
        if path.is_symlink() or not path.is_file():
            raise UserError(f"{path}: missing or not a plain file; copy the whole voice folder again")
        if name != WEIGHTS and path.stat().st_size > LARGEST_TEXT_FILE:
            raise UserError(f"{path}: larger than any voice's; the folder is damaged")
    info = parse(VoiceInfo, _plain_file(folder / INFO), str(folder / INFO))
    if info.format != FORMAT:
        raise UserError(f"{folder / INFO}: format {info.format}, this version reads {FORMAT}")
    for name in (WEIGHTS, CONFIG, SYMBOLS):
        if info.sha256.get(name) != sha256(folder / name):
            raise UserError(f"{folder / name}: changed since training (SHA-256 differs); copy the voice again")
    config = parse(VoiceConfig, _plain_file(folder / CONFIG), str(folder / CONFIG))
    for name, most in LARGEST_AUDIO.items():
        if getattr(config.audio, name) > most:
            raise UserError(f"{folder / CONFIG}: audio.{name} is beyond {most}; the folder is damaged")
    if not config.audio.floor < 1:
        raise UserError(f"{folder / CONFIG}: audio.floor must be below 1")
    table = SymbolTable.from_json(_text(folder / SYMBOLS), where=str(folder / SYMBOLS))
    if not info.speakers or len(set(info.speakers)) != len(info.speakers):
        raise UserError(f"{folder / INFO}: must name at least one speaker, and none twice")
    model = _build(folder / WEIGHTS, config, table, info)
    return model, config, table, info


def _build(path: Path, config: VoiceConfig, table: SymbolTable, info: VoiceInfo) -> AcousticModel:
    try:
        # Shapes first, without memory: a config that asks for terabytes must not get them.
        with torch.device("meta"):
            model = AcousticModel(config.model, config.audio.n_mels, len(table), len(info.speakers))
        expected = {name: tuple(value.shape) for name, value in model.state_dict().items()}
        kinds = {name: value.dtype for name, value in model.state_dict().items()}
        with safe_open(path, framework="pt") as weights:
            found = {name: tuple(weights.get_slice(name).get_shape()) for name in weights.keys()}  # noqa: SIM118 (no iterator)
    except (SafetensorError, OSError, ValueError, RuntimeError, OverflowError) as error:
        raise UserError(f"{path}: cannot be read with its config.yaml: {str(error).splitlines()[0]}") from error
    if found != expected:
        name = next(n for n in sorted(expected.keys() | found.keys()) if expected.get(n) != found.get(n))
        raise UserError(
            f"{path}: {name} has shape {found.get(name)}, config.yaml asks for {expected.get(name)}; "
            "the files are of different voices"
        )
    model = AcousticModel(config.model, config.audio.n_mels, len(table), len(info.speakers))
    tensors = load_file(path)
    for name, value in tensors.items():
        if value.dtype != kinds[name]:
            raise UserError(f"{path}: {name} is {value.dtype}, a voice's is {kinds[name]}; copy the voice again")
        if not torch.isfinite(value).all():
            raise UserError(f"{path}: {name} holds values that are not numbers; train again from an older checkpoint")
    model.load_state_dict(tensors)
    if not model.attention.monotonic.any():
        raise UserError(f"{path}: attention.monotonic chooses no head; train again from an older checkpoint")
    return model.eval()


def _plain_file(path: Path) -> Any:
    text = _text(path)
    try:
        return yaml.safe_load(text) if path.suffix == ".yaml" else json.loads(text)
    except (yaml.YAMLError, json.JSONDecodeError, RecursionError) as error:
        raise UserError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 text; copy the whole voice folder again") from error


def _siblings(folder: Path) -> tuple[Path, Path]:
    return folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
