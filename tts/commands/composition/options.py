"""The configs that a command can choose: classes, files of the package, and files of a user's `--config-dir`."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

import yaml

from tts.errors import UserError
from tts.settings.defaults import leaves
from tts.settings.documented import summary
from tts.settings.schema import Choice
from tts.storage.resources import folder

GLOBAL = "# @package _global_"
"""First line of a file whose keys are those of the whole config, not of a section named for its group."""


class Written(NamedTuple):
    """What a file sets, with those that it builds on."""

    keys: set[str]
    """Dotted, of what it sets, and of the groups from which it chooses."""
    task: str | None
    """The one that it chooses, if it does."""

    @property
    def sections(self) -> set[str]:
        return {key.split(".")[0] for key in self.keys}


def search_path(config_dir: Path | None) -> list[str]:
    """The override that has Hydra look in a user's folder, too."""
    return [f"hydra.searchpath=[file://{config_dir.resolve()}]"] if config_dir is not None else []


def choices_of(group: str) -> list[type[Choice]]:
    """The `Choice` classes of a group: one, or none where its configs are plain files."""
    return [choice for choice in Choice.__subclasses__() if choice.group == group]


def options_of(group: str, config_dir: Path | None = None) -> dict[str, str]:
    """The configs of a group by name, each with its summary."""
    found = {name: summary(option) for choice in choices_of(group) for name, option in choice.options.items()}
    for path in [path for root in _roots(config_dir) for path in sorted((root / group).glob("*.yaml"))]:
        said = [line.lstrip("# ") for line in _head(path) if not line.startswith(GLOBAL)]
        found[path.stem] = " ".join(said) or found.get(path.stem, "")
    return dict(sorted(found.items()))


def written(group: str, name: str, config_dir: Path | None = None, above: tuple[str, ...] = ()) -> Written | None:
    """What the file of an option sets; None where it is none, or cannot be read.

    Parameters
    ----------
    above: files that build on this one.
    """
    path = _file(group, name, config_dir)
    try:
        content = yaml.safe_load(path.read_text("utf-8")) if path else None
    except (OSError, ValueError, yaml.YAMLError):
        return None
    if not isinstance(content, dict):
        return None
    entries = content.pop("defaults", None) or ()
    keys, task = {key for key, _ in leaves(content, inner=True)}, None
    for entry in entries:
        if isinstance(entry, dict):
            chosen = {
                str(key).removeprefix("override /"): value for key, value in entry.items() if "override /" in str(key)
            }
            task = chosen.pop("task", task)
            keys |= {key.replace("/", ".") for key in chosen}
        elif entry not in ("_self_", name, *above):
            base = written(group, str(entry), config_dir, (name, *above))
            keys, task = (keys | base.keys, task or base.task) if base else (keys, task)
    return Written(keys, task)


def check_header(group: str, name: str, config_dir: Path | None) -> None:
    """Raises UserError where a user's experiment lacks the line that makes its keys those of the whole config."""
    path = _file(group, name, config_dir)
    if path is None or any(re.match(r"#\s*@package\s", line) for line in _head(path)):
        return
    ours = (folder("configs") / group).glob("*.yaml")
    if any(GLOBAL in _head(other) for other in ours):
        raise UserError(
            f"{_shown(path)}: its first line must be `{GLOBAL}`, without which its keys would be those of a section "
            f"{group!r}"
        )


def where_instead(group: str, name: str, config_dir: Path) -> str:
    """Of a config that is not in its place: where it lies, and what to do; empty where it is nowhere near."""
    root, parts = config_dir.resolve(), group.split("/")
    for pattern in ("", "*/", "*/*/"):
        for base in (root, root.parent):
            for path in sorted(base.glob(f"{pattern}{name}.yaml")):
                if list(path.parent.parts[-len(parts) :]) == parts:
                    return f"; it lies in {_shown(path)}: give --config-dir {_shown(path.parents[len(parts)])}"
                return f"; {_shown(path)} belongs in the folder {_shown(root / group)}, as --config-dir expects it"
    return ""


def _roots(config_dir: Path | None) -> list[Path]:
    """Folders of configs; of two files of a name, that of the last counts."""
    return [*([config_dir] if config_dir else []), folder("configs")]


def _file(group: str, name: str, config_dir: Path | None) -> Path | None:
    paths = [root / group / f"{name}.yaml" for root in _roots(config_dir)]
    return next((path for path in reversed(paths) if path.is_file()), None)


def _head(path: Path) -> list[str]:
    """The comment that a file begins with."""
    lines = path.read_text("utf-8", errors="replace").splitlines()
    return lines[: next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))]


def _shown(path: Path) -> str:
    """As short as it can be from here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
