"""`--help`: what a command does, and every key of it with the comment that stands beside it in `configs/`."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tts.storage.resources import folder

WIDTH, COLUMN = 120, 46
LINE = re.compile(r"(?P<indent> *)(?P<key>[\w/]+):(?P<value>(?: |$).*?)(?:\s+#\s*(?P<comment>.*))?$")
INNER = re.compile(r"(\w+): ")
READ_OF_PREPARED = ("corpus.name", "corpus.out", "corpus.parts")
"""What commands read of `corpus` that take it prepared; the rest is for its preparation."""
FLAGS = {
    "--help": "this list; with key=value beside it, the defaults that follow from them",
    "--multirun": "one run after the other of values with commas between them, as in seed=0,1,2",
    "--cfg job --resolve": "print the whole config that a command comes to, and stop",
}


def help_text(config_name: str, config: Mapping[str, Any], choices: Mapping[str, str], prepared: bool) -> str:
    """The help of a command: the comment its config begins with says what it does and gives an example.

    Parameters
    ----------
    config: as composed; its values are the defaults.
    choices: of every group of configs the one that was chosen.
    prepared: the command takes corpora that are prepared.
    """
    root = folder("configs")
    parts = [*_description(root / f"{config_name}.yaml"), "", "Choices:"]
    for group in choices:
        options = list(_options(root / group, config_name))
        if len(options) > 1:
            parts += [f"  {group}=", *(_entry(f"    {name}", said) for name, said in options)]
    parts += ["", "Keys and their defaults:"]
    said = explanations(config_name, choices)
    groups = {group.split("/")[0] for group in choices}
    for key, value in sorted(leaves(config), key=lambda leaf: leaf[0].split(".")[0] in groups):  # its own come first
        if prepared and key.startswith("corpus.") and not key.startswith(READ_OF_PREPARED):
            continue
        parts.append(_entry(f"  {key}={_shown(value)}", said.get(general(key), "")))
    parts += ["", "Flags:", *(_entry(f"  {flag}", meaning) for flag, meaning in FLAGS.items())]
    return "\n".join(parts)


def leaves(config: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every dotted key that has a value of its own."""
    for key, value in config.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def explanations(config_name: str, choices: Mapping[str, str]) -> dict[str, str]:
    """Dotted key to its comment: of the config that was chosen, or else of another one of its group."""
    root = folder("configs")
    paths = [root / f"{config_name}.yaml", *(root / group / f"{name}.yaml" for group, name in choices.items())]
    paths += [path for group in choices for path in sorted((root / group).glob("*.yaml"))]
    found: dict[str, str] = {}
    for path in paths:
        if path.is_file() and "@package _global_" not in path.read_text("utf-8"):
            group = ".".join(path.parent.relative_to(root).parts)
            for key, comment in _comments(path):
                found.setdefault(general(f"{group}.{key}" if group else key), comment)
    return found


def general(key: str) -> str:
    """All parts of a mix are explained alike."""
    return re.sub(r"^corpus\.parts\.\w+", "corpus.parts.*", key)


def _comments(path: Path) -> Iterator[tuple[str, str]]:
    """Keys and what stands behind or above each; above the first it is of the whole file."""
    lines = path.read_text("utf-8").splitlines()
    above: list[str] = []
    parents: list[tuple[int, str]] = []
    for line in lines[len(_description(path)) :]:
        match = LINE.match(line)
        if not match:
            above = [*above, line.strip().lstrip("# ")] if line.strip().startswith("#") else []
            continue
        indent = len(match["indent"])
        parents = [*(parent for parent in parents if parent[0] < indent), (indent, match["key"])]
        key, comment = ".".join(name for _, name in parents), match["comment"] or " ".join(above)
        above = []
        if comment:
            yield key, comment
            for inner in INNER.findall(match["value"]) if "{" in match["value"] else ():
                yield f"{key}.{inner}", comment


def _description(path: Path) -> list[str]:
    """The comment that a config begins with."""
    found = []
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            break
        found.append(line.lstrip("# "))
    return found


def _options(group: Path, config_name: str) -> Iterator[tuple[str, str]]:
    """The configs of a group that the command can take, and what each is."""
    training = config_name.startswith("train")
    for path in sorted(group.glob("*.yaml")):
        of_vocoders = path.stem.startswith("vocoder") and group.name in ("experiment", "debug")
        joins = group.name == "corpus" and re.search(r"^parts:|^  - mix$", path.read_text("utf-8"), re.MULTILINE)
        other_kind = group.name in ("experiment", "debug") and of_vocoders != (config_name == "train_vocoder")
        if not other_kind and (training or not joins):
            yield path.stem, " ".join(line for line in _description(path) if not line.startswith("@package"))


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _entry(left: str, right: str) -> str:
    gap = " " * COLUMN
    if not right:
        return left
    lines = textwrap.wrap(right, WIDTH - COLUMN)
    first = f"{left:{COLUMN}}" if len(left) < COLUMN else f"{left}\n{gap}"
    return first + f"\n{gap}".join(lines)
