"""Commands that note their configs instead of working, and what each command refuses before it does anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tts.commands import align, evaluate, prepare_data, serve, synthesize, train
from tts.commands.cli import command

CHECKS: dict[str, Any] = {
    "align": {"check": align.read_config, "chosen": ("corpus",)},
    "evaluate": {"check": evaluate.read_config},
    "prepare": {"check": prepare_data.read_config},
    "serve": {"check": serve.read_config},
    "synthesize": {"check": synthesize.read_config},
    "train": {"check": train.read_config},
}


def seen_by(config_name: str, literal: tuple[str, ...] = ()) -> tuple[Callable[[], None], list[dict[str, Any]]]:
    """A command, and the configs that it comes to."""
    configs: list[dict[str, Any]] = []
    return command(configs.append, config_name, literal), configs
