"""Plain data (YAML, JSON) checked against dataclasses: nothing in a file can name code to run."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import reprlib
import types
import typing
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, TypeVar, Union

from tts.errors import UserError

T = TypeVar("T")

_brief = reprlib.Repr()
"""YAML's aliases let a file of a few lines stand for gigabytes."""
_brief.maxlevel, _brief.maxstring = 2, 80


class Choice:
    """Base of settings among which a config chooses by name.

    A direct subclass says what is chosen, and under which group of configs; each of its subclasses is an option, a
    frozen dataclass whose field `kind` (or another `tag`) has its name as default. Defining one is enough to offer it::

        class DecoderConfig(Choice, group="model/decoder"): ...

        @dataclass(frozen=True)
        class Mine(DecoderConfig):
            kind: Literal["mine"] = "mine"
    """

    group: ClassVar[str]
    tag: ClassVar[str]
    options: ClassVar[dict[str, type[Choice]]]

    def __init_subclass__(cls, group: str = "", tag: str = "kind") -> None:
        if Choice in cls.__bases__:
            cls.group, cls.tag, cls.options = group, tag, {}
            return
        name = cls.__dict__.get(cls.tag)
        if not isinstance(name, str):
            raise TypeError(f"{cls.__qualname__}: its field {cls.tag!r} needs the option's name as default")
        there = cls.options.get(name)
        if there is not None and (there.__module__, there.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(
                f"{cls.group}={name}: offered by {there.__module__} already; {cls.__module__} must take another name"
            )
        cls.options[name] = cls

    @classmethod
    def beside(cls) -> dict[str, Any]:
        """Keys of the option's config that are none of its fields, and their defaults."""
        return {}


def is_choice(kind: Any) -> bool:
    """Whether a type is what is chosen, rather than one of the options."""
    return isinstance(kind, type) and issubclass(kind, Choice) and Choice in kind.__bases__


def parse(schema: type[T], data: object, where: str = "config") -> T:
    """Build the dataclass `schema`, or the option of a `Choice` that `data` names, from nested mappings, refusing
    unknown keys and wrong types.

    Parameters
    ----------
    where: dotted path (or file name) that errors name; empty for settings of a command line, whose errors then name the
        keys as they are given there.

    Raises
    ------
    UserError: naming the key, its place, and for an unknown key the nearest known one.
    """
    if not isinstance(data, Mapping):
        raise UserError(f"{_in(where)}expected a mapping of {schema.__name__}, got {_shown(data)}")
    if is_choice(schema):
        return typing.cast(T, parse(_chosen(typing.cast(type[Choice], schema), data, where), data, where))
    fields = _fields(typing.cast(Any, schema))
    # Keys that are no more, and the value that earlier files have where they ask for nothing.
    retired = getattr(schema, "retired", {})
    for key in data:
        if key in retired and data[key] == retired[key]:
            continue
        if key in retired:
            raise UserError(f"{_key(where, key)}: this setting is no more (docs/LOG.md says why); leave it out")
        if key not in fields:
            raise UserError(f"{_in(where)}unknown key {_shown(str(key))}{nearest(str(key), fields)}")
    values = {}
    for name, (kind, required) in fields.items():
        if name in data:
            values[name] = _coerce(kind, data[name], _key(where, name))
        elif required:
            raise UserError(f"{_in(where)}the key {name!r} is missing")
    try:
        return schema(**values)
    except UserError:
        raise
    except (ValueError, OverflowError) as error:
        raise UserError(f"{_in(where)}{error}") from error


def _in(where: str) -> str:
    return f"{where}: " if where else ""


def _key(where: str, key: object) -> str:
    return f"{where}.{key}" if where else str(key)


@functools.cache
def _fields(schema: type) -> dict[str, tuple[Any, bool]]:
    """Of every field its type and whether it must be given."""
    hints, missing = typing.get_type_hints(schema), dataclasses.MISSING
    return {
        f.name: (hints[f.name], f.default is missing and f.default_factory is missing)
        for f in dataclasses.fields(schema)
        if f.init
    }


def _shown(value: object) -> str:
    try:
        return _brief.repr(value)
    except ValueError:
        return "a number of thousands of digits"


MOST_NAMED = 30
"""Of known keys or names in an error."""


def nearest(key: str, known: typing.Iterable[str]) -> str:
    """`"; did you mean 'x'?"` for the closest of `known`, or the list of known keys beside it, under the same dots."""
    known = list(known)
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    if close:
        return f"; did you mean {close[0]!r}?"
    beside = [other for other in known if other.rpartition(".")[0] == key.rpartition(".")[0]]
    beside = beside or [other for other in known if "." not in other] or known
    if not beside:
        return ""
    more = f" and {len(beside) - MOST_NAMED} more" if len(beside) > MOST_NAMED else ""
    return f"; known: {', '.join(sorted(beside)[:MOST_NAMED])}{more}"


def _coerce(kind: Any, value: Any, where: str) -> Any:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return value
    if origin in (Union, types.UnionType):
        if value is None and type(None) in args:
            return None
        options = [a for a in args if a is not type(None)]
        if isinstance(value, Mapping) and all(map(dataclasses.is_dataclass, options)):
            return parse(_variant(options, value, where), value, where)
        for option in options[:-1]:
            try:
                return _coerce(option, value, where)
            except UserError:
                continue
        return _coerce(options[-1], value, where)
    if origin is Literal:
        if value in args:
            return value
        raise UserError(f"{where}: {_shown(value)} is not one of {', '.join(map(str, args))}")
    if dataclasses.is_dataclass(kind) or is_choice(kind):
        return parse(typing.cast(type, kind), value, where)
    if origin in (list, tuple):
        if isinstance(value, str) or not isinstance(value, (list, tuple)):
            brackets = f": write [{_shown(value)[1:-1]}]" if isinstance(value, str) else ""
            raise UserError(f"{where}: expected a list, got {_shown(value)}{brackets}")
        if args[0] in (int, str) and set(map(type, value)) == {args[0]}:  # the many symbols of a manifest's line
            return origin(value)
        return origin(_coerce(args[0], item, f"{where}[{i}]") for i, item in enumerate(value))
    if origin is dict:
        if not isinstance(value, Mapping):
            raise UserError(f"{where}: expected a mapping, got {_shown(value)}")
        return {_coerce(args[0], k, where): _coerce(args[1], v, f"{where}.{k}") for k, v in value.items()}
    if kind is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            raise UserError(f"{where}: a number too large for a float") from None
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(kind, type) and isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    raise UserError(f"{where}: expected {getattr(kind, '__name__', kind)}, got {_shown(value)}")


def _variant(options: list[type], value: Mapping[str, Any], where: str) -> type:
    """Of several dataclasses the one whose literal `kind` is that of `value`; the first if it has none."""
    kinds = {typing.get_args(typing.get_type_hints(option)["kind"])[0]: option for option in options}
    kind = value.get("kind", next(iter(kinds)))
    if not isinstance(kind, str) or kind not in kinds:
        raise UserError(f"{where}.kind: {_shown(kind)} is not one of {', '.join(kinds)}")
    return kinds[kind]


def _chosen(choice: type[Choice], value: Mapping[str, Any], where: str) -> type[Choice]:
    """The option that `value` names; the first if it names none."""
    name = value.get(choice.tag, next(iter(choice.options)))
    if not isinstance(name, str) or name not in choice.options:
        raise UserError(
            f"{where}.{choice.tag}: {_shown(name)} is not one of {', '.join(choice.options)}; where a package of yours "
            "defines it, name that with plugins=[PACKAGE]"
        )
    return choice.options[name]


def check_sizes(config: object, **limits: int) -> None:
    """Raises ValueError if a field is below 1 or beyond its limit, as a stranger's file may ask for."""
    for name, most in limits.items():
        value = getattr(config, name)
        if not 1 <= value <= most:
            raise ValueError(f"{name} must lie between 1 and {most}, got {value}")


def check_shares(**shares: float) -> None:
    """Raises ValueError if a share is not between 0 and 1."""
    for name, value in shares.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must lie between 0 and 1, got {value}")


def plain(config: Any) -> Any:
    """The inverse of `parse`: nested dicts and lists of plain values, ready for YAML or JSON."""
    if dataclasses.is_dataclass(config) and not isinstance(config, type):
        return {f.name: plain(getattr(config, f.name)) for f in dataclasses.fields(config) if f.init}
    if isinstance(config, Mapping):
        return {k: plain(v) for k, v in config.items()}
    if isinstance(config, (list, tuple)):
        return [plain(v) for v in config]
    return config
