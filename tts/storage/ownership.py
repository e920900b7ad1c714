"""A command writes only into folders of its own, which carry a mark; checked before anything is overwritten."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from tts.errors import UserError
from tts.storage.files import write_text

Kind = Literal[
    "training", "preparation", "alignment", "synthesis", "evaluation", "benchmark", "import",
    "onnx export", "piper export", "sherpa export", "hub export", "recording",
]  # fmt: skip
MARK = ".smma-tts.json"
"""In every folder that a command made: `{"made_by": "smma-tts", "kind": KIND}`."""
IGNORED = ("Thumbs.db", "desktop.ini", "lost+found", ".ipynb_checkpoints", "log.txt")
IGNORED_SUFFIXES = (".log", ".out", ".err", ".lock")
"""Names that are ignored: operating systems and shells leave them in any folder, or a queue writes a log there before
the command begins. Hidden files are ignored too."""
NAMED = 3
"""So many of a folder's names are listed in an error."""


def claim(folder: Path, kind: Kind, key: str, recognised: Callable[[Path], bool] = lambda _: False) -> None:
    """Make `folder` and mark it as made by this `kind` of command, or make sure that it is.

    Parameters
    ----------
    key: the setting that names the folder, for errors.
    recognised: whether an unmarked folder was made by a version of the project that left no marks. It is marked then.

    Raises
    ------
    UserError: a file is there, or a folder that holds what no command of this kind wrote. Nothing was changed.
    OSError: it cannot be made.
    """
    check_claim(folder, kind, key, recognised)
    if kind_of(folder) is None:
        folder.mkdir(parents=True, exist_ok=True)
        write_text(folder / MARK, json.dumps({"made_by": "smma-tts", "kind": kind}) + "\n")


def check_claim(folder: Path, kind: Kind, key: str, recognised: Callable[[Path], bool] = lambda _: False) -> None:
    """Raises UserError where `claim` would."""
    if not folder.is_dir() and (folder.exists() or folder.is_symlink()):
        kind_of_file = "a file" if folder.exists() else "a link to nowhere"
        raise UserError(f"{folder}: {kind_of_file}; give a folder as {key}=PATH")
    made_for = kind_of(folder)
    if made_for == kind:
        return
    if made_for is not None:
        raise UserError(f"{folder}: made by {made_for}, not by {kind}; give another folder as {key}=PATH")
    others = unknown_names(folder)
    if others and not recognised(folder):
        more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
        raise UserError(
            f"{folder}: holds {', '.join(others[:NAMED])}{more}, which {kind} did not write and could overwrite; "
            f"give a new or empty folder as {key}=PATH"
        )


def kind_of(folder: Path) -> str | None:
    """What the folder's mark says it was made for; None without a mark."""
    try:
        with (folder / MARK).open(encoding="utf-8") as file:
            mark = json.loads(file.read(1000))
    except (OSError, ValueError):
        return None
    if not isinstance(mark, dict) or mark.get("made_by") != "smma-tts" or not isinstance(mark.get("kind"), str):
        return None
    return str(mark["kind"])


def unknown_names(folder: Path) -> list[str]:
    """Names in `folder`, in order, without those that are ignored; a folder's ends with a slash."""
    if not folder.is_dir():
        return []
    return [
        f"{path.name}/" if path.is_dir() else path.name
        for path in sorted(folder.iterdir())
        if not (
            path.name in IGNORED or path.suffix in IGNORED_SUFFIXES or (path.name.startswith(".") and not path.is_dir())
        )
    ]
