"""A command's config, composed by Hydra: dataclasses give keys and defaults, `configs/` what differs, then the user."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from hydra import compose, initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

import tts.corpora.registry  # noqa: F401 (its layouts are options of `corpus`)
from tts.commands.arguments import parse_override
from tts.commands.earlier import converted
from tts.commands.options import check_header, choices_of, options_of, where_instead, written
from tts.errors import PLUGINS, UserError
from tts.settings.defaults import MISSING, defaults, leaves
from tts.settings.schema import Choice, nearest
from tts.storage.resources import folder

SETTINGS: dict[str, dict[str, str]] = {
    "align": {"align": "tts.commands.align:AlignConfig"},
    "evaluate": {"evaluate": "tts.commands.evaluate:EvaluateConfig"},
    "prepare": {"prepare": "tts.commands.prepare_data:PrepareConfig"},
    "synthesize": {"synthesize": "tts.commands.synthesize:SynthesizeConfig"},
    "train": {
        "voice": "tts.training.acoustic.config:TrainConfig",
        "vocoder": "tts.training.vocoder.config:VocoderTrainConfig",
    },
}
"""Every command's settings, as MODULE:CLASS, which are imported for that command alone. Each is a config of its own,
`NAME_settings`, for the defaults list of a file in `configs/`."""

OmegaConf.register_new_resolver("either", lambda given, otherwise: otherwise if given is None else given, replace=True)


class Composed(NamedTuple):
    config: dict[str, Any]
    """Nested dicts and lists: OmegaConf and its interpolations are left behind."""
    choices: dict[str, str]
    """Config group → the option that was chosen."""


def settings_of(command: str) -> dict[str, type]:
    """The dataclasses of a command's settings."""
    return {name: _imported(place) for name, place in SETTINGS[command].items()}


def import_plugins(names: Sequence[str]) -> None:
    """Import a user's packages, which register their classes on import.

    Raises
    ------
    UserError: one is not there, or fails.
    """
    for name in names:
        PLUGINS.add(name.partition(".")[0])
        try:
            import_module(name)
        except Exception as error:
            raise UserError(
                f"plugins={name}: cannot be imported ({type(error).__name__}: {error}); give a package or module that "
                "Python finds, installed or in a folder of PYTHONPATH"
            ) from error


def composed(command: str, overrides: Sequence[str], config_dir: str | None = None) -> Composed:
    """Compose a command's config.

    Parameters
    ----------
    config_dir: a folder of further configs, laid out as `configs/`.

    Raises
    ------
    UserError: naming what is unknown, and the nearest that is known.
    """
    own = Path(config_dir).expanduser() if config_dir is not None else None
    if own is not None and not own.is_dir():
        raise UserError(f"--config-dir {config_dir}: no such folder")
    _store(command)
    current = converted(overrides)
    parsed = [parse_override(text) for text in current]
    _check_groups(parsed, own)
    _check_task(command, parsed, own)
    schema = settings_of(command).get(_task(command, parsed, own))
    current = _with_open_keys(current, schema) if schema else current
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(folder("configs")), version_base="1.3"):
        try:
            whole = compose(command, [*current, *_search(own)], return_hydra_config=True)
            chosen = {group: str(name) for group, name in whole.hydra.runtime.choices.items() if "hydra/" not in group}
            without_hydra = OmegaConf.masked_copy(whole, [str(key) for key in whole if key != "hydra"])
            config = OmegaConf.to_container(without_hydra, resolve=True)
        except (HydraException, OmegaConfBaseException) as error:
            raise UserError(_explain(command, parsed, own, error)) from error
    assert isinstance(config, dict)
    return Composed({str(key): value for key, value in config.items()}, chosen)


def check_complete(config: dict[str, Any]) -> None:
    """Raises UserError where a value must be given and is not."""
    missing = [key for key, value in leaves(config) if value == MISSING]
    if missing:
        raise UserError(f"{missing[0]} is missing: give {missing[0]}=VALUE")


def check_chosen(groups: Sequence[str], overrides: Sequence[str], config_dir: str | None) -> None:
    """Raises UserError where nothing is chosen from a group of configs, nor any key of its section given."""
    given = {str(parse_override(text).key_or_group).split(".")[0] for text in overrides}
    for group in groups:
        if group not in given:
            options = options_of(group, Path(config_dir).expanduser() if config_dir is not None else None)
            raise UserError(f"{group} is missing: give {group}=NAME, one of {', '.join(options)}")


def _imported(place: str) -> type:
    module, _, name = place.partition(":")
    found: type = getattr(import_module(module), name)
    return found


def _store(command: str) -> None:
    """Offer Hydra the defaults of the command's settings, and every option that the package or a plugin defines."""
    store = ConfigStore.instance()
    for name, schema in settings_of(command).items():
        store.store(name=f"{name}_settings", node=defaults(schema) | {"plugins": []})
    for choice in Choice.__subclasses__():
        written = {path.stem for path in (folder("configs") / choice.group).glob("*.yaml")}
        for name, option in choice.options.items():
            if name in written:  # the file adds to it
                continue
            store.store(group=choice.group, name=name, node=defaults(option) | option.beside())


def _search(config_dir: Path | None) -> list[str]:
    return [f"hydra.searchpath=[file://{config_dir.resolve()}]"] if config_dir is not None else []


def _with_open_keys(overrides: Sequence[str], schema: type) -> list[str]:
    """Overrides whose key lies in a mapping that takes any name, as `loss.terms` does, so that they add it."""
    mappings = tuple(f"{key}." for key, value in leaves(defaults(schema)) if value == {})
    return [f"++{text}" if text.startswith(mappings) else text for text in overrides]


def _check_groups(overrides: Sequence[Override], config_dir: Path | None) -> None:
    """Hydra would put the name of a choice in place of its keys, and the keys of an experiment without header into a
    section of their own."""
    for override in overrides:
        key, value = str(override.key_or_group), override.value()
        group = key.replace(".", "/")
        if key != group and isinstance(value, str) and options_of(group):
            raise UserError(f"{override.input_line}: to choose among configs write {group}={value}")
        if isinstance(value, str):
            check_header(key, value, config_dir)


def _check_task(command: str, overrides: Sequence[Override], config_dir: Path | None) -> None:
    """Raises UserError where an experiment or a debug config is for another task than the run's."""
    task = _task(command, overrides, config_dir)
    for group in ("experiment", "debug"):
        name = _chosen(group, overrides)
        tasks = _tasks_of(command, group, name, config_dir) if name else []
        if name and tasks and task not in tasks:
            others = [o for o in options_of(group, config_dir) if task in _tasks_of(command, group, o, config_dir)]
            raise UserError(
                f"{group}={name} is for task={tasks[0]}, and this run has task={task}: choose {group}="
                f"{' or '.join(others)}"
            )


def _task(command: str, overrides: Sequence[Override], config_dir: Path | None) -> str:
    """What a run trains: the task that is given, or else that of its experiment; of a command without, its name."""
    tasks = list(SETTINGS[command])
    experiment = written("experiment", _chosen("experiment", overrides) or "", config_dir)
    return _chosen("task", overrides) or (experiment and experiment.task) or tasks[0]


def _tasks_of(command: str, group: str, name: str, config_dir: Path | None) -> list[str]:
    """Tasks that a config can be used with: the one that it names, or all that have what it sets."""
    found = written(group, name, config_dir)
    if found is None or found.task is not None:
        return [found.task] if found and found.task else []
    return [task for task, known in _sections(command).items() if found.sections <= known]


def _chosen(group: str, overrides: Sequence[Override]) -> str | None:
    """The option that is given for a group, if one is."""
    values = [override.value() for override in overrides if override.key_or_group == group]
    return values[-1] if values and isinstance(values[-1], str) else None


def _explain(command: str, overrides: list[Override], config_dir: Path | None, error: Exception) -> str:
    task = _task(command, overrides, config_dir)
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
    usable += _search(config_dir)
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
    having = [other for other, known in _sections(command).items() if first in known]
    return f" with task={task}; it belongs to task={having[0]}" if having and task not in having else ""


def _sections(command: str) -> dict[str, set[str]]:
    """Of every task (or the command) its sections, and its keys outside of any."""
    schemas = settings_of(command).items()
    return {task: {"corpus", *(field.name for field in dataclasses.fields(schema))} for task, schema in schemas}


def _is_group(override: Override) -> bool:
    return bool(options_of(str(override.key_or_group)))


def _groups(command: str, overrides: Sequence[Override]) -> set[str]:
    """The groups of configs that the command chooses from with these choices, and those within them."""
    try:
        whole = compose(command, [str(o.input_line) for o in overrides], return_hydra_config=True)
    except (HydraException, OmegaConfBaseException):
        return set()
    return {str(group) for group in whole.hydra.runtime.choices if "hydra/" not in group}
