"""`tts-train`: a prepared corpus becomes a voice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tts.commands.cli import command
from tts.schema import parse
from tts.training.acoustic import AcousticTrainer
from tts.training.config import TrainConfig, corpus_parts
from tts.training.fabric import make_fabric


def read_config(config: dict[str, Any]) -> TrainConfig:
    """`configs/train.yaml`, resolved, as checked settings.

    Raises
    ------
    UserError: an unknown key or a wrong type.
    """
    settings = {key: value for key, value in config.items() if key != "corpus"}
    return parse(TrainConfig, settings | {"corpora": corpus_parts(config["corpus"])}, "config")


def train(config: dict[str, Any]) -> None:
    """Train as `config` says, and say where everything is."""
    settings = read_config(config)
    fabric = make_fabric(settings.trainer)
    fabric.launch()
    trainer = AcousticTrainer(settings, fabric)
    if settings.profile:
        print(trainer.profile())
        return
    metrics = trainer.fit()
    if fabric.is_global_zero:
        run_dir = Path(settings.run_dir)
        print(f"{settings.name}: {trainer.step} steps, {trainer.minutes:.1f} minutes")
        for name, value in metrics.items():
            print(f"  {name:14} {value:.3f}")
        print(f"voice: {run_dir / 'voice'}")
        print(f'speak: python scripts/synthesize.py voice={run_dir / "voice"} text="Hello there." out=spoken')


main = command(train, "train")

if __name__ == "__main__":
    main()
