"""A command's config, composed by Hydra: dataclasses give keys and defaults, `configs/` what differs, then the user."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from hydra import compose, initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from tts.commands.composition.arguments import parse_override
from tts.commands.composition.earlier import converted
from tts.commands.composition.mistakes import check_groups, check_task, explain
from tts.commands.composition.options import options_of, search_path
from tts.commands.composition.tasks import WITH_CORPORA, settings_of, task_of
from tts.errors import PLUGINS, UserError
from tts.settings.defaults import MISSING, defaults, leaves
from tts.settings.schema import Choice
from tts.storage.resources import folder

OmegaConf.register_new_resolver("either", lambda given, otherwise: otherwise if given is None else given, replace=True)


class Composed(NamedTuple):
    config: dict[str, Any]
    """Nested dicts and lists: OmegaConf and its interpolations are left behind."""
    choices: dict[str, str]
    """Config group → the option that was chosen."""


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
    check_groups(parsed, own)
    check_task(command, parsed, own)
    schema = settings_of(command).get(task_of(command, parsed, own))
    current = _with_open_keys(current, schema) if schema else current
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(folder("configs")), version_base="1.3"):
        try:
            whole = compose(command, [*current, *search_path(own)], return_hydra_config=True)
            chosen = {group: str(name) for group, name in whole.hydra.runtime.choices.items() if "hydra/" not in group}
            without_hydra = OmegaConf.masked_copy(whole, [str(key) for key in whole if key != "hydra"])
            config = OmegaConf.to_container(without_hydra, resolve=True)
        except (HydraException, OmegaConfBaseException) as error:
            raise UserError(explain(command, parsed, own, error)) from error
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


def _store(command: str) -> None:
    """Offer Hydra the defaults of the command's settings, and every option that the package or a plugin defines."""
    store = ConfigStore.instance()
    if command in WITH_CORPORA:
        import_module("tts.corpora.registry")  # its layouts are options of `corpus`
    for name, schema in settings_of(command).items():
        store.store(name=f"{name}_settings", node=defaults(schema) | {"plugins": []})
    for choice in Choice.__subclasses__():
        written = {path.stem for path in (folder("configs") / choice.group).glob("*.yaml")}
        for name, option in choice.options.items():
            if name in written:  # the file adds to it
                continue
            store.store(group=choice.group, name=name, node=defaults(option) | option.beside())


def _with_open_keys(overrides: Sequence[str], schema: type) -> list[str]:
    """Overrides whose key lies in a mapping that takes any name, as `loss.terms` does, so that they add it."""
    mappings = tuple(f"{key}." for key, value in leaves(defaults(schema)) if value == {})
    return [f"++{text}" if text.startswith(mappings) else text for text in overrides]
