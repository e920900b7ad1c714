"""`--help`: what a command does, and every key with its default and its docstring."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tts.commands.composition.arguments import FLAGS
from tts.commands.composition.options import choices_of, options_of
from tts.commands.composition.tasks import settings_of
from tts.settings.defaults import leaves
from tts.settings.documented import documented
from tts.storage.resources import folder

WIDTH, COLUMN = 120, 46
PREPARED_KEYS = ("corpus.name", "corpus.out", "corpus.parts")
"""Keys of `corpus` that a command reads which takes it prepared; the rest is for its preparation."""
OTHER_KEYS = {
    "plugins": "Packages of yours to import first: they add decoders, corpora, loss terms… (docs/extending.md).",
    "corpus.out": "Folder of the prepared corpus.",
    "corpus.downloads": "Folder for what is fetched.",
    "corpus.name": "Of the corpus; names its folder, and its utterances among those of other corpora.",
    "corpus.language": "An espeak-ng language, such as en-us, de, fr-fr.",
    "corpus.parts.*.out": "Folder of a prepared corpus.",
    "corpus.parts.*.weight": "Its share of the training frames, beside the other weights; null: as long as it is.",
}
"""Keys that belong to no dataclass of a command."""


def help_text(
    name: str, config: Mapping[str, Any], choices: Mapping[str, str], prepared: bool, config_dir: str | None = None
) -> str:
    """The help of a command: the comment its config begins with says what it does and gives an example.

    Parameters
    ----------
    config: as composed; its values are the defaults.
    choices: of every group of configs the one that was chosen.
    prepared: the command takes corpora that are prepared.
    config_dir: a folder of the user's own configs.
    """
    own = Path(config_dir).expanduser() if config_dir is not None else None
    parts, options = _description(name), list[str]()
    for group in choices:
        offered = options_of(group, own)
        if len(offered) > 1:
            options += [f"  {group}=", *(_entry(f"    {option}", summary) for option, summary in offered.items())]
    parts += ["", "Choices:", *options] if options else []
    parts += ["", "Keys and their defaults:"]
    meanings = explanations(name, choices)
    groups = {group.split("/")[0] for group in choices}
    for key, value in sorted(leaves(config), key=lambda leaf: leaf[0].split(".")[0] in groups):  # its own come first
        if prepared and key.startswith("corpus.") and not key.startswith(PREPARED_KEYS):
            continue
        parts.append(_entry(f"  {key}={_shown(value)}", meanings.get(general(key), "")))
    parts += ["", "Flags:", *(_entry(f"  {flag}", meaning) for flag, meaning in FLAGS.items())]
    return "\n".join(parts)


def explanations(name: str, choices: Mapping[str, str]) -> dict[str, str]:
    """Dotted key → its meaning, by the option that was chosen, or else by another one."""
    found = dict(OTHER_KEYS)
    chosen = {f"{group}={option}" for group, option in choices.items()}
    for group, option in choices.items():
        for choice in choices_of(group):
            kinds = [choice.options[option]] if option in choice.options else list(choice.options.values())
            for field in (field for kind in kinds for field in documented(kind) if field.doc):
                found.setdefault(f"{group.replace('/', '.')}.{field.key}", field.doc)
    for schema in settings_of(name).values():
        fields = [field for field in documented(schema) if field.doc]
        for field in sorted(fields, key=lambda field: not chosen.issuperset(field.option.split(", "))):
            found.setdefault(field.key, field.doc)
    return found


def general(key: str) -> str:
    """The key under which a part of a mix is explained: all parts alike."""
    return re.sub(r"^corpus\.parts\.\w+", "corpus.parts.*", key)


def _description(name: str) -> list[str]:
    """The comment that a command's config begins with."""
    lines = (folder("configs") / f"{name}.yaml").read_text("utf-8").splitlines()
    count = next(i for i, line in enumerate(lines) if not line.startswith("#"))
    return [line.lstrip("# ") for line in lines[:count]]


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _entry(left: str, right: str) -> str:
    gap = " " * COLUMN
    if not right:
        return left
    lines = textwrap.wrap(right, WIDTH - COLUMN)
    first = f"{left:{COLUMN}}" if len(left) < COLUMN - 1 else f"{left}\n{gap}"
    return first + f"\n{gap}".join(lines)
