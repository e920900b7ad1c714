"""The documents: README is short, links lead somewhere, and the commands, keys and names that pages show exist."""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tts import load_config
from tts.commands.composition.compose import composed
from tts.commands.composition.folders import with_folders
from tts.commands.composition.options import choices_of, options_of
from tts.commands.composition.tasks import SETTINGS, settings_of
from tts.settings.defaults import leaves
from tts.settings.documented import SECTION, documented

ROOT = Path(__file__).parents[2]
LOG = ROOT / "docs/LOG.md"
"""Its commands are those of their time."""
ALL = sorted([*ROOT.glob("*.md"), ROOT / "data/README.md", *(ROOT / "docs").rglob("*.md")])
PAGES = [page for page in ALL if page != LOG and page.name != "CHANGELOG.md"]
SCRIPTS = {
    "prepare_data": "prepare", "train": "train", "synthesize": "synthesize", "align": "align", "evaluate": "evaluate",
    "export": "export", "review": "review", "record": "record", "import_audio": "import", "serve": "serve",
}  # fmt: skip
"""Script to its config."""
EXTENDING = ROOT / "tests/extending"
PLUGINS = EXTENDING / "packages"
MOST_LINES, MOST_OF_A_PARAGRAPH, WIDTH = 120, 5, 120

FENCE = re.compile(r"^( *)```(.*?)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(?<!`)`([^`\n]+(?:\n[^`\n]+)*)`(?!`)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
OVERRIDE = re.compile(r"[~+]?[a-z_]+(?:[./][a-z_0-9*]+)*=.+")
FRAGMENT = re.compile(r"(Of|In|So many|At most|The same|Per|Times) |\w+\.?$")
"""What does not say by itself what a key is."""
ELLIPSIS = ("…", "...", "NAME", "PATH")
"""In the place of values that a page leaves open."""


def prose(page: Path) -> str:
    """A page without what stands in fences."""
    return FENCE.sub("", page.read_text("utf-8"))


def fenced(page: Path, *languages: str) -> Iterator[str]:
    for _, language, body in FENCE.findall(page.read_text("utf-8")):
        if language.strip() in languages:
            yield textwrap.dedent(body)


def commands(page: Path) -> Iterator[list[str]]:
    """Command lines as lists of words, of fences and of code within the text."""
    lines = [line for body in fenced(page, "", "bash") for line in body.splitlines()]
    lines += [" ".join(code.split()) for code in CODE.findall(prose(page))]
    for line in lines:
        for part in line.split(" && "):
            if re.match(r"\s*([A-Z_]+=\S+ )*(python scripts/|make |tts-)", part):
                words = shlex.split(part, comments=True)
                while words and re.match(r"[A-Z_]+=", words[0]):
                    words.pop(0)
                yield words


def named(pages: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("page", pages, ids=[str(page.relative_to(ROOT)) for page in pages])


def test_readme_is_short() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    for paragraph in re.split(r"\n\s*\n", prose(ROOT / "README.md")):
        if not paragraph.lstrip().startswith(("|", "#", "<")):
            assert len(textwrap.wrap(paragraph, WIDTH)) <= MOST_OF_A_PARAGRAPH, paragraph
            assert len(paragraph.strip().splitlines()) <= MOST_OF_A_PARAGRAPH, paragraph


@named(ALL)
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(prose(page)):
        if not re.match(r"[a-z]+:", link):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link


@cache
def anchors(page: Path) -> set[str]:
    """Of a page's headings, as GitHub and the site make them."""
    found: dict[str, int] = {}
    for title in HEADING.findall(prose(page)):
        slug = re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
        if found[slug]:
            found[f"{slug}-{found[slug]}"] = 0
    return set(found)


@named(PAGES)
def test_commands_exist_and_their_configs_compose(page: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    installed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    with_plugins = []
    for words in commands(page):
        if words[0] == "make":
            assert all(word in targets or "=" in word for word in words[1:]), words
            continue
        if words[0] == "python":
            script = ROOT / words[1]
            assert script.is_file(), words
            name, arguments = SCRIPTS.get(script.stem), words[2:]
            benchmarks = [word.partition("=")[2] for word in arguments if word.startswith("benchmark=")]
            assert all((ROOT / f"scripts/benchmarks/{benchmark}.py").is_file() for benchmark in benchmarks), words
        else:
            assert words[0] in installed, words
            name, arguments = words[0].removeprefix("tts-"), words[1:]
        config_dir = None
        if "--config-dir" in arguments:
            at = arguments.index("--config-dir")
            config_dir = str(EXTENDING / arguments[at + 1])
            arguments = arguments[:at] + arguments[at + 2 :]
        overrides = [word for word in arguments if is_composed(word, name)]
        if name is not None and not any(word.startswith("plugins=") for word in overrides):
            composed(name, with_folders(overrides, config_dir), config_dir)
        elif name is not None and "plugins=[my_package]" not in overrides:
            with_plugins.append((name, overrides))
    if with_plugins:
        compose_elsewhere(with_plugins)


def compose_elsewhere(commands: list[tuple[str, list[str]]]) -> None:
    """In a process of its own, since what a plugin adds stays for all that follows."""
    code = "import json, sys; from tts import load_config; [load_config(*command) for command in json.load(sys.stdin)]"
    done = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(commands), capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(PLUGINS), str(ROOT)])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def is_composed(argument: str, command: str | None) -> bool:
    """Whether an argument is an override that Hydra gets to see, one value of it."""
    key, _, value = argument.partition("=")
    if command == "import" and key == "audio":  # a path, and not the group of that name
        return False
    sweep = not value.startswith(("[", "{")) and "," in value
    return not argument.startswith("-") and key != "text" and not sweep


@cache
def keys() -> set[str]:
    """Every dotted key that some command knows."""
    known = {field.key for command in SETTINGS for kind in settings_of(command).values() for field in documented(kind)}
    for corpus in options_of("corpus"):
        known |= {key for key, _ in leaves({"corpus": load_config("train", [f"corpus={corpus}"])["corpus"]})}
    return known | {"plugins", "task"}


@named(PAGES)
def test_keys_in_the_text_exist(page: Path) -> None:
    for code in CODE.findall(prose(page)):
        try:
            words = shlex.split(code)
        except ValueError:  # a formula, or an apostrophe
            continue
        if not words or not all(OVERRIDE.fullmatch(word) for word in words):
            continue
        for word in words:
            key, _, value = word.lstrip("~+").partition("=")
            if key == "benchmark":
                assert (ROOT / f"scripts/benchmarks/{value}.py").is_file() or value in ELLIPSIS, word
            elif options_of(key) and value:
                assert value in options_of(key) or value in ELLIPSIS or value.isupper(), word
            else:
                assert key in keys() or re.match(r"corpus\.parts\.\w+(\.|$)", key), word


@named(PAGES)
def test_python_is_python_and_imports_what_there_is(page: Path) -> None:
    for body in fenced(page, "python"):
        for node in ast.walk(ast.parse(textwrap.dedent(body))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tts":
                module = importlib.import_module(str(node.module))
                for alias in node.names:
                    if not hasattr(module, alias.name):
                        importlib.import_module(f"{node.module}.{alias.name}")


@pytest.mark.parametrize("package", sorted(PLUGINS.glob("*.py")), ids=lambda path: path.stem)
def test_the_reference_has_what_packages_import(package: Path) -> None:
    pages = "".join((ROOT / f"docs/reference/{name}.md").read_text("utf-8") for name in ("plugins", "python"))
    for node in ast.walk(ast.parse(package.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tts":
            missing = [alias.name for alias in node.names if not re.search(rf"\b{alias.name}\b", pages)]
            assert not missing, node.module


@pytest.mark.parametrize("command", sorted(SETTINGS))
def test_every_key_says_what_it_is(command: str) -> None:
    for kind in [
        *settings_of(command).values(),
        *(kind for choice in choices_of("corpus") for kind in choice.options.values()),
    ]:
        fields = [field for field in documented(kind) if field.kind != SECTION]
        assert [field.key for field in fields if not field.doc] == []
        assert [(field.key, field.doc) for field in fields if FRAGMENT.match(field.doc)] == []


def test_every_fault_names_tests_that_are_there() -> None:
    log = (ROOT / "docs" / "LOG.md").read_text("utf-8")
    _, found, rest = log.partition("### 2026-11-29: Safe to install, safe to run")
    table = [row for row in rest.partition("\n### ")[0].splitlines() if re.match(r"\| \d+", row)]
    assert found and len(table) > 25
    for row in table:
        file = ""
        named = re.findall(r"`([\w/]*test_\w+\.py)?(?:::(\w+)[*…]?)?`", row.split("|")[3])
        named = [(path, start) for path, start in named if path or start]
        assert named or "docs/samples" in row, row
        for path, start in named:
            file = path or file
            text = (ROOT / "tests" / file).read_text("utf-8")
            assert f"def {start}" in text, f"{file}: no test {start}…"
