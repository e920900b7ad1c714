"""Models that people publish on huggingface.co, by `hf:USER/NAME`. They are read like any stranger's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import platformdirs

from tts.errors import UserError

PREFIX = "hf:"
REPOSITORY = re.compile(r"\w[\w.-]{0,95}/\w[\w.-]{0,95}", re.ASCII)
FILES = ("config.yaml", "model.safetensors", "acoustic.onnx", "vocoder.onnx", "symbols.json", "voice.json")
"""Of a voice, as training or `tts-export format=onnx` wrote it."""

MOST_BYTES = 2 * 10**9
"""Of all files of a voice."""


def fetched(path: Path) -> Path:
    """The folder of `hf:USER/NAME`, with the newest of its `FILES`; any other path as it is.

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
        from huggingface_hub import HfApi, snapshot_download
        from huggingface_hub.errors import HTTPError  # of the library that it fetches with, by version
    except ImportError as error:
        raise UserError(
            f"{path}: needs huggingface_hub, which is not installed: pip install huggingface_hub"
        ) from error
    folder = platformdirs.user_cache_path("smma-tts", appauthor=False) / "published" / repository.replace("/", "--")
    try:
        size = _size(HfApi(), repository, (OSError, ValueError, HTTPError))
        if size > MOST_BYTES:
            raise UserError(f"{path}: {size / 1e9:.1f} GB, more than a voice may have, {MOST_BYTES / 1e9:.0f} GB")
        snapshot_download(repository, local_dir=folder, allow_patterns=list(FILES))
    except (OSError, ValueError, HTTPError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(f"{path}: cannot be fetched from huggingface.co: {reason}") from error
    if not (folder / "voice.json").is_file():
        raise UserError(f"{path}: no voice.json there, or none that was fetched so far; is it a voice of this package?")
    return folder


def _size(hub: Any, repository: str, failures: tuple[type[Exception], ...]) -> int:
    """Bytes that would be fetched; 0 where there is no network."""
    try:
        files = hub.model_info(repository, files_metadata=True).siblings
    except failures:  # which fetching says again, unless all is there from before
        return 0
    return sum(file.size or 0 for file in files or () if file.rfilename in FILES)
