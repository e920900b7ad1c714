"""How fast training is, in mel frames per CPU-second: `python scripts/benchmark.py benchmark=training [key=value ...]`.

Takes the keys of `scripts/train.py`, so that any experiment and size can be timed on its own corpus, for instance
`experiment=one_speaker trainer.threads=1` and `experiment=one_speaker model=medium trainer.precision=32-true`.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from tts.commands.cli import load_config
from tts.commands.train import read_config
from tts.training.acoustic.config import TrainConfig
from tts.training.acoustic.trainer import AcousticTrainer
from tts.training.hardware.fabric import launch
from tts.training.monitoring.run_log import memory_mb

WARM_UP, STEPS = 3, 10


def main(arguments: list[str], _: Path | None) -> None:
    """Time steps of both phases and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        overrides = ["trainer.devices=1", *arguments, f"run_dir={folder}"]
        config = read_config(load_config("train", overrides))
        assert isinstance(config, TrainConfig)
        trainer = AcousticTrainer(config, launch(config.trainer))
        parameters = sum(p.numel() for p in trainer.model.parameters()) / 1e6
        print(f"{parameters:.2f} M parameters, {config.trainer.frames_per_batch} frames a step at most")
        print("phase     CPU-s a step   frames a step   frames per CPU-s   frames per s     MB held")
        batches = trainer.batches()
        for phase, tunable in (("plain", False), ("monotonic", True)):
            trainer.model.smma_tunable = tunable
            trainer.phase.switched_at = 0 if tunable else None
            cpu, wall, frames = [], [], 0
            for number in range(WARM_UP + STEPS):
                batch = next(batches)
                started = time.process_time(), time.perf_counter()
                trainer.train_step(batch, progress=0.0)
                if number >= WARM_UP:
                    cpu.append(time.process_time() - started[0])
                    wall.append(time.perf_counter() - started[1])
                    frames += int(batch.mel_lengths.sum())
            print(
                f"{phase:9} {statistics.median(cpu):12.3f} {frames / STEPS:15.0f} {frames / sum(cpu):18.0f} "
                f"{frames / sum(wall):14.0f} {memory_mb(trainer.fabric.device):9.0f}"
            )
        if trainer.log is not None:
            trainer.log.close()
