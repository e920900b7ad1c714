"""Checkpoints: written whole or not at all, read without running anything in them."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric

from tts.errors import UserError
from tts.files import whole

FORMAT = 1


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write `state` (tensors and plain values) so that a crash at any moment leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f"{path.name}.*.part"):  # by a run that was killed
        left.unlink(missing_ok=True)
    with whole(path) as draft, draft.open("wb") as file:
        torch.save({"format": FORMAT, **state}, file)
        file.flush()
        os.fsync(file.fileno())


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Read a checkpoint onto the CPU. Only tensors and plain values are admitted (`weights_only`).

    Raises
    ------
    UserError: no such file, not a checkpoint, or of another format.
    """
    if not path.is_file():
        raise UserError(f"{path}: no checkpoint here; give resume=auto or the path of a .pt file")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, LookupError, TypeError, OSError) as error:
        raise UserError(f"{path}: not a readable checkpoint ({type(error).__name__}); use an older one") from error
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise UserError(f"{path}: not a checkpoint of this version of the project")
    return state


def gather_random_state(fabric: Fabric) -> list[torch.Tensor]:
    """The generator states (CPU, and CUDA where used) of every process, in order of rank."""
    own = torch.get_rng_state()
    if fabric.device.type == "cuda":
        own = torch.cat([own, torch.cuda.get_rng_state(fabric.device)])
    gathered = fabric.all_gather(own.to(fabric.device))
    assert isinstance(gathered, torch.Tensor)
    return list(gathered.reshape(fabric.world_size, -1).cpu().unbind(0))


def restore_random_state(fabric: Fabric, states: list[torch.Tensor]) -> None:
    """Put this process's generators back; a process that had no part in the saved run keeps its own."""
    if fabric.global_rank >= len(states):
        return
    size = torch.get_rng_state().numel()
    own = states[fabric.global_rank]
    torch.set_rng_state(own[:size])
    if fabric.device.type == "cuda" and own.numel() > size:
        torch.cuda.set_rng_state(own[size:], fabric.device)
