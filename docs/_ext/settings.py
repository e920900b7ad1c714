"""Directives that keep the configuration reference as it is in the code.

`settings` takes a command and which of its settings (`train voice`) and lists their keys; `choices` takes a group of
configs (`experiment`) and lists its options with what each says of itself; `options` takes a group whose options are
settings of their own (`corpus`) and lists the keys of each; `runs` lists where each experiment writes.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from tts.commands.composition.compose import composed
from tts.commands.composition.options import choices_of, options_of
from tts.commands.composition.tasks import SETTINGS, settings_of
from tts.settings.defaults import MISSING, leaves
from tts.settings.documented import SECTION, Field, documented, summary


class Settings(SphinxDirective):
    """The keys of a command's config: one table a section."""

    required_arguments = 2

    def run(self) -> list[nodes.Node]:
        command, name = self.arguments
        config = composed(command, [f"task={name}"] if command == "train" else [])[0]
        return self.parse_text_to_nodes("\n".join(reference(settings_of(command)[name], dict(leaves(config)))))


class Choices(SphinxDirective):
    """What a group of configs offers."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        group = self.arguments[0]
        rows = [f"| `{group}={name}` | {_escaped(said)} |" for name, said in options_of(group).items()]
        return self.parse_text_to_nodes("\n".join(["| | |\n|---|---|", *rows]))


class Options(SphinxDirective):
    """The keys of every option of a group."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        group = self.arguments[0]
        lines = []
        for choice in choices_of(group):
            for name, option in choice.options.items():
                fields = [field._replace(key=f"{group.replace('/', '.')}.{field.key}") for field in documented(option)]
                lines += [f"**`{group}={name}`**. {summary(option)}\n", _table(fields), ""]
        return self.parse_text_to_nodes("\n".join(lines))


class Runs(SphinxDirective):
    """The default of `run_dir`, by task and experiment."""

    def run(self) -> list[nodes.Node]:
        chosen = ["task=voice", "task=vocoder", *(f"experiment={name}" for name in options_of("experiment"))]
        folders = [composed("train", [choice, "corpus.name=CORPUS"])[0]["run_dir"] for choice in chosen]
        rows = [f"| `{choice}` | `{folder}` |" for choice, folder in zip(chosen, folders, strict=True)]
        return self.parse_text_to_nodes("\n".join(["| | `run_dir` |\n|---|---|", *rows]))


def reference(schema: type, config: Mapping[str, Any]) -> Iterator[str]:
    """Markdown: the class's own keys, then each section with its keys.

    Parameters
    ----------
    config: dotted keys with their values as composed, for the defaults that no dataclass has.
    """
    sections: dict[tuple[str, str], list[Field]] = {}
    for field in documented(schema):
        sections.setdefault(_section(field), []).append(field)
    for (section, option), fields in sections.items():
        yield ""
        if section:
            under = f", with `{option}`" if option else ""
            said = next((field.doc for field in fields if field.kind == SECTION), "")
            yield f"**`{section}`**{under}. {said}\n"
        yield _table(fields, config)


def _section(field: Field) -> tuple[str, str]:
    """Where a key is listed: under the section it opens, or the one it belongs to."""
    return field.key if field.kind == SECTION else field.key.rpartition(".")[0], field.option


def _table(fields: Iterable[Field], config: Mapping[str, Any] | None = None) -> str:
    rows = [_row(field, config or {}) for field in fields if field.kind != SECTION]
    return "\n".join(["| key | default | type | meaning |\n|---|---|---|---|", *rows]) if rows else ""


def _row(field: Field, config: Mapping[str, Any]) -> str:
    value = config.get(field.key, MISSING) if field.default is dataclasses.MISSING else field.default
    default = "must be given" if value == MISSING else f"`{_shown(value)}`"
    return f"| `{field.key}` | {default} | {_escaped(field.kind)} | {_escaped(field.doc)} |"


def _shown(value: object) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def setup(app: Sphinx) -> dict[str, bool]:
    for command in SETTINGS:
        settings_of(command)  # imports what registers options
    app.add_directive("settings", Settings)
    app.add_directive("choices", Choices)
    app.add_directive("options", Options)
    app.add_directive("runs", Runs)
    return {"parallel_read_safe": True}
