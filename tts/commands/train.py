"""`tts-train`: a prepared corpus becomes a voice, or a vocoder."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, TypeVar

from lightning_fabric import Fabric

from tts.commands.cli import command
from tts.data.manifest import find_manifest, read_info
from tts.errors import UserError
from tts.settings.schema import parse
from tts.training.acoustic.config import TrainConfig
from tts.training.acoustic.trainer import AcousticTrainer
from tts.training.config import CorpusPart, RunConfig, corpus_parts
from tts.training.hardware.fabric import launch
from tts.training.hardware.processes import CHILDREN, attach_to_parent, is_first_process, report_to_parent
from tts.training.hardware.stopping import StopRequest, command_to_go_on
from tts.training.monitoring.means import in_words
from tts.training.run_folder import config_beside, locked, starting_point
from tts.training.trainer import Trainer
from tts.training.vocoder.config import VocoderTrainConfig
from tts.training.vocoder.trainer import VocoderTrainer

Config = TypeVar("Config", bound=RunConfig)
PATHS = (
    "run_dir", "resume", "init_from", "corpus.out", "corpus.parts.*.out", "alignment.folder", "mels.voice", "ranking",
)  # fmt: skip
"""Keys whose values are taken literally."""


def read_config(config: dict[str, Any]) -> TrainConfig | VocoderTrainConfig:
    """A composed config of `tts-train` as checked settings: those of what it trains, its `task`.

    Raises
    ------
    UserError: an unknown key or a wrong type; another language than that of the corpora.
    """
    settings = {key: value for key, value in config.items() if key != "corpus"}
    settings["corpora"] = corpus_parts(config["corpus"])
    for name, part in settings["corpora"].items():
        parse(CorpusPart, part, f"corpus.parts.{name}" if "parts" in config["corpus"] else "corpus")
    if "text" in settings:
        settings["text"] = _in_language(settings["text"], settings["corpora"])
    if settings["name"] is None:
        settings["name"] = Path(str(config["run_dir"])).expanduser().resolve().name or "run"
    found = parse(RunConfig, settings, "")
    assert isinstance(found, TrainConfig | VocoderTrainConfig)
    return found


def _in_language(text: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    """The section `text` with the language of the first corpus, once that is prepared: a voice speaks what it learnt.

    Raises
    ------
    UserError: another language is given.
    """
    given = text["language"]
    folder = Path(next(iter(parts.values()))["out"]).expanduser()
    if not (folder / "corpus.json").is_file():
        return text if given is not None else {key: value for key, value in text.items() if key != "language"}
    language = read_info(folder).text["language"]
    if given not in (None, language):
        raise UserError(
            f"text.language={given}, but {folder} was prepared in {language}: leave text.language and corpus.language "
            f"out, or prepare it again with corpus.language={given}"
        )
    return text | {"language": language}


def train(config: dict[str, Any]) -> None:
    """Train what `config` says, and print where the results are."""
    settings = read_config(with_data_of_run(config, sys.argv[1:]))
    if isinstance(settings, VocoderTrainConfig):
        if _run(settings, VocoderTrainer):
            vocoder = Path(settings.run_dir) / "vocoder"
            print(f"vocoder: {vocoder}")
            choice = f"vocoder=istft vocoder.path={vocoder}"
            _print_how_to_speak(f"voice=VOICE {choice}")
    elif _run(settings, AcousticTrainer):
        voice = Path(settings.run_dir) / "voice"
        print(f"voice: {voice}")
        _print_how_to_speak(f"voice={voice}")


def with_data_of_run(config: dict[str, Any], overrides: Sequence[str]) -> dict[str, Any]:
    """A composed config, with the mel definition and the corpora of the run that it resumes where `overrides` name
    none: the defaults may have been others when that run began."""
    start = starting_point(Path(config["run_dir"]).expanduser(), config["resume"]) if config["resume"] else None
    saved = None if start is None else config_beside(start)
    if saved is None:
        return config
    named = {override.lstrip("+~").partition("=")[0].partition(".")[0].partition("/")[0] for override in overrides}
    kept: dict[str, Any] = {}
    if "audio" not in named and "audio" in saved:
        kept["audio"] = saved["audio"]
    if "corpus" not in named and isinstance(saved.get("corpora"), dict):
        kept["corpus"] = {"name": config["corpus"]["name"], "parts": saved["corpora"]}
    return config | kept


def _print_how_to_speak(given: str) -> None:
    plugins = [argument for argument in sys.argv[1:] if argument.startswith("plugins=")]
    print(" ".join(["speak: python scripts/synthesize.py", *plugins, given, 'text="Hello there." out=spoken']))


def _run(settings: Config, kind: Callable[[Config, Fabric, StopRequest], Trainer[Config, Any, Any]]) -> bool:
    """Train; whether this process is the one that prints the results."""
    for part in settings.corpora.values():
        find_manifest(part.out)
    is_child = attach_to_parent()
    with nullcontext(StopRequest()) if is_child else StopRequest() as stop:
        try:
            with locked(Path(settings.run_dir)) if is_first_process() else nullcontext():
                fabric = launch(settings.trainer)
                trainer = kind(settings, fabric, stop)
                if settings.profile:
                    print(trainer.profile())
                    return False
                metrics = trainer.fit()
        except KeyboardInterrupt:
            CHILDREN.end()
            print("interrupted before the first step", file=sys.stderr)
            sys.exit(128 + (stop.number or signal.SIGINT))
        except Exception as error:
            (report_to_parent if is_child else CHILDREN.fail)(error)
    if trainer.stopped and not is_child:
        CHILDREN.end()  # in a multirun, they would begin the next
        if fabric.is_global_zero:
            print(f"stopped at step {trainer.step}, saved in {trainer.last_checkpoint}; to go on:", file=sys.stderr)
            print(f"  {command_to_go_on()}", file=sys.stderr)
        sys.exit(128 + (stop.number or signal.SIGTERM))
    if fabric.is_global_zero:
        print(f"{settings.name}: {trainer.step} steps, {trainer.minutes:.1f} minutes")
        for name, value in metrics.items():
            print(f"  {name:14} {in_words(value)}")
        if trend := trainer.trend():
            print(trend)
    return fabric.is_global_zero


main = command(train, "train", literal=PATHS, prepared=True, check=read_config)

if __name__ == "__main__":
    main()
