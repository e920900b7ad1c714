"""A model as a folder: written whole or not at all, read without trusting anything in it.

`model.safetensors`, further text files, and one JSON file that holds the SHA-256 of all others.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from tts.audio.config import AudioConfig
from tts.earlier_names import renamed
from tts.errors import UserError
from tts.storage.files import sha256
from tts.storage.ownership import NAMED, unknown_names
from tts.storage.resources import PACKAGED

WEIGHTS = "model.safetensors"
LEAST_RATE = 4_000
"""Hz."""
LARGEST_AUDIO = {"sample_rate": 192_000, "n_fft": 1 << 15, "n_mels": 1024}
HOP_SECONDS = (0.001, 0.1)
"""Shortest and longest."""
LEAST_FLOOR = 1e-12
LARGEST_VALUE = 1e7
"""Of a weight: so far float32 holds whatever a network makes of its weights."""

DRAWING = (nn.init.kaiming_uniform_, nn.init.uniform_, nn.init.normal_, Tensor.uniform_, Tensor.normal_)
"""What gives layers their first weights; `nn.init` has them as functions of their own."""

Model = TypeVar("Model", bound=nn.Module)
Limits = tuple[float, float]
MEL_LIMITS: dict[str, Limits] = {"mel_mean": (-100.0, 100.0), "mel_std": (0.01, 100.0)}
"""Nats."""


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
        (draft / WEIGHTS).write_bytes(save(tensors))  # `save_file` makes a file that no other user may read
        for name, text in texts.items():
            (draft / name).write_text(text, "utf-8")
        hashes = {name: sha256(draft / name) for name in (WEIGHTS, *texts)}
        (draft / info_name).write_text(json.dumps(info | {"sha256": hashes}, indent=2, ensure_ascii=False), "utf-8")
        for path in draft.iterdir():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    except OSError as error:
        _remove(draft, names)
        raise OSError(error.errno, error.strerror, str(folder)) from error
    # A folder cannot replace another in one step: between these two renames only `old` and `draft` exist, whole.
    if folder.exists():
        folder.rename(old)
    draft.rename(folder)
    _retire(old, folder, names)


def check_replaceable(folder: Path, info_name: str) -> None:
    """Raises UserError unless `folder` holds a model, whose file `info_name` says so, or nothing."""
    others = unknown_names(folder)
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
    """The folder to read from, once its files are there and plain.

    It may be in the folder of a run, by the name that `info_name` has without its ending. The name of a model that
    comes with the package stands for its folder, where there is no folder of that name.

    Raises
    ------
    UserError: they are not; `missing` says what to do where there is no folder at all.
    """
    if not folder.exists():
        folder = PACKAGED.get(str(folder), folder)
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
    shortest, longest = HOP_SECONDS
    if audio.sample_rate < LEAST_RATE or not shortest <= audio.frame_seconds <= longest:
        raise UserError(
            f"{path}: audio.hop_length={audio.hop_length} at audio.sample_rate={audio.sample_rate} must be "
            f"{shortest} to {longest} seconds, and the rate at least {LEAST_RATE} Hz; the folder is damaged"
        )
    if not LEAST_FLOOR <= audio.floor < 1:
        raise UserError(f"{path}: audio.floor must lie between {LEAST_FLOOR} and 1; the folder is damaged")


def load_model(path: Path, build: Callable[[], Model], limits: Mapping[str, Limits], half: bool = False) -> Model:
    """The model that `build` makes, with the weights at `path`, ready to be used.

    Parameters
    ----------
    limits: by tensor, the least and the largest value that training gives it; of others, `LARGEST_VALUE`.
    half: the weights are stored in half precision.

    Raises
    ------
    UserError: unreadable, or not the weights of such a model, or none that training could have made.
    """
    try:
        # Shapes first, without memory: a config that asks for terabytes must not get them.
        with torch.device("meta"), WithoutDrawing():
            wanted = build().state_dict()
        with safe_open(path, framework="pt") as weights:
            shapes = {name: tuple(weights.get_slice(name).get_shape()) for name in weights.keys()}  # noqa: SIM118 (no iterator)
    except (SafetensorError, OSError, ValueError, RuntimeError, OverflowError) as error:
        raise UserError(f"{path}: cannot be read with its config.yaml: {str(error).splitlines()[0]}") from error
    found = renamed(shapes, wanted)
    expected = {name: tuple(value.shape) for name, value in wanted.items()}
    if found != expected:
        name = next(n for n in sorted(expected.keys() | found.keys()) if expected.get(n) != found.get(n))
        raise UserError(
            f"{path}: {name} has shape {found.get(name)}, config.yaml asks for {expected.get(name)}; "
            "the files are of different models"
        )
    with WithoutDrawing():
        model = build()
    tensors = renamed(load_file(path), wanted)
    for name, value in tensors.items():
        kind = torch.float16 if half and wanted[name].is_floating_point() else wanted[name].dtype
        if value.dtype != kind:
            raise UserError(f"{path}: {name} is {value.dtype} and should be {kind}; copy the folder again")
    check_values(path, tensors, limits)
    model.load_state_dict(tensors)
    return model.eval()


class WithoutDrawing(TorchFunctionMode):
    """Makes models whose first weights are not drawn: memory is left as it is, since they are replaced.

    Drawing takes time and numbers of the global generator, and on the meta device, as all arithmetic there, it imports
    torch's compiler (1.6 s).
    """

    def __torch_function__(
        self, func: Callable[..., Any], types: Sequence[type], args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if func in DRAWING:
            return args[0] if args else kwargs["tensor"]
        return func(*args, **kwargs)


def check_values(path: Path, tensors: Mapping[str, Tensor], limits: Mapping[str, Limits]) -> None:
    """Raises UserError if one of the `tensors` of the file at `path` holds what is beyond its limits, or no number."""
    for name, value in tensors.items():
        if not value.numel() or not value.is_floating_point():
            continue
        if not torch.isfinite(value).all():
            raise UserError(f"{path}: {name} holds values that are not numbers; train again from an older checkpoint")
        least, most = limits.get(name, (-LARGEST_VALUE, LARGEST_VALUE))
        lowest, highest = (float(v) for v in value.aminmax())
        if lowest < least or highest > most:
            raise UserError(
                f"{path}: {name} holds values from {lowest:.4g} to {highest:.4g}, and training makes none beyond "
                f"{least:g} and {most:g}; copy the folder again, or train again from an older checkpoint"
            )


def _siblings(folder: Path) -> tuple[Path, Path]:
    return folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
