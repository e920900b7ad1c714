"""Names of the mechanisms, by which settings are checked before any mechanism is built."""

from __future__ import annotations

from typing import Any

MECHANISMS: dict[str, type[Any]] = {}
"""Those that were defined so far; `tts.attention.mechanism.Mechanism` adds its subclasses."""


def check_name(name: str) -> None:
    """Raises ValueError if no mechanism has this name."""
    if name not in MECHANISMS:
        raise ValueError(
            f"gate={name!r} is not one of {', '.join(MECHANISMS)}; where a package of yours defines it, name that "
            "with plugins=[PACKAGE]"
        )
