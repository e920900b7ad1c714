"""Text-to-speech training around stepwise monotonic multihead attention (SMMA).

`tts.Voice` loads a voice and speaks; `tts.load_config` composes a command's config from Python.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tts.environment import prepare_environment

if TYPE_CHECKING:
    from tts.commands.cli import load_config
    from tts.synthesis.voice import Voice

__version__ = "0.15.0"
__all__ = ["Voice", "__version__", "load_config"]

LAZY = {"Voice": "tts.synthesis.voice", "load_config": "tts.commands.cli"}
"""Imported when first asked for: torch alone takes seconds."""

prepare_environment()


def __getattr__(name: str) -> Any:
    if name not in LAZY:
        raise AttributeError(f"module 'tts' has no attribute {name!r}")
    return getattr(import_module(LAZY[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *LAZY])
