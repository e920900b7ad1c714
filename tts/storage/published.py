"""Models that people publish on huggingface.co, by `hf:USER/NAME`. They are read like any stranger's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from tts.errors import UserError

PREFIX = "hf:"
REPOSITORY = re.compile(r"\w[\w.-]{0,95}/\w[\w.-]{0,95}", re.ASCII)


def fetched(path: Path, names: Sequence[str]) -> Path:
    """The folder of `hf:USER/NAME`, with the newest of its files called `names`; any other path as it is.

    Without a network it is what was fetched before.

    Raises
    ------
    UserError: no such name, huggingface_hub is not installed, or the files cannot be fetched.
    """
    if not str(path).startswith(PREFIX):
        return path
    repository = path.as_posix().removeprefix(PREFIX)
    if not REPOSITORY.fullmatch(repository):
        raise UserError(f"{path}: write {PREFIX}USER/NAME, as huggingface.co calls it")
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise UserError(
            f"{path}: needs huggingface_hub, which is not installed: pip install huggingface_hub"
        ) from error
    folder = platformdirs.user_cache_path("smma-tts", appauthor=False) / "published" / repository.replace("/", "--")
    try:
        snapshot_download(repository, local_dir=folder, allow_patterns=list(names))
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(f"{path}: cannot be fetched from huggingface.co: {reason}") from error
    return folder
