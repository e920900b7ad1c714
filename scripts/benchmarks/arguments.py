"""Arguments of a benchmark, `key=value`."""

from __future__ import annotations

from collections.abc import Mapping

from tts.errors import UserError


def settings_of(arguments: list[str], defaults: Mapping[str, str]) -> dict[str, str]:
    """The benchmark's keys.

    Raises
    ------
    UserError: a key that it does not have.
    """
    settings, others = settings_and_overrides(arguments, defaults)
    if others:
        raise UserError(f"{others[0].partition('=')[0]}: unknown; known: {', '.join(defaults)}")
    return settings


def settings_and_overrides(arguments: list[str], defaults: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The benchmark's keys, and what else is given, for `scripts/train.py`."""
    pairs = {key: value for key, _, value in (argument.partition("=") for argument in arguments)}
    others = [argument for argument in arguments if argument.partition("=")[0] not in defaults]
    return {key: pairs.get(key, default) for key, default in defaults.items()}, others
