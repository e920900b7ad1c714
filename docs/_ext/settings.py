"""Two directives that keep the configuration reference as it is in the code.

`settings` takes a dataclass (`tts.training.config.TrainConfig`) and lists its keys; `choices` takes a folder of
`configs/` (`experiment`) and lists its files with the comment that each begins with.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from importlib import import_module
from itertools import takewhile
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from tts.settings.documented import SECTION, Field, documented, summary

CONFIGS = Path(__file__).parents[2] / "configs"


class Settings(SphinxDirective):
    """The keys of a command's config: one table a section."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        module, _, name = self.arguments[0].rpartition(".")
        return self.parse_text_to_nodes("\n".join(reference(getattr(import_module(module), name))))


class Choices(SphinxDirective):
    """What a group of configs offers."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(choices(self.arguments[0])))


def reference(schema: type) -> Iterator[str]:
    """Markdown: the class's summary, then its own keys, then each section with its keys."""
    yield summary(schema)
    sections: dict[tuple[str, str], list[Field]] = {}
    for field in documented(schema):
        sections.setdefault(_section(field), []).append(field)
    for (section, option), keys in sections.items():
        yield ""
        heads = [field for field in keys if field.kind == SECTION]
        if section:
            under = f", with `{option}`" if option else ""
            yield " ".join(filter(None, (f"**`{section}`**{under}.", *(field.doc for field in heads[:1]))))
            yield ""
        rows = [field for field in keys if field.kind != SECTION]
        if rows:
            yield "| key | default | type | meaning |\n|---|---|---|---|"
            yield from map(_row, rows)


def choices(group: str) -> Iterator[str]:
    yield f"| `{group}=` | |\n|---|---|"
    for path in sorted((CONFIGS / group).glob("*.yaml")):
        head = takewhile(lambda line: line.startswith("#"), path.read_text("utf-8").splitlines())
        said = " ".join(line.lstrip("# ") for line in head if "@package" not in line)
        yield f"| `{path.stem}` | {_escaped(said)} |"


def _section(field: Field) -> tuple[str, str]:
    """Where a key is listed: under the section it opens, or the one it belongs to."""
    return field.key if field.kind == SECTION else field.key.rpartition(".")[0], field.option


def _row(field: Field) -> str:
    missing = field.default is dataclasses.MISSING
    default = "must be given" if missing else f"`{_shown(field.default)}`"
    return f"| `{field.key}` | {default} | {_escaped(field.kind)} | {_escaped(field.doc)} |"


def _shown(value: object) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("settings", Settings)
    app.add_directive("choices", Choices)
    return {"parallel_read_safe": True}
