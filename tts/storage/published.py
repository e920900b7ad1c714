"""Voices and datasets that people publish on huggingface.co, by `hf:USER/NAME`. They are read like any stranger's."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import platformdirs

from tts.errors import UserError, in_short

PREFIX = "hf:"
REPOSITORY = re.compile(r"\w[\w.-]{0,95}/\w[\w.-]{0,95}", re.ASCII)
DATASET = re.compile(rf"({REPOSITORY.pattern})((?:/\w[\w.-]*)*)", re.ASCII)
"""With a folder of it, perhaps."""
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
    folder = platformdirs.user_cache_path("smma-tts", appauthor=False) / "published" / repository.replace("/", "--")
    with _hub(str(path)) as (hub, failures):
        size = _size(lambda: hub.HfApi().model_info(repository, files_metadata=True), FILES.__contains__, failures)
        if size > MOST_BYTES:
            raise UserError(f"{path}: {size / 1e9:.1f} GB, more than a voice may have, {MOST_BYTES / 1e9:.0f} GB")
        hub.snapshot_download(repository, local_dir=folder, allow_patterns=list(FILES))
    if not (folder / "voice.json").is_file():
        raise UserError(f"{path}: no voice.json there, or none that was fetched so far; is it a voice of this package?")
    return folder


def fetched_dataset(root: str) -> Path:
    """The folder of `hf:USER/NAME`, or of `hf:USER/NAME/FOLDER`, in huggingface_hub's own cache; any other as it is.

    Without a network it is what was fetched before. Scripts are not fetched.

    Raises
    ------
    UserError: no such name, huggingface_hub is not installed, the disk has no room, or the files cannot be fetched.
    """
    if not root.startswith(PREFIX):
        return Path(root)
    name = DATASET.fullmatch(root.removeprefix(PREFIX).rstrip("/"))
    if name is None:
        raise UserError(f"{root}: write {PREFIX}USER/NAME, as huggingface.co calls it, or {PREFIX}USER/NAME/FOLDER")
    repository, folder = name[1], name[2].strip("/")

    def wanted(file: str) -> bool:
        return file.startswith(f"{folder}/" if folder else "") and not file.endswith(".py")

    with _hub(root) as (hub, failures):
        size = _size(lambda: hub.HfApi().dataset_info(repository, files_metadata=True), wanted, failures)
        cache = Path(hub.constants.HF_HUB_CACHE)
        room = shutil.disk_usage(next(place for place in (cache, *cache.parents) if place.exists())).free
        if size > room:
            raise UserError(f"{root}: {size / 1e9:.1f} GB, and {cache} has room for {room / 1e9:.1f} GB; set HF_HOME")
        if size:
            print(f"{root}: {size / 1e9:.2f} GB in all, of which {cache} may hold some already", file=sys.stderr)
        only = [f"{folder}/*"] if folder else None
        snapshot = hub.snapshot_download(
            repository, repo_type="dataset", allow_patterns=only, ignore_patterns=["*.py"]
        )  # fmt: skip
    found = Path(snapshot) / folder
    if not found.is_dir():
        raise UserError(f"{root}: {repository} has no folder {folder}")
    return found


@contextmanager
def _hub(name: str) -> Iterator[tuple[Any, tuple[type[Exception], ...]]]:
    """The library `huggingface_hub`, and what it raises; which is raised as `UserError` about `name`."""
    try:
        import huggingface_hub
        from huggingface_hub.errors import HTTPError  # of the library that it fetches with, by version
    except ImportError as error:
        raise UserError(
            f"{name}: needs huggingface_hub, which is not installed: pip install huggingface_hub"
        ) from error
    failures = (OSError, ValueError, HTTPError)
    try:
        yield huggingface_hub, failures
    except failures as error:
        raise UserError(f"{name}: cannot be fetched from huggingface.co: {in_short(error)}") from error


def _size(info: Callable[[], Any], wanted: Callable[[str], bool], failures: tuple[type[Exception], ...]) -> int:
    """Bytes that would be fetched; 0 where there is no network."""
    try:
        files = info().siblings
    except failures:  # which fetching says again, unless all is there from before
        return 0
    return sum(file.size or 0 for file in files or () if wanted(file.rfilename))
