"""`corpus=FOLDER`: a prepared corpus by its folder, whatever layout it was prepared from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tts.commands.composition.options import options_of


def with_folders(overrides: Sequence[str], config_dir: str | None) -> list[str]:
    """Overrides with `corpus=FOLDER` as the keys that mean the same.

    A folder is what has a slash in it; or, unless it is the name of a config, what is one.
    """
    own = Path(config_dir).expanduser() if config_dir is not None else None
    kept: list[str] = []
    for text in overrides:
        key, _, value = text.partition("=")
        folder = Path(value.strip("'\"")).expanduser()
        there = bool(value) and folder.is_dir() and value not in options_of("corpus", own)
        if key == "corpus" and ("/" in value or os.sep in value or there):
            kept += [
                "corpus=ljspeech",
                f"corpus.name={_quoted(folder.resolve().name)}",
                f"corpus.out={_quoted(str(folder))}",
            ]
        else:
            kept.append(text)
    return kept


def _quoted(value: str) -> str:
    """In Hydra's grammar."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
