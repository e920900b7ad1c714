"""What each command can be given: its settings, and of training one kind of them for every task."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from hydra.core.override_parser.types import Override

from tts.commands.composition.options import written

SETTINGS: dict[str, dict[str, str]] = {
    "align": {"align": "tts.commands.align:AlignConfig"},
    "evaluate": {"evaluate": "tts.commands.evaluate:EvaluateConfig"},
    "export": {"export": "tts.commands.export:ExportConfig"},
    "import": {"import": "tts.commands.import_audio:ImportConfig"},
    "prepare": {"prepare": "tts.commands.prepare_data:PrepareConfig"},
    "record": {"record": "tts.commands.record:RecordConfig"},
    "review": {"review": "tts.commands.review:ReviewConfig"},
    "serve": {"serve": "tts.serving.config:ServeConfig"},
    "synthesize": {"synthesize": "tts.commands.synthesize:SynthesizeConfig"},
    "train": {
        "voice": "tts.training.acoustic.config:TrainConfig",
        "vocoder": "tts.training.vocoder.config:VocoderTrainConfig",
    },
}
"""Every command's settings, as MODULE:CLASS, which are imported for that command alone. Each is a config of its own,
`NAME_settings`, for the defaults list of a file in `configs/`."""

WITH_CORPORA = {"align", "evaluate", "prepare", "train"}
"""Commands that take `corpus`, whose layouts the others need not import."""


def settings_of(command: str) -> dict[str, type]:
    """The dataclasses of a command's settings."""
    return {name: _imported(place) for name, place in SETTINGS[command].items()}


def task_of(command: str, overrides: Sequence[Override], config_dir: Path | None) -> str:
    """What a run trains: the task that is given, or else that of its experiment; of a command without, its name."""
    tasks = list(SETTINGS[command])
    experiment = written("experiment", chosen("experiment", overrides) or "", config_dir)
    return chosen("task", overrides) or (experiment and experiment.task) or tasks[0]


def tasks_of(command: str, group: str, name: str, config_dir: Path | None) -> list[str]:
    """Tasks that a config can be used with: the one that it names, or all that have what it sets."""
    found = written(group, name, config_dir)
    if found is None or found.task is not None:
        return [found.task] if found and found.task else []
    return [task for task, known in sections_of(command).items() if found.sections <= known]


def chosen(group: str, overrides: Sequence[Override]) -> str | None:
    """The option that is given for a group, if one is."""
    values = [override.value() for override in overrides if override.key_or_group == group]
    return values[-1] if values and isinstance(values[-1], str) else None


def sections_of(command: str) -> dict[str, set[str]]:
    """Of every task (or the command) its sections, and its keys outside of any."""
    schemas = settings_of(command).items()
    return {task: {"corpus", *(field.name for field in dataclasses.fields(schema))} for task, schema in schemas}


def _imported(place: str) -> type:
    module, _, name = place.partition(":")
    found: type = getattr(import_module(module), name)
    return found
