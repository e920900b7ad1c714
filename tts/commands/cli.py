"""How every command starts: Hydra composes its config, and what the user got wrong comes back as one line."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Container, Iterator
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any

import hydra
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from tts.commands import end_imports
from tts.commands.help import help_text
from tts.commands.terminal import make_reliable
from tts.errors import UserError
from tts.settings.schema import nearest
from tts.storage.resources import folder

OmegaConf.register_new_resolver("either", lambda given, otherwise: otherwise if given is None else given, replace=True)


def command(
    run: Callable[[dict[str, Any]], None], config_name: str, literal: tuple[str, ...] = (), prepared: bool = False
) -> Callable[[], None]:
    """Make the entry point of a command from a function of its resolved config.

    Parameters
    ----------
    config_name: file in `configs/`, without its ending.
    literal: dotted keys (or patterns with `*`) whose values are taken to the letter, outside Hydra's override grammar:
        `text`, and paths, in which a leading `~` is the home folder. Paths of a multirun, of which there may be
        several, are left to Hydra.
    prepared: the command takes corpora that are prepared, which its help then says less about.
    """

    def main() -> None:
        make_reliable()
        end_imports()
        given = sys.argv[1:]
        try:
            _check_values(given)
            if {"--help", "-h"} & set(given):
                print(_help(config_name, given, prepared))
                return
        except UserError as error:
            fail(str(error))
        arguments, literals = _split_literals(given, literal)
        OmegaConf.register_new_resolver("literal", partial(_path, literals), replace=True)
        sys.argv[1:] = _flags_first(arguments)
        _configure_logging()

        @hydra.main(version_base="1.3", config_path=str(folder("configs")), config_name=config_name)
        def entry(composed: DictConfig) -> None:
            sys.argv[1:] = given  # Fabric starts further processes of the same command
            try:
                config = to_plain(composed)
                if HydraConfig.get().mode == RunMode.MULTIRUN and "run_dir" in config:
                    config["run_dir"] += f"/{_job_name(arguments)}"
                if "text" in literals:
                    config["text"] = literals["text"]
                _require(config, literals)
                run(config)
            except (UserError, OSError) as error:
                fail(str(error))

        try:
            _check_overrides(config_name, arguments)
        except UserError as error:
            fail(str(error))
        try:
            entry()
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
            sys.exit(130)

    return main


def fail(message: str) -> None:
    """Say in one line on standard error what went wrong and leave with status 1."""
    print("error: " + " ".join(message.split()), file=sys.stderr)
    sys.exit(1)


def load_config(config_name: str, overrides: list[str] | None = None) -> dict[str, Any]:
    """Compose a config from Python (tests, notebooks) exactly as the command would."""
    end_imports()
    return to_plain(_composed(config_name, overrides or []))


def to_plain(composed: DictConfig) -> dict[str, Any]:
    """Resolve every interpolation and leave OmegaConf behind: from here on a config is nested dicts and lists."""
    try:
        config = OmegaConf.to_container(composed, resolve=True)
    except OmegaConfBaseException as error:
        raise UserError(f"config: {str(error).splitlines()[0]}") from error
    assert isinstance(config, dict)
    return {str(key): value for key, value in config.items()}


def _configure_logging() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    for noisy in ("numba", "matplotlib", "lightning_fabric", "phonemizer", "faster_whisper"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _check_values(arguments: list[str]) -> None:
    """Refuse what is empty, a path above all, and what is no text; what is said aloud is looked at where it is read."""
    for argument in arguments:
        key, equals, value = argument.partition("=")
        if key == "text":
            continue
        if equals and not value.strip():
            raise UserError(f"{key}= is empty: give {key}=VALUE, or leave it out")
        if not argument.isprintable() and argument.encode(errors="ignore").decode() != argument:
            raise UserError(f"{ascii(argument)[1:-1]}: not UTF-8; give a name that is")


def _help(config_name: str, given: list[str], prepared: bool) -> str:
    overrides = [argument for argument in given if "=" in argument and not argument.startswith("-")]
    composed = _composed(config_name, overrides, with_hydra=True)
    chosen = composed.hydra.runtime.choices
    choices = {group: str(name) for group, name in chosen.items() if (folder("configs") / group).is_dir()}
    config = OmegaConf.masked_copy(composed, [str(key) for key in composed if key != "hydra"])
    return help_text(config_name, to_plain(config), choices, prepared)


def _split_literals(arguments: list[str], literal: tuple[str, ...]) -> tuple[list[str], dict[str, str]]:
    """The arguments with a reference, which Hydra resolves like any other, in place of every literal value."""
    rest, literals = [], {}
    for argument in arguments:
        key, equals, value = argument.partition("=")
        # `null` keeps Hydra's meaning for paths, so that `reference=null` can undo a default.
        path = value != "null" and not {"-m", "--multirun"} & set(arguments)
        if equals and any(fnmatchcase(key, pattern) for pattern in literal) and (key == "text" or path):
            literals[key] = value
            if key != "text":  # for Hydra this would choose from the group of configs of that name
                rest.append(f"{key}=${{literal:{key}}}")
        else:
            rest.append(argument)
    return rest, literals


def _flags_first(arguments: list[str]) -> list[str]:
    """Hydra's own flags and their values ahead of the overrides, which it reads as one block."""
    overrides = [a for a in arguments if a.startswith("~") or ("=" in a and not a.startswith("-"))]
    return [a for a in arguments if a not in overrides] + overrides


def _path(literals: dict[str, str], key: str) -> str:
    value = literals[key]
    try:
        return str(Path(value).expanduser()) if value.startswith("~") else value
    except RuntimeError as error:
        raise UserError(f"{key}={value}: there is no such user; give the path without ~") from error


def _job_name(arguments: list[str]) -> str:
    """Folder of one job of a multirun: the values that differ between jobs, as in `seed=2`."""
    given = [a for a in arguments if "=" in a and not a.startswith("-")]
    swept = {o.key_or_group for o in OverridesParser.create().parse_overrides(given) if o.is_sweep_override()}
    differing = [o for o in HydraConfig.get().overrides.task if o.partition("=")[0].lstrip("+") in swept]
    name = ",".join(differing).replace("/", "_")
    return name if 0 < len(name) < 100 else str(HydraConfig.get().job.num)


def _require(config: dict[str, Any], given: Container[str]) -> None:
    missing = [key for key, value in _leaves(config) if value == "???" and key not in given]
    if missing:
        raise UserError(f"{missing[0]} is missing: give {missing[0]}=VALUE")


def _check_overrides(config_name: str, arguments: list[str]) -> None:
    """Compose once ahead of Hydra, whose own message for a misspelt key names no neighbour."""
    texts = [a for a in arguments if "=" in a and not a.startswith("-")]
    stray = [a for a in arguments if "=" not in a and not a.startswith(("-", "~")) and not _follows_flag(arguments, a)]
    if stray:
        raise UserError(f"argument {stray[0]!r}: expected KEY=VALUE, as in {Path(sys.argv[0]).name} key=value")
    overrides = [_parsed(text) for text in texts]
    swept = next((o for o in overrides if o.is_sweep_override()), None)
    if swept is not None and not {"-m", "--multirun"} & set(arguments):
        raise UserError(
            f"{swept.input_line}: a comma stands between the values of several runs; add --multirun, put the value in "
            "brackets if it is a list, or write a decimal point"
        )
    for override in overrides:
        group, value = str(override.key_or_group).replace(".", "/"), override.value()
        if override.key_or_group != group and isinstance(value, str) and (folder("configs") / group).is_dir():
            raise UserError(f"{override.input_line}: to choose among configs write {group}={value}")
    overrides = [o for o in overrides if not o.is_sweep_override() and not str(o.key_or_group).startswith("hydra")]
    _composed(config_name, [str(o.input_line) for o in overrides])
    GlobalHydra.instance().clear()


def _composed(config_name: str, overrides: list[str], with_hydra: bool = False) -> DictConfig:
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(folder("configs")), version_base="1.3"):
        try:
            return compose(config_name, overrides, return_hydra_config=with_hydra)
        except (HydraException, OmegaConfBaseException) as error:
            raise UserError(_explain(config_name, list(map(_parsed, overrides)), error)) from error


def _parsed(text: str) -> Override:
    try:
        return OverridesParser.create().parse_override(text)
    except HydraException as error:
        key, _, value = text.partition("=")
        raise UserError(
            f"{text}: {str(error).splitlines()[0]}; a value with special characters goes in two pairs of quotes: "
            f"'{key}=\"{value}\"'"
        ) from error


def _follows_flag(arguments: list[str], argument: str) -> bool:
    position = arguments.index(argument)
    return position > 0 and arguments[position - 1].startswith("-")


def _explain(config_name: str, overrides: list[Override], error: Exception) -> str:
    groups = {o.key_or_group for o in overrides if (folder("configs") / str(o.key_or_group)).is_dir()}
    for override in overrides:
        if override.key_or_group in groups:
            options = sorted(p.stem for p in (folder("configs") / str(override.key_or_group)).glob("*.yaml"))
            value = override.value()
            if isinstance(value, str) and value not in options:
                return f"{override.key_or_group}={value}: no such config{nearest(value, options)}"
    if "No match in the defaults list" in str(error):
        other = next((o for o in overrides if o.key_or_group in groups and str(o.key_or_group) in str(error)), None)
        if other is not None:
            return f"{other.input_line}: {other.key_or_group} is no key of this command, or not of this experiment"
    usable = [str(o.input_line) for o in overrides if o.key_or_group in groups]
    try:
        known = {key for key, _ in _leaves(OmegaConf.to_container(compose(config_name, usable), resolve=False))}
    except (HydraException, OmegaConfBaseException):
        known = set()
    known |= _groups(config_name)
    for override in overrides:
        if override.is_add() or override.key_or_group in groups:
            continue
        if known and override.key_or_group not in known:
            nested = [g for g in sorted(_groups(config_name)) if g.endswith(f"/{override.key_or_group}")]
            if nested:
                return f"unknown key {override.key_or_group!r}; did you mean {nested[0]!r}?"
            return f"unknown key {override.key_or_group!r}{nearest(str(override.key_or_group), known)}"
    return " ".join(str(error).split())


def _groups(config_name: str) -> set[str]:
    """The groups of configs that the command chooses from, and those within them."""
    root = folder("configs")
    entries = OmegaConf.to_container(OmegaConf.load(root / f"{config_name}.yaml"))
    assert isinstance(entries, dict)
    chosen = {key.split()[-1] for entry in entries.get("defaults", []) if isinstance(entry, dict) for key in entry}
    within = {str(path.relative_to(root)) for name in chosen for path in (root / name).rglob("*") if path.is_dir()}
    return {name for name in chosen if (root / name).is_dir()} | within


def _leaves(tree: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every dotted key and its value, inner nodes included."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield f"{prefix}{key}", value
            yield from _leaves(value, f"{prefix}{key}.")
