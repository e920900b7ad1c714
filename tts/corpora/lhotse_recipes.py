"""Corpora as they are published, read by the recipes of Lhotse, which knows about a hundred."""

from __future__ import annotations

import inspect
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from tts.errors import UserError
from tts.settings.schema import nearest


class Manifests(NamedTuple):
    """What a recipe made of one part of a corpus."""

    part: str
    """As in `train-clean-100`; empty where the corpus has none."""
    recordings: Any
    """`lhotse.RecordingSet`"""
    supervisions: Any
    """`lhotse.SupervisionSet`"""


def read_recipe(lhotse: ModuleType, recipe: str, root: Path, options: Mapping[str, Any]) -> list[Manifests]:
    """The parts of the corpus in `root`, as `lhotse.recipes.prepare_RECIPE(root, **options)` reads it.

    Raises
    ------
    UserError: there is no such recipe, it needs or lacks one of the options, or cannot read what is in `root`.
    """
    if not root.is_dir():
        raise UserError(f"{root}: no such folder")
    return _read(lhotse, recipe, root.resolve(), json.dumps(dict(options), sort_keys=True))


@lru_cache(maxsize=1)  # a corpus is gone through twice: its first rows are shown before it is prepared
def _read(lhotse: ModuleType, recipe: str, root: Path, options: str) -> list[Manifests]:
    prepare = _function(recipe)
    given, where = json.loads(options), f"corpus.recipe={recipe} of {root}"
    parameters = inspect.signature(prepare).parameters
    unknown = sorted(given.keys() - parameters.keys())
    if unknown:
        raise UserError(f"{where}: corpus.recipe_options.{unknown[0]} is none of its arguments{_names(parameters)}")
    with tempfile.TemporaryDirectory() as written:
        if "output_dir" in parameters and parameters["output_dir"].default is inspect.Parameter.empty:
            given = {"output_dir": written} | given
        try:
            found = list(_parts("", prepare(root, **given)))
            made = [_complete(lhotse, part, where) for part in found if part.recordings and part.supervisions]
        except UserError:
            raise
        except Exception as error:  # whatever a recipe raises where a folder is not as it expects
            kind, said = type(error).__name__, " ".join(str(error).split())
            raise UserError(f"{where}: Lhotse cannot read it ({kind}: {said}){_names(parameters)}") from error
    if not made:
        raise UserError(f"{where}: Lhotse finds no recording with a text in it{_names(parameters)}")
    return made


def _function(recipe: str) -> Callable[..., Any]:
    from lhotse import recipes

    known = sorted(name.removeprefix("prepare_") for name in dir(recipes) if name.startswith("prepare_"))
    if recipe not in known:
        raise UserError(f"corpus.recipe={recipe!r}: Lhotse has no such recipe{nearest(recipe, known)}")
    function: Callable[..., Any] = getattr(recipes, f"prepare_{recipe}")
    return function


def _names(parameters: Mapping[str, inspect.Parameter]) -> str:
    names = ", ".join(list(parameters)[1:])
    return f"; corpus.recipe_options of this recipe: {names}" if names else ""


def _parts(name: str, found: Any) -> Iterator[Manifests]:
    """Of whatever nesting of parts, languages and microphones."""
    if not isinstance(found, Mapping):
        return
    if "recordings" in found and "supervisions" in found:
        yield Manifests(name, found["recordings"], found["supervisions"])
    else:
        for key, value in found.items():
            yield from _parts(f"{name}/{key}".strip("/"), value)


def _complete(lhotse: ModuleType, part: Manifests, where: str) -> Manifests:
    """In memory: what was written to a temporary folder is gone after the recipe."""
    try:
        return Manifests(
            part.part,
            lhotse.RecordingSet.from_recordings(list(part.recordings)),
            lhotse.SupervisionSet.from_segments(list(part.supervisions)),
        )
    except AttributeError as error:
        raise UserError(f"{where}: its part {part.part!r} holds no recordings and supervisions") from error
