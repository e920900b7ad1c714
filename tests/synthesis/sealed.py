"""Changes to the files of a voice, and the hashes that go with them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

FILES = ("config.yaml", "model.safetensors", "symbols.json", "voice.json")


def reseal(folder: Path) -> None:
    """Give changed files the hashes that go with them, as someone who means harm would."""
    info = json.loads((folder / "voice.json").read_text())
    for name in info["sha256"]:
        info["sha256"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "voice.json").write_text(json.dumps(info))


def edit_config(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    config = yaml.safe_load((folder / "config.yaml").read_text())
    change(config)
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    reseal(folder)


def edit_info(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    info = json.loads((folder / "voice.json").read_text())
    change(info)
    (folder / "voice.json").write_text(json.dumps(info))
