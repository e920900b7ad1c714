"""Defaults stand once, in dataclasses: a config in a group holds only what differs from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tts.commands.composition.tasks import SETTINGS, settings_of
from tts.settings.defaults import defaults, leaves
from tts.settings.schema import Choice
from tts.storage.resources import folder

ROOT = folder("configs")
GROUPED = sorted(
    path
    for path in ROOT.rglob("*/*.yaml")
    if path.relative_to(ROOT).parts[0] not in ("experiment", "debug", "task") and "defaults:" not in path.read_text()
)


def known() -> dict[str, Any]:
    """Dotted key to default, of everything that a command's dataclasses hold."""
    found: dict[str, Any] = {}
    for command in SETTINGS:
        for schema in settings_of(command).values():
            found |= dict(leaves(defaults(schema)))
    return found


@pytest.mark.parametrize("path", GROUPED, ids=[str(path.relative_to(ROOT)) for path in GROUPED])
def test_a_config_of_a_group_holds_only_what_differs(path: Path) -> None:
    section = ".".join(path.relative_to(ROOT).parent.parts)
    written = dict(leaves(yaml.safe_load(path.read_text("utf-8")), f"{section}."))
    default = known()
    assert {key: value for key, value in written.items() if default.get(key, object()) == value} == {}


def test_what_is_offered_by_name_needs_no_file() -> None:
    files = {str(path.relative_to(ROOT).with_suffix("")) for path in ROOT.rglob("*/*.yaml")}
    offered = {f"{choice.group}/{name}" for choice in Choice.__subclasses__() for name in choice.options}
    assert {name for name in offered & files if not name.startswith("task/")} == set()
