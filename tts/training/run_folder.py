"""The folder of a run: its lock, and the checkpoint from which a run goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tts.errors import UserError
from tts.model_folder import check_replaceable
from tts.storage.locks import exclusive
from tts.storage.ownership import claim
from tts.storage.plain_data import plain_file

CHECKPOINTS, LAST, BEST, CONFIG = "checkpoints", "last.pt", "best.pt", "config.yaml"
EXPORTS = ("voice", "vocoder")
OF_A_RUN = {"name", "run_dir", "seed", "corpora", "optimizer", "trainer"}
"""Keys that the config of every run has."""


@contextmanager
def locked(run_dir: Path) -> Iterator[None]:
    """Create, mark and lock the folder of a run for this process.

    Raises
    ------
    UserError: something else is in it, which a run could overwrite, or another process has locked it.
    """
    claim(run_dir, "training", "run_dir", recognised=_is_run)
    for name in EXPORTS:
        check_replaceable(run_dir / name, f"{name}.json")
    with exclusive(run_dir, "run_dir"):
        yield


def config_beside(checkpoint: Path) -> dict[str, Any] | None:
    """The settings in the folder of the run that left `checkpoint`; None where it lies elsewhere.

    Raises
    ------
    UserError: they cannot be read.
    """
    path = checkpoint.resolve().parent.parent / CONFIG
    if checkpoint.resolve().parent.name != CHECKPOINTS or not path.is_file():
        return None
    config = plain_file(path)
    if not isinstance(config, dict):
        raise UserError(f"{path}: holds no settings; the folder is damaged")
    return config


def _is_run(folder: Path) -> bool:
    """Whether `folder` is of a run from before folders were marked."""
    try:
        for name in EXPORTS:
            check_replaceable(folder / name, f"{name}.json")
        config = plain_file(folder / CONFIG)
    except (OSError, UserError):
        return False
    return isinstance(config, dict) and config.keys() >= OF_A_RUN


def starting_point(run_dir: Path, resume: str | None) -> Path | None:
    """The checkpoint that a run in `run_dir` goes on from: with `auto` its last, if there is one.

    Raises
    ------
    UserError: the run in `run_dir`, which is another, would be written over.
    """
    folder = run_dir / CHECKPOINTS
    if resume == "auto":
        return folder / LAST if (folder / LAST).exists() else None
    if resume is None:
        if (folder / LAST).exists():
            raise UserError(f"{run_dir}: holds a run already; go on with resume=auto, or choose another run_dir")
        return None
    path = Path(resume)
    if path.resolve().parent != folder.resolve() and any(folder.glob("*.pt")):
        raise UserError(
            f"{run_dir}: holds a run already, which is not the one of {path}; give a new run_dir to go on from there, "
            "or resume=auto to go on with this run"
        )
    return path
