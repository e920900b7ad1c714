"""What is wrong with a command's overrides, said in the command line's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from hydra import compose
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from tts.commands.composition.arguments import parse_override
from tts.commands.composition.options import check_header, choices_of, options_of, search_path, where_instead, written
from tts.commands.composition.tasks import SETTINGS, chosen, sections_of, task_of, tasks_of
from tts.errors import UserError
from tts.settings.defaults import defaults, leaves
from tts.settings.schema import nearest

OTHERWISE = dict.fromkeys(
    ("weights", "corpus.weights", "corpus.ranking"),
    "to draw utterances that fit their text badly less often, give ranking=FILE to tts-train, the ranking.tsv that "
    "tts-align writes; a part of a mix has corpus.parts.NAME.weight",
)
"""Keys that are looked for and that there are not: how it is said."""


def check_groups(overrides: Sequence[Override], config_dir: Path | None) -> None:
    """Hydra would put the name of a choice in place of its keys, and the keys of an experiment without header into a
    section of their own."""
    for override in overrides:
        key, value = str(override.key_or_group), override.value()
        group = key.replace(".", "/")
        if key != group and isinstance(value, str) and options_of(group):
            raise UserError(f"{override.input_line}: to choose among configs write {group}={value}")
        if isinstance(value, str):
            check_header(key, value, config_dir)


def check_task(command: str, overrides: Sequence[Override], config_dir: Path | None) -> None:
    """Raises UserError where an experiment or a debug config is for another task than the run's."""
    task = task_of(command, overrides, config_dir)
    for group in ("experiment", "debug"):
        name = chosen(group, overrides)
        tasks = tasks_of(command, group, name, config_dir) if name else []
        if name and tasks and task not in tasks:
            others = [o for o in options_of(group, config_dir) if task in tasks_of(command, group, o, config_dir)]
            raise UserError(
                f"{group}={name} is for task={tasks[0]}, and this run has task={task}: choose {group}="
                f"{' or '.join(others)}"
            )


def explain(command: str, overrides: list[Override], config_dir: Path | None, error: Exception) -> str:
    task = task_of(command, overrides, config_dir)
    of_task = [override for override in overrides if override.key_or_group == "task"]
    of_task = of_task or ([parse_override(f"task={task}")] if len(SETTINGS[command]) > 1 else [])
    known_groups = _groups(command, of_task)
    groups = {str(o.key_or_group) for o in overrides if o.key_or_group in known_groups or _is_group(o)}
    for override in overrides:
        group, value = str(override.key_or_group), override.value()
        if group in groups and isinstance(value, str) and value not in (options := options_of(group, config_dir)):
            if config_dir is None:
                return f"{group}={value}: no such config{nearest(value, options)}"
            elsewhere = where_instead(group, value, config_dir) or nearest(value, options)
            return (
                f"{group}={value}: no such config in {config_dir / group} or the package's configs/{group}{elsewhere}"
            )
    if "No match in the defaults list" in str(error):
        for place, group in re.findall(r"(?:In '([^']+)': )?Could not override '([^'@]+)", str(error)):
            given = next((str(o.input_line) for o in overrides if o.key_or_group == group), group)
            return f"{place or given}: {group} is no key of this command{_of_another(command, group, task)}"
    usable = [str(o.input_line) for o in overrides if o.key_or_group in groups]
    usable += search_path(config_dir)
    try:
        whole = OmegaConf.to_container(compose(command, usable), resolve=False)
        known = {key for key, _ in leaves(whole, inner=True)}
    except (HydraException, OmegaConfBaseException):
        known = set()
    known |= known_groups
    for override in overrides:
        key = str(override.key_or_group)
        if override.is_add() or key in groups:
            continue
        if known and key not in known and key in OTHERWISE:
            return f"unknown key {key!r}: {OTHERWISE[key]}"
        if known and key not in known:
            return _where_known(command, key, task, known_groups) or f"unknown key {key!r}{nearest(key, known)}"
    return " ".join(str(error).split())


def _where_known(command: str, key: str, task: str, groups: set[str]) -> str:
    """What would have to be chosen for a key to exist; empty if nothing."""
    within = [group for group in sorted(groups) if group.endswith(f"/{key}")]
    if within:
        return f"unknown key {key!r}; did you mean {within[0]!r}?"
    for group in sorted(groups, reverse=True):  # the inner ones first
        section = group.replace("/", ".") + "."
        if key.startswith(section):
            holders = [name for name in options_of(group) if _holds(group, name, key.removeprefix(section))]
            if holders:
                listed = " or ".join(f"{group}={name}" for name in holders)
                return f"{key} belongs to {listed}: give {'that' if len(holders) == 1 else 'one of these'}, too"
    elsewhere = _of_another(command, key, task)
    return f"{key} is no key of this command{elsewhere}" if elsewhere else ""


def _holds(group: str, name: str, key: str) -> bool:
    """Whether an option has a dotted key."""
    for choice in choices_of(group):
        if name in choice.options:
            return key in dict(leaves(defaults(choice.options[name]), inner=True))
    found = written(group, name)
    return found is not None and key in found.keys


def _of_another(command: str, key: str, task: str) -> str:
    """Says which other tasks have a key or a section."""
    first = key.replace("/", ".").split(".")[0]
    having = [other for other, known in sections_of(command).items() if first in known]
    return f" with task={task}; it belongs to task={having[0]}" if having and task not in having else ""


def _is_group(override: Override) -> bool:
    return bool(options_of(str(override.key_or_group)))


def _groups(command: str, overrides: Sequence[Override]) -> set[str]:
    """The groups of configs that the command chooses from with these choices, and those within them."""
    try:
        whole = compose(command, [str(o.input_line) for o in overrides], return_hydra_config=True)
    except (HydraException, OmegaConfBaseException):
        return set()
    return {str(group) for group in whole.hydra.runtime.choices if "hydra/" not in group}
