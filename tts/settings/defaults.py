"""Default values of settings as nested keys, which is how Hydra composes them: dataclasses are their only source."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator
from typing import Any

from tts.settings.schema import is_choice, plain

NOT_COMPOSED = {"composed": False}
"""Metadata of a field that is no key of a command's config."""
MISSING = "???"
"""What Hydra takes for a value that the user must give."""


def defaults(schema: type, values: Any = None) -> dict[str, Any]:
    """Keys of the dataclass `schema` and their defaults, of `values`, an instance of it, where that is given.

    What is a `Choice` is left out: it has a group of configs of its own, whose options are composed by themselves.
    """
    hints = typing.get_type_hints(schema)
    composed: dict[str, Any] = {}
    for field in dataclasses.fields(schema):
        kind = hints[field.name]
        if not field.init or is_choice(kind) or not field.metadata.get("composed", True):
            continue
        value = _default(field) if values is None else getattr(values, field.name)
        nested = kind if dataclasses.is_dataclass(kind) else None
        if nested is not None:
            composed[field.name] = defaults(typing.cast(type, nested), None if value == MISSING else value)
        else:
            composed[field.name] = plain(value)
    return composed


def leaves(tree: Any, prefix: str = "", inner: bool = False) -> Iterator[tuple[str, Any]]:
    """Every dotted key that has a value of its own; with `inner`, those of nodes too."""
    for key, value in tree.items():
        nested = isinstance(value, dict) and bool(value)
        if inner or not nested:
            yield f"{prefix}{key}", value
        if nested:
            yield from leaves(value, f"{prefix}{key}.", inner)


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default is not dataclasses.MISSING:
        return field.default
    return MISSING if field.default_factory is dataclasses.MISSING else field.default_factory()
