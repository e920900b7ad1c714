"""Checkpoints: written atomically, verified when read, and read without running code in them."""

from __future__ import annotations

import os
import pickle
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any, cast

import torch
from lightning_fabric import Fabric

from tts.errors import UserError
from tts.storage.files import atomic_write

FORMAT = 1
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, LookupError, RuntimeError, OSError)
"""What Python's reader of zip files raises, depending on where the damage is."""


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write `state` (tensors and plain values) so that a crash at any moment leaves the old file or the new one.

    Raises
    ------
    OSError: it cannot be written, as on a full disk. The old file is there still.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for leftover in path.parent.glob(f"{path.name}.*.part"):  # by a run that was killed
        leftover.unlink(missing_ok=True)
    with atomic_write(path) as draft, draft.open("wb") as file:
        recorder = _ErrorRecorder(file)
        try:
            torch.save({"format": FORMAT, **state}, cast(IO[bytes], recorder))
            file.flush()
            os.fsync(file.fileno())
        except (OSError, RuntimeError) as error:
            cause = recorder.error or error
            if not isinstance(cause, OSError):
                raise
            raise OSError(cause.errno, cause.strerror or str(cause), str(path)) from error


class _ErrorRecorder:
    """A file that keeps the error of a failed write, which torch reports without its cause."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.error: OSError | None = None

    def write(self, content: Any) -> int:
        try:
            return self.file.write(content)
        except OSError as error:
            self.error = self.error or error
            raise

    def flush(self) -> None:
        self.file.flush()


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Read a checkpoint onto the CPU. Only tensors and plain values are admitted (`weights_only`).

    Raises
    ------
    UserError: no such file, damaged, not a checkpoint, or of another format.
    """
    if not path.is_file():
        raise UserError(f"{path}: no checkpoint here; give resume=auto or the path of a .pt file")
    _check_whole(path)
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, LookupError, TypeError, OSError) as error:
        raise UserError(f"{path}: not a readable checkpoint ({type(error).__name__}); {_instead_of(path)}") from error
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise UserError(f"{path}: not a checkpoint of this version of the project")
    return state


def _check_whole(path: Path) -> None:
    """Raises UserError where a byte is not as it was written, by the checksums of the zip file, which torch does not
    verify."""
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
    except DAMAGED as error:
        raise UserError(f"{path}: not a readable checkpoint ({type(error).__name__}); {_instead_of(path)}") from error
    if damaged is not None:
        raise UserError(f"{path}: damaged since it was written (a checksum differs); {_instead_of(path)}")


def _instead_of(path: Path) -> str:
    """What to do without the checkpoint at `path`: take one of those beside it, the latest first."""
    beside = [other for other in path.parent.glob("*.pt") if other != path and other.is_file()]
    beside.sort(key=lambda other: other.stat().st_mtime, reverse=True)
    if not beside:
        return "there is no other beside it"
    return "go on from an older one: " + " or ".join(f"resume={other}" for other in beside)


def gather_random_state(fabric: Fabric) -> list[torch.Tensor]:
    """The generator states (CPU, and CUDA where used) of every process, in order of rank."""
    own = torch.get_rng_state()
    if fabric.device.type == "cuda":
        own = torch.cat([own, torch.cuda.get_rng_state(fabric.device)])
    if fabric.world_size == 1:
        return [own]
    own = own.to(fabric.device)
    gathered = [torch.empty_like(own) for _ in range(fabric.world_size)]
    torch.distributed.all_gather(gathered, own)
    return [state.cpu() for state in gathered]


def restore_random_state(fabric: Fabric, states: list[torch.Tensor]) -> None:
    """Restore this process's generators; a process that had no part in the saved run keeps its own."""
    if fabric.global_rank >= len(states):
        return
    # Copies: torch reads a state from where its memory begins, not where a view into it does.
    size = torch.get_rng_state().numel()
    own = states[fabric.global_rank]
    torch.set_rng_state(own[:size].clone())
    if fabric.device.type == "cuda" and own.numel() > size:
        torch.cuda.set_rng_state(own[size:].clone(), fabric.device)
