"""Settings of a resumed run against those of its checkpoint: what may differ, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tts.errors import UserError
from tts.settings.schema import parse, plain
from tts.training.config import RunConfig
from tts.training.run_folder import CONFIG, config_beside

FIXED = ("audio", "text", "model", "alignment.kind", "generator", "discriminators", "mels.kind")
"""A change of these is refused: the weights would not fit, or mean something else."""
CHANGEABLE = ("dropout", "prenet_dropout", "gate_noise", "own_past", "variance")
"""Keys of the model that only affect training or synthesis, so that weights stay valid."""
NOT_COMPARED = ("run_dir", "resume", "profile", "text.language")
"""Keys that belong to one start of a run; and the language, which is that of the corpora, whatever earlier versions
wrote here."""
NAMED = 8
"""So many changes are listed in a message."""


def check_changes(path: Path, state: dict[str, Any], config: RunConfig) -> str:
    """What differs between the run that left the checkpoint `state` at `path` and `config`, in one line; empty if
    nothing does.

    Raises
    ------
    UserError: a setting differs that the weights depend on.
    """
    saved, source = _saved(path, state)
    if saved is None:
        return f"{path} does not say with what settings it was made, so they could not be compared with those now"
    try:
        before = dict(_leaves(plain(parse(type(config), saved, str(source)))))
    except UserError as error:
        raise UserError(f"resume: {path} is of a run with other settings: {error}") from error
    now = dict(_leaves(plain(config)))
    changed = [key for key in now | before if now.get(key) != before.get(key) and key not in NOT_COMPARED]
    refused = [key for key in changed if _within(key, FIXED) and key.rpartition(".")[2] not in CHANGEABLE]
    if refused:
        key, more = refused[0], f" ({len(refused) - 1} more differ)" if len(refused) > 1 else ""
        raise UserError(
            f"resume: {path} was trained with {key}={before.get(key)}, this run has {now.get(key)}{more}; take the "
            "former, or start a new run with init_from"
        )
    if not changed:
        return ""
    shown = ", ".join(f"{key}={now.get(key)} (was {before.get(key)})" for key in changed[:NAMED])
    return f"goes on with other settings: {shown}{f' and {len(changed) - NAMED} more' if len(changed) > NAMED else ''}"


def _saved(path: Path, state: dict[str, Any]) -> tuple[dict[str, Any] | None, Path]:
    """The settings that a checkpoint was made with, and the file that has them: the checkpoint, or for those of earlier
    versions config.yaml in the run's folder."""
    if "config" in state:
        return state["config"], path
    return config_beside(path), path.resolve().parent.parent / CONFIG


def _within(key: str, groups: tuple[str, ...]) -> bool:
    return any(key == group or key.startswith(f"{group}.") for group in groups)


def _leaves(tree: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every dotted key and its value; a list, as of a schedule's points, is one."""
    if not isinstance(tree, dict):
        yield prefix, tree
        return
    for key, value in tree.items():
        yield from _leaves(value, f"{prefix}.{key}" if prefix else str(key))
