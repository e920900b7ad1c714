"""What the dataclasses of a config say about its keys: read by `--help` and by the configuration reference."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import types
import typing
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, Union

from docstring_parser import DocstringStyle, parse_from_object

from tts.settings.schedule import Schedule
from tts.settings.schema import Choice, plain

SECTION = "section"


class Field(NamedTuple):
    key: str
    """Dotted, as on the command line; `*` stands for a name that the user gives."""
    kind: str
    """What may be written, as in `number or null`; `section` where keys of its own follow."""
    default: object
    """Plain data; `dataclasses.MISSING` where a value must be given."""
    doc: str
    """In one line; empty where the field has no docstring."""
    option: str = ""
    """The choice under which the key exists, as in `model/decoder=autoregressive`; empty where it always does."""


def documented(schema: type) -> Iterator[Field]:
    """Every key of a config, in the order of its dataclass, sections before what they hold.

    A field that chooses among dataclasses comes as its `kind`, followed by one section per option with that option's
    fields.
    """
    yield from _fields(schema, None, "", "")


def summary(schema: type) -> str:
    """The first paragraph of a dataclass's docstring in one line; empty where nobody wrote one."""
    text = inspect.cleandoc(schema.__doc__ or "")
    if text.startswith(f"{schema.__name__}("):  # the signature, which `dataclass` puts where there is no docstring
        return ""
    return _line(text.split("\n\n")[0])


def _fields(schema: type, given: object, prefix: str, option: str) -> Iterator[Field]:
    """`given`: an instance whose values are the defaults, where the section's default differs from its class's."""
    hints, docs = typing.get_type_hints(schema), _docs(schema)
    for field in dataclasses.fields(typing.cast(Any, schema)):
        if field.init and field.metadata.get("composed", True):
            default = _default(field) if given is None else getattr(given, field.name)
            yield from _field(f"{prefix}{field.name}", hints[field.name], default, docs.get(field.name, ""), option)


def _field(key: str, hint: Any, default: object, doc: str, option: str) -> Iterator[Field]:
    if typing.get_origin(hint) is dict and _options(typing.get_args(hint)[1]):
        yield from _field(f"{key}.*", typing.get_args(hint)[1], dataclasses.MISSING, doc, option)
        return
    options = _options(hint)
    if not options:
        yield Field(key, _readable(hint), _plain(default), doc, option)
    elif list(options) == [""]:
        yield Field(key, SECTION, _plain(default), doc or summary(options[""]), option)
        yield from _fields(options[""], _of(options[""], default), f"{key}.", option)
    else:
        first = next(iter(options.values()))
        tag, group = getattr(first, "tag", "kind"), getattr(first, "group", key.replace(".", "/"))
        choice = next((base for base in first.__mro__ if Choice in base.__bases__), None)
        name = getattr(default, tag, dataclasses.MISSING)
        yield Field(f"{key}.{tag}", _listed(options), name, doc or (summary(choice) if choice else ""), option)
        for name, kind in options.items():
            under = ", ".join(filter(None, (option, f"{group}={name}")))
            yield Field(key, SECTION, dataclasses.MISSING, summary(kind), under)
            inner = _fields(kind, _of(kind, default), f"{key}.", under)
            yield from (field for field in inner if field.key != f"{key}.{tag}")


def _options(hint: Any) -> dict[str, type]:
    """The dataclasses that a value may be, by the names that choose them: `""` where there is only one."""
    union = typing.get_origin(hint) in (Union, types.UnionType)
    kinds = [kind for kind in (typing.get_args(hint) if union else (hint,)) if kind is not types.NoneType]
    if len(kinds) == 1 and isinstance(kinds[0], type) and Choice in kinds[0].__bases__:
        return dict(typing.cast(type[Choice], kinds[0]).options)
    if not all(isinstance(kind, type) and dataclasses.is_dataclass(kind) for kind in kinds):
        return {}
    return {"": kinds[0]} if len(kinds) == 1 else {kind.kind: kind for kind in kinds}


@functools.cache
def _docs(schema: type) -> dict[str, str]:
    """Of every field the string below it, its own or the nearest base's."""
    found: dict[str, str] = {}
    for cls in reversed(schema.__mro__):
        if inspect.get_annotations(cls):  # a base without fields of its own may say what they mean, too
            described = parse_from_object(cls, DocstringStyle.NUMPYDOC).params
            found |= {entry.arg_name: _line(entry.description) for entry in described if entry.description}
    return found


def _default(field: dataclasses.Field[Any]) -> object:
    return field.default if field.default_factory is dataclasses.MISSING else field.default_factory()


def _of(kind: type, default: object) -> object:
    return default if isinstance(default, kind) else None


def _plain(value: object) -> object:
    return value if value is dataclasses.MISSING else plain(value)


def _readable(hint: Any) -> str:
    """A type as a user would say it."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        points = typing.get_args(Schedule)[1]
        return _listed("[step, value] points" if argument == points else _readable(argument) for argument in arguments)
    if origin is Literal:
        return _listed(map(str, arguments))
    if origin in (list, tuple):
        return f"list of {_readable(arguments[0])}"
    if origin is dict:
        return f"mapping of {_readable(arguments[1])}"
    names = {int: "integer", float: "number", bool: "true or false", str: "text", types.NoneType: "null", Any: "any"}
    return names.get(hint) or str(getattr(hint, "__name__", hint))


def _listed(names: typing.Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _line(text: str) -> str:
    return " ".join(text.split())
