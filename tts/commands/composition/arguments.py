"""The arguments of a command: overrides of its config, flags, and values that are taken literally."""

from __future__ import annotations

import argparse
import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NoReturn

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException

from tts.errors import UserError

FLAGS = {
    "--help": "this list; with key=value beside it, the defaults that follow from them",
    "--multirun": "one run after the other of values with commas between them, as in seed=0,1,2; each in a folder of "
    "its own, run_dir/seed=0 and so on",
    "--cfg job": "print the whole config that a command comes to, once it is checked, and stop; --resolve beside it "
    "changes nothing, since references are always replaced by their values",
    "--config-dir PATH": "a folder of configs of yours, laid out as the package's configs/",
}
ALSO_GROUPS = ("text", "audio")
"""Keys of some commands, and groups of configs of others."""
LONGEST_NAME = 100
"""Characters of a run's folder in a multirun."""


@dataclass(frozen=True)
class Arguments:
    """One command line, read."""

    overrides: list[str]
    """For Hydra; a literal value is a reference into `literals`; `text` and `audio` are only there."""
    literals: dict[str, str]
    """Dotted key → its value as it was typed."""
    flags: argparse.Namespace
    """`help`, `multirun`, `cfg`, `config_dir`."""

    def jobs(self) -> Iterator[tuple[str, list[str]]]:
        """Each run's name among the others, as in `seed=2`, and its overrides; one without a name but for a multirun.

        Raises
        ------
        UserError: values with commas without `--multirun`, or a sweep that does not list its values.
        """
        parsed = [parse_override(text) for text in self.overrides]
        swept = [override for override in parsed if override.is_sweep_override()]
        if not self.flags.multirun:
            if swept:
                raise UserError(
                    f"{swept[0].input_line}: a comma stands between the values of several runs; add --multirun, put "
                    "the value in brackets if it is a list, or write a decimal point"
                )
            yield "", self.overrides
            return
        for chosen in itertools.product(*map(_values, parsed)):
            differing = [text for text, override in zip(chosen, parsed, strict=True) if override in swept]
            yield _job_name(",".join(differing).replace("/", "_")), list(chosen)

    def plugins(self) -> list[str]:
        """Packages that `plugins=[…]` names: they are imported before anything is composed."""
        named: list[str] = []
        for text in self.overrides:
            override = parse_override(text)
            if override.key_or_group == "plugins":
                value = override.value()
                named = [str(name) for name in value] if isinstance(value, list) else [str(value)]
        return named


def read_arguments(given: Sequence[str], literal: Sequence[str]) -> Arguments:
    """Read the arguments `given`.

    Parameters
    ----------
    literal: keys (or patterns with `*`) whose values are taken literally, outside Hydra's grammar: `text`, and
        paths. Those of a multirun, of which there may be several, are left to Hydra, and so is `null`.

    Raises
    ------
    UserError: an argument that is neither `key=value` nor a known flag, an empty value, or no text.
    """
    flags = _parser().parse_intermixed_args(list(given))
    if flags.resolve and not flags.cfg:
        raise UserError("--resolve has a meaning beside --cfg job only: give both, or leave it out")
    overrides: list[str] = []
    literals: dict[str, str] = {}
    for argument in flags.overrides:
        key, equals, value = argument.partition("=")
        if not equals and not argument.startswith("~"):
            raise UserError(f"argument {argument!r}: expected KEY=VALUE, as in key=value")
        if key != "text":
            _check(argument)
        if key.startswith(("hydra.", "hydra/")):
            raise UserError(f"{argument}: settings of Hydra itself have no effect here; give run_dir=PATH or out=PATH")
        taken = equals and any(fnmatchcase(key, pattern) for pattern in literal)
        if taken and key in ALSO_GROUPS:  # for Hydra this would choose from the group of configs of that name
            literals[key] = value
        elif taken and value != "null" and not flags.multirun:
            literals[key] = _expanded(key, value)
            overrides.append(f"{key}=${{literal:{key}}}")
        else:
            overrides.append(argument)
    return Arguments(overrides, literals, flags)


def parse_override(text: str) -> Override:
    """Raises UserError where `text` breaks the grammar of Hydra's overrides."""
    try:
        return OverridesParser.create().parse_override(text)
    except HydraException as error:
        key, _, value = text.partition("=")
        raise UserError(
            f"{text}: {str(error).splitlines()[0]}; a value with special characters goes in two pairs of quotes: "
            f"'{key}=\"{value}\"'"
        ) from error


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message}; flags are {', '.join(FLAGS)}, and everything else is KEY=VALUE")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("--help", "-h", action="store_true")
    parser.add_argument("--multirun", "-m", action="store_true")
    parser.add_argument("--cfg", "-c", choices=["job"])
    parser.add_argument("--resolve", action="store_true")  # as Hydra has it: here values are always resolved
    parser.add_argument("--config-dir", "-cd")
    parser.add_argument("overrides", nargs="*")
    return parser


def _check(argument: str) -> None:
    key, equals, value = argument.partition("=")
    if equals and not value.strip():
        raise UserError(f"{key}= is empty: give {key}=VALUE, or leave it out")
    if not argument.isprintable() and argument.encode(errors="ignore").decode() != argument:
        raise UserError(f"{ascii(argument)[1:-1]}: not UTF-8; give a name that is")


def _job_name(differing: str) -> str:
    """A file name by which the runs of every multirun are told apart."""
    if len(differing) < LONGEST_NAME:
        return differing
    return f"{differing[: LONGEST_NAME - 20]}_{hashlib.sha256(differing.encode()).hexdigest()[:12]}"


def _values(override: Override) -> list[str]:
    if not override.is_sweep_override():
        return [str(override.input_line)]
    if not override.is_discrete_sweep():
        raise UserError(f"{override.input_line}: list the values of a multirun, as in seed=0,1,2")
    return [f"{override.get_key_element()}={value}" for value in override.sweep_string_iterator()]


def _expanded(key: str, value: str) -> str:
    try:
        return str(Path(value).expanduser()) if value.startswith("~") else value
    except RuntimeError as error:
        raise UserError(f"{key}={value}: there is no such user; give the path without ~") from error
