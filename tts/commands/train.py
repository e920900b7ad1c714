"""`tts-train`: a prepared corpus becomes a voice, or a vocoder."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, TypeVar

from lightning_fabric import Fabric

from tts.commands.cli import command
from tts.data.manifest import find_manifest
from tts.settings.schema import parse
from tts.training.acoustic.config import TrainConfig
from tts.training.acoustic.trainer import AcousticTrainer
from tts.training.config import RunConfig, corpus_parts
from tts.training.hardware.fabric import launch
from tts.training.hardware.processes import OTHERS, fail_quietly, follow, speaks
from tts.training.hardware.stopping import StopRequest, command_to_go_on
from tts.training.monitoring.means import in_words
from tts.training.run_folder import held
from tts.training.trainer import Trainer
from tts.training.vocoder.config import VocoderTrainConfig
from tts.training.vocoder.trainer import VocoderTrainer

Config = TypeVar("Config", bound=RunConfig)
PATHS = ("run_dir", "resume", "init_from", "corpus.out", "corpus.parts.*.out")
"""Of every training; taken to the letter."""


def read_config(config: dict[str, Any]) -> TrainConfig:
    """`configs/train.yaml`, resolved, as checked settings.

    Raises
    ------
    UserError: an unknown key or a wrong type.
    """
    return _read(TrainConfig, config)


def read_vocoder_config(config: dict[str, Any]) -> VocoderTrainConfig:
    """`configs/train_vocoder.yaml`, likewise."""
    return _read(VocoderTrainConfig, config)


def train(config: dict[str, Any]) -> None:
    """Train a voice as `config` says, and say where everything is."""
    settings = read_config(config)
    if _run(settings, AcousticTrainer):
        voice = Path(settings.run_dir) / "voice"
        print(f"voice: {voice}")
        print(f'speak: python scripts/synthesize.py voice={voice} text="Hello there." out=spoken')


def train_vocoder(config: dict[str, Any]) -> None:
    """Train a vocoder as `config` says, and say where everything is."""
    settings = read_vocoder_config(config)
    if _run(settings, VocoderTrainer):
        vocoder = Path(settings.run_dir) / "vocoder"
        print(f"vocoder: {vocoder}")
        choice = f"vocoder=istft vocoder.path={vocoder}"
        print(f'speak: python scripts/synthesize.py voice=VOICE {choice} text="Hello there." out=spoken')


def _read(schema: type[Config], config: dict[str, Any]) -> Config:
    settings = {key: value for key, value in config.items() if key != "corpus"}
    settings["corpora"] = corpus_parts(config["corpus"])
    if settings["name"] is None:
        settings["name"] = Path(str(config["run_dir"])).expanduser().resolve().name or "run"
    return parse(schema, settings, "config")


def _run(settings: Config, kind: Callable[[Config, Fabric, StopRequest], Trainer[Config, Any, Any]]) -> bool:
    """Train; whether this process is the one to say what came out."""
    for part in settings.corpora.values():
        find_manifest(part.out)
    following = follow()
    with nullcontext(StopRequest()) if following else StopRequest() as stop:
        try:
            with held(Path(settings.run_dir)) if speaks() else nullcontext():
                fabric = launch(settings.trainer)
                trainer = kind(settings, fabric, stop)
                if settings.profile:
                    print(trainer.profile())
                    return False
                metrics = trainer.fit()
        except KeyboardInterrupt:
            OTHERS.end()
            print("interrupted before the first step", file=sys.stderr)
            sys.exit(128 + (stop.number or signal.SIGINT))
        except Exception as error:
            (fail_quietly if following else OTHERS.fail)(error)
    if trainer.stopped and not following:
        OTHERS.end()  # in a multirun, they would begin the next
        if fabric.is_global_zero:
            print(f"stopped at step {trainer.step}, which {trainer.kept} keeps; to go on:", file=sys.stderr)
            print(f"  {command_to_go_on()}", file=sys.stderr)
        sys.exit(128 + (stop.number or signal.SIGTERM))
    if fabric.is_global_zero:
        print(f"{settings.name}: {trainer.step} steps, {trainer.minutes:.1f} minutes")
        for name, value in metrics.items():
            print(f"  {name:14} {in_words(value)}")
    return fabric.is_global_zero


def main() -> None:
    """Experiments whose names begin with `vocoder` train a vocoder: their keys are those of `train_vocoder.yaml`."""
    if any(argument.startswith("experiment=vocoder") for argument in sys.argv[1:]):
        command(train_vocoder, "train_vocoder", literal=(*PATHS, "mels.voice"), prepared=True)()
    else:
        command(train, "train", literal=(*PATHS, "alignment.folder"), prepared=True)()


if __name__ == "__main__":
    main()
