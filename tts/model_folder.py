"""A model as a folder: written whole or not at all, read without trusting anything in it.

`model.safetensors`, further text files, and one JSON file that holds the SHA-256 of all others.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch
import yaml
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import nn
from yaml.composer import ComposerError

from tts.audio.config import AudioConfig
from tts.errors import UserError
from tts.files import sha256
from tts.ownership import NAMED, strangers

WEIGHTS = "model.safetensors"
LARGEST_TEXT_FILE = 1 << 20
"""Bytes; a config or symbol table beyond it is not one."""
LARGEST_AUDIO = {"sample_rate": 192_000, "n_fft": 1 << 15, "n_mels": 1024}

Model = TypeVar("Model", bound=nn.Module)


def save_folder(
    folder: Path, model: nn.Module, texts: dict[str, str], info_name: str, info: dict[str, Any], half: bool = False
) -> None:
    """Write a model folder, replacing the model that is there; a crash at any moment leaves one of the two loadable.

    Files in the folder that are not of the model stay.

    Parameters
    ----------
    texts: further files, by name.
    info: content of `info_name`; the hashes of the others are added as `sha256`.
    half: store the weights in half precision.

    Raises
    ------
    UserError: the folder holds something else than a model. Nothing was changed.
    OSError: it cannot be written, as on a full disk. The old model is there still.
    """
    names = (WEIGHTS, *texts, info_name)
    _recover(folder, names)
    check_replaceable(folder, info_name)
    draft, old = _siblings(folder)
    _remove(draft, names)
    draft.mkdir(parents=True)
    tensors = {name: value.detach().contiguous().cpu() for name, value in model.state_dict().items()}
    if half:
        tensors = {name: value.half() if value.is_floating_point() else value for name, value in tensors.items()}
    try:
        save_file(tensors, draft / WEIGHTS)
        for name, text in texts.items():
            (draft / name).write_text(text, "utf-8")
        hashes = {name: sha256(draft / name) for name in (WEIGHTS, *texts)}
        (draft / info_name).write_text(json.dumps(info | {"sha256": hashes}, indent=2, ensure_ascii=False), "utf-8")
        for path in draft.iterdir():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    except (OSError, SafetensorError) as error:
        _remove(draft, names)
        number, reason = (error.errno, error.strerror) if isinstance(error, OSError) else (None, None)
        raise OSError(number, reason or str(error), str(folder)) from error
    # A folder cannot replace another in one step: between these two renames only `old` and `draft` exist, whole.
    if folder.exists():
        folder.rename(old)
    draft.rename(folder)
    _retire(old, folder, names)


def check_replaceable(folder: Path, info_name: str) -> None:
    """Raises UserError unless `folder` holds a model, whose file `info_name` says so, or nothing."""
    others = strangers(folder)
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UserError(f"{folder}: not a plain folder, and a model is to be written there; move it away")
    if others and not _is_model(folder, info_name):
        raise UserError(
            f"{folder}: holds {', '.join(others[:NAMED])}{' and more' if len(others) > NAMED else ''} and no model of "
            "training, which one is to replace; move it away"
        )


def _is_model(folder: Path, info_name: str) -> bool:
    try:
        info = json.loads((folder / info_name).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(info, dict) and "sha256" in info


def _recover(folder: Path, names: Sequence[str]) -> None:
    """Finish or undo a replacement that a crash interrupted."""
    _, old = _siblings(folder)
    if folder.exists():
        _retire(old, folder, names)
    elif old.exists():
        old.rename(folder)


def _retire(old: Path, folder: Path, names: Sequence[str]) -> None:
    """Remove the files of a replaced model; whatever else is there belongs to the user and moves to the new one."""
    if old.is_dir():
        for path in list(old.iterdir()):
            if path.name not in names:
                path.rename(folder / path.name)
        _remove(old, names)


def _remove(folder: Path, names: Sequence[str]) -> None:
    """Remove the files of a model, and their folder. Raises OSError where there are others."""
    if folder.is_dir():
        for name in names:
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()


def open_folder(folder: Path, texts: Sequence[str], info_name: str, missing: str) -> Path:
    """The folder to read from, once its files are there and plain and of a believable size.

    It may be in the folder of a run, by the name that `info_name` has without its ending.

    Raises
    ------
    UserError: they are not; `missing` says what to do where there is no folder at all.
    """
    inner = folder / Path(info_name).stem
    # While a replacement is under way, or after it was cut short, there may be only the old one.
    places = (inner, _siblings(inner)[1], folder, _siblings(folder)[1])
    folder = next((place for place in places if (place / info_name).is_file()), folder)
    if not folder.is_dir() or not any((folder / name).exists() for name in (WEIGHTS, info_name)):
        raise UserError(f"{folder}: {missing}")
    for name in (WEIGHTS, *texts, info_name):
        path = folder / name
        if path.is_symlink() or not path.is_file():
            raise UserError(f"{path}: missing or not a plain file; copy the whole folder again")
        if name != WEIGHTS and path.stat().st_size > LARGEST_TEXT_FILE:
            raise UserError(f"{path}: larger than any such file; the folder is damaged")
    return folder


def check_hashes(folder: Path, hashes: dict[str, str], texts: Sequence[str]) -> None:
    """Raises UserError if a file is not what its folder's JSON file says."""
    for name in (WEIGHTS, *texts):
        if hashes.get(name) != sha256(folder / name):
            raise UserError(f"{folder / name}: changed since training (SHA-256 differs); copy the folder again")


def check_audio(audio: AudioConfig, path: Path) -> None:
    """Raises UserError if the audio settings of a folder's config at `path` are beyond any real ones."""
    for name, most in LARGEST_AUDIO.items():
        if getattr(audio, name) > most:
            raise UserError(f"{path}: audio.{name} is beyond {most}; the folder is damaged")
    if not audio.floor < 1:
        raise UserError(f"{path}: audio.floor must be below 1")


def load_model(path: Path, build: Callable[[], Model], half: bool = False) -> Model:
    """The model that `build` makes, with the weights at `path`, ready to be used.

    Parameters
    ----------
    half: the weights are stored in half precision.

    Raises
    ------
    UserError: unreadable, or not the weights of such a model.
    """
    try:
        # Shapes first, without memory: a config that asks for terabytes must not get them.
        with torch.device("meta"):
            wanted = build().state_dict()
        with safe_open(path, framework="pt") as weights:
            found = {name: tuple(weights.get_slice(name).get_shape()) for name in weights.keys()}  # noqa: SIM118 (no iterator)
    except (SafetensorError, OSError, ValueError, RuntimeError, OverflowError) as error:
        raise UserError(f"{path}: cannot be read with its config.yaml: {str(error).splitlines()[0]}") from error
    expected = {name: tuple(value.shape) for name, value in wanted.items()}
    if found != expected:
        name = next(n for n in sorted(expected.keys() | found.keys()) if expected.get(n) != found.get(n))
        raise UserError(
            f"{path}: {name} has shape {found.get(name)}, config.yaml asks for {expected.get(name)}; "
            "the files are of different models"
        )
    with torch.random.fork_rng(devices=[]):  # first weights are drawn, though only to be replaced
        model = build()
    tensors = load_file(path)
    for name, value in tensors.items():
        kind = torch.float16 if half and wanted[name].is_floating_point() else wanted[name].dtype
        if value.dtype != kind:
            raise UserError(f"{path}: {name} is {value.dtype} and should be {kind}; copy the folder again")
        if not torch.isfinite(value).all():
            raise UserError(f"{path}: {name} holds values that are not numbers; train again from an older checkpoint")
    model.load_state_dict(tensors)
    return model.eval()


class _PlainLoader(yaml.SafeLoader):
    """YAML without aliases, by which a kilobyte grows to terabytes, and without tags, whose values it does not check.

    Raises
    ------
    ComposerError: there is one.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or event.tag is not None:
            raise ComposerError(None, None, "aliases and tags are not for plain settings", event.start_mark)
        return super().compose_node(parent, index)


def plain_file(path: Path) -> Any:
    """A YAML or JSON file's plain data.

    Raises
    ------
    UserError: it is neither.
    """
    text = read_text(path)
    try:
        return yaml.load(text, _PlainLoader) if path.suffix == ".yaml" else json.loads(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a date or number that cannot be
        raise UserError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error


def read_text(path: Path) -> str:
    """Raises UserError if the file is not UTF-8."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 text; copy the whole folder again") from error


def _siblings(folder: Path) -> tuple[Path, Path]:
    return folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
