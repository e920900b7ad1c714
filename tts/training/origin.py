"""Voices and vocoders that a run takes weights or mels from, and with them licences and credits."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tts.errors import UserError
from tts.model_folder import WEIGHTS
from tts.settings.schema import parse, plain
from tts.storage.plain_data import plain_file
from tts.synthesis.folder import VoiceInfo
from tts.training.config import RunConfig
from tts.vocoder.folder import VocoderInfo


@dataclass(frozen=True)
class Origin:
    """A voice or vocoder that a run takes something from."""

    name: str
    folder: str
    """The last part of its path; the whole path is private, and of no use on other machines."""
    sha256: str
    """Of its weights."""
    licence: str
    credits: str


Origins = dict[str, Origin]
"""By the setting that names it: `init_from`, `mels.voice`."""


def origin_of(path: str, info: VoiceInfo | VocoderInfo) -> Origin:
    """The origin that the voice or vocoder at `path` is."""
    folder = Path(path).expanduser().resolve()
    if folder.name in ("voice", "vocoder"):  # of a run, which has the name
        folder = folder.parent
    name = str(info.training.get("name", folder.name))
    return Origin(name, folder.name, info.sha256[WEIGHTS], info.licence, info.credits)


def joined(notices: Iterable[str]) -> str:
    """Licences or credits in one line, none of them twice; each may be such a line itself."""
    return "; ".join(dict.fromkeys(part for notice in notices for part in notice.split("; ") if part))


def in_short(origins: Origins) -> dict[str, dict[str, str]]:
    """For the `training` of `voice.json` or `vocoder.json`: what identifies each."""
    return {key: {"name": o.name, "folder": o.folder, "sha256": o.sha256} for key, o in origins.items()}


def to_state(origins: Origins) -> dict[str, Any]:
    """For a checkpoint."""
    return {key: plain(origin) for key, origin in origins.items()}


def after_resuming(
    state: Mapping[str, Any], config: RunConfig, opened: Origins, read: Callable[[str], VoiceInfo | VocoderInfo]
) -> Origins:
    """Origins of a run that goes on from the checkpoint `state`, whose weights replace those of an `init_from` in
    `opened`, what is configured now.

    Where a checkpoint of an earlier version has no origins, they are those configured now, or when the run began.

    Parameters
    ----------
    read: the card of a voice or vocoder at a path, UserError where there is none.
    """
    if "origins" in state:
        kept = {key: parse(Origin, value, f"resume: the checkpoint's {key}") for key, value in state["origins"].items()}
        return {key: origin for key, origin in opened.items() if key != "init_from"} | kept
    path = _began_from(config)
    if path is None or "init_from" in opened:
        return opened
    try:
        return opened | {"init_from": origin_of(path, read(path))}
    except UserError as error:
        print(
            f"resume: this run started from {path}, whose licence and credits cannot be read: {error}", file=sys.stderr
        )
        return opened


def _began_from(config: RunConfig) -> str | None:
    """`init_from` in the config.yaml beside the checkpoint that a run goes on from."""
    run_dir = Path(config.run_dir) if config.resume in (None, "auto") else Path(config.resume).parent.parent
    path = run_dir / "config.yaml"
    settings = plain_file(path) if path.is_file() else None
    found = settings.get("init_from") if isinstance(settings, dict) else None
    return found if isinstance(found, str) else None
