"""YAML and JSON files from untrusted sources, as plain data: bounded in size, time and types."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import ComposerError

from tts.errors import UserError

LARGEST = {".yaml": 1 << 15, ".json": 1 << 20}
"""Bytes; no settings, symbol table or card is larger. YAML is read a hundred times more slowly than JSON."""
MOST_DIGITS = 18
"""Of a whole number: what 64 bits hold."""


def plain_file(path: Path) -> Any:
    """What a YAML or JSON file holds: mappings, lists, texts that UTF-8 can hold, finite numbers, true, false, null.

    Raises
    ------
    UserError: it is too large, not UTF-8, or holds anything else.
    OSError: it cannot be read.
    """
    text = read_text(path)
    try:
        return plain_yaml(text) if path.suffix == ".yaml" else plain_json(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UserError(f"{path}: cannot be read: {' '.join(str(error).split())[:300]}") from error


def read_text(path: Path) -> str:
    """Raises UserError if the file is too large or not UTF-8."""
    if path.stat().st_size > LARGEST[path.suffix]:
        raise UserError(f"{path}: larger than any such file; the folder is damaged")
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 text; copy the whole folder again") from error


def plain_yaml(text: str) -> Any:
    """Raises yaml.YAMLError, ValueError or RecursionError where it is anything but plain data."""
    return _checked(yaml.load(text, _PlainLoader))


def plain_json(text: str) -> Any:
    """Raises ValueError or RecursionError where it is anything but plain data."""
    return _checked(json.loads(text, parse_int=_whole))


def _checked(data: Any) -> Any:
    # The encoder refuses infinity and NaN, UTF-8 half a surrogate pair, which no file or terminal could take later.
    json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
    return data


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > MOST_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


class _PlainLoader(yaml.SafeLoader):
    """YAML without aliases, by which a kilobyte grows to terabytes, without tags, whose values it does not check, and
    with decimal numbers alone: `1:30`, `0x10`, `1_000` and dates are texts.

    Raises
    ------
    ComposerError: there is an alias or a tag.
    """

    yaml_implicit_resolvers = {}  # noqa: RUF012 (declared so in the class that it inherits from)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or event.tag is not None:
            raise ComposerError(None, None, "aliases and tags are not for plain settings", event.start_mark)
        return super().compose_node(parent, index)


for kind, pattern, first in (
    ("null", r"(?:null|~|)", ["n", "~", ""]),
    ("bool", r"(?:true|false)", ["t", "f"]),
    ("int", rf"[-+]?(?:0|[1-9][0-9]{{0,{MOST_DIGITS - 1}}})", list("-+0123456789")),
    ("float", r"[-+]?[0-9]{1,40}\.[0-9]{0,40}(?:[eE][-+][0-9]{1,4})?", list("-+0123456789")),
):
    _PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(rf"{pattern}\Z"), first)
