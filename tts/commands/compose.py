"""A command's config, composed by Hydra: dataclasses give keys and defaults, `configs/` what differs, then the user."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from tts.errors import PLUGINS, UserError
from tts.settings.defaults import MISSING, defaults
from tts.settings.documented import summary
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
    current = converted(overrides)
    if config_dir is not None and not Path(config_dir).expanduser().is_dir():
        raise UserError(f"--config-dir {config_dir}: no such folder")
    _store(command)
    _check_groups(current)
    GlobalHydra.instance().clear()
    searched = [f"hydra.searchpath=[file://{Path(config_dir).expanduser().resolve()}]"] if config_dir else []
    with initialize_config_dir(str(folder("configs")), version_base="1.3"):
        try:
            whole = compose(command, [*current, *searched], return_hydra_config=True)
            chosen = {group: str(name) for group, name in whole.hydra.runtime.choices.items() if "hydra/" not in group}
            own = OmegaConf.masked_copy(whole, [str(key) for key in whole if key != "hydra"])
            config = OmegaConf.to_container(own, resolve=True)
        except (HydraException, OmegaConfBaseException) as error:
            raise UserError(_explain(command, [parse_override(text) for text in current], error)) from error
    assert isinstance(config, dict)
    return Composed({str(key): value for key, value in config.items()}, chosen)


def choices_of(group: str) -> list[type[Choice]]:
    """The `Choice` classes of a group: one, or none where its configs are plain files."""
    return [choice for choice in Choice.__subclasses__() if choice.group == group]


def options_of(group: str) -> dict[str, str]:
    """The configs of a group by name, each with its summary."""
    found = {name: summary(option) for choice in choices_of(group) for name, option in choice.options.items()}
    for path in sorted((folder("configs") / group).glob("*.yaml")):
        lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("# @package")]
        count = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
        found[path.stem] = " ".join(line.lstrip("# ") for line in lines[:count]) or found.get(path.stem, "")
    return dict(sorted(found.items()))


def leaves(tree: Any, prefix: str = "", inner: bool = False) -> Iterator[tuple[str, Any]]:
    """Every dotted key that has a value of its own; with `inner`, those of nodes too."""
    for key, value in tree.items():
        nested = isinstance(value, dict) and bool(value)
        if inner or not nested:
            yield f"{prefix}{key}", value
        if nested:
            yield from leaves(value, f"{prefix}{key}.", inner)


def check_complete(config: dict[str, Any]) -> None:
    """Raises UserError where a value must be given and is not."""
    missing = [key for key, value in leaves(config) if value == MISSING]
    if missing:
        raise UserError(f"{missing[0]} is missing: give {missing[0]}=VALUE")


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


def _check_groups(overrides: Sequence[str]) -> None:
    """Hydra would put the name of a choice in place of its keys."""
    for override in map(parse_override, overrides):
        key, value = str(override.key_or_group), override.value()
        group = key.replace(".", "/")
        if key != group and isinstance(value, str) and options_of(group):
            raise UserError(f"{override.input_line}: to choose among configs write {group}={value}")


def _explain(command: str, overrides: list[Override], error: Exception) -> str:
    known_groups = _groups(command)
    groups = {str(o.key_or_group) for o in overrides if o.key_or_group in known_groups or _is_group(o)}
    for override in overrides:
        group, value = str(override.key_or_group), override.value()
        if group in groups and isinstance(value, str) and value not in options_of(group):
            return f"{group}={value}: no such config{nearest(value, options_of(group))}"
    if "No match in the defaults list" in str(error):
        other = next((o for o in overrides if o.key_or_group in groups and str(o.key_or_group) in str(error)), None)
        if other is not None:
            return f"{other.input_line}: {other.key_or_group} is no key of this command, or not of this experiment"
    usable = [str(o.input_line) for o in overrides if o.key_or_group in groups]
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
            within = [group for group in sorted(known_groups) if group.endswith(f"/{key}")]
            return f"unknown key {key!r}" + (f"; did you mean {within[0]!r}?" if within else nearest(key, known))
    return " ".join(str(error).split())


def _is_group(override: Override) -> bool:
    return bool(options_of(str(override.key_or_group)))


def _groups(command: str) -> set[str]:
    """The groups of configs that the command chooses from, and those within them."""
    try:
        chosen = compose(command, return_hydra_config=True).hydra.runtime.choices
    except (HydraException, OmegaConfBaseException):
        return set()
    return {str(group) for group in chosen if "hydra/" not in group}
