"""The log of a run: scalars and pictures in TensorBoard, a line on the terminal."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import psutil
import torch
import yaml
from tqdm import tqdm

from tts.reporting import progress
from tts.reporting.progress import counted
from tts.settings.schema import plain
from tts.training.config import RunConfig
from tts.training.monitoring.means import in_words
from tts.training.monitoring.tensorboard import TensorBoard


class RunLog:
    """The first process's log of a run.

    Parameters
    ----------
    first_step: where the run goes on; what an interrupted run logged beyond it is dropped from the plots.
    world_size: number of processes, whose frames are counted together.
    """

    def __init__(self, config: RunConfig, device: torch.device, first_step: int, world_size: int) -> None:
        self.config, self.device, self.first_step, self.world_size = config, device, first_step, world_size
        self.step = first_step
        self.folder = Path(config.run_dir) / "tensorboard"
        self.board = TensorBoard(self.folder, device, first_step)
        self.bar = tqdm(
            total=None if config.trainer.max_minutes else config.trainer.max_steps, initial=first_step,
            desc=config.name, unit="step",
            disable=None, mininterval=1.0, dynamic_ncols=True,
        )  # fmt: skip
        self.frames, self.since, self.started = 0, time.monotonic(), time.monotonic()
        self.summary, self.last_line = "", time.monotonic()

    def start(self, what: str) -> None:
        """Announce the run; `what` is trained, on what."""
        self.line(
            f"{self.config.name}: {what}, {counted(self.world_size, 'process')} on {self.device}; "
            f"tensorboard --logdir {self.folder}"
        )
        text = yaml.safe_dump(plain(self.config), sort_keys=False, allow_unicode=True)
        self.board.markdown("run/config", f"```yaml\n{text}```", self.first_step)

    def advance(self, frames: int) -> None:
        """A training step on `frames` mel frames of this process is done."""
        self.frames += frames
        self.bar.update()
        self.step += 1
        if self.bar.disable and time.monotonic() - self.last_line >= progress.SILENCE:  # no terminal to show a bar on
            of, left = self._by_steps()
            self.line(f"{self.config.name}: step {self.step}{of} {self.summary}{left}".rstrip())
            self.last_line = time.monotonic()

    def _by_steps(self) -> tuple[str, str]:
        """Of how many steps, and how long the rest takes; empty where minutes end the run, which are shown anyway."""
        trainer = self.config.trainer
        if trainer.max_minutes:
            return "", ""
        pace = (time.monotonic() - self.started) / (self.step - self.first_step) / 60
        return f" of {trainer.max_steps}", f", {pace * (trainer.max_steps - self.step):.1f} min left at this pace"

    def values(self, values: dict[str, float], summary: str, step: int, minutes: float) -> None:
        """Log a step's values, and show `summary` beside the progress bar."""
        speed = self._frames_per_second()
        values = values | {
            "train/frames_per_second": speed,
            "train/memory_mb": memory_mb(self.device),
            "train/minutes": minutes,
        }
        self.board.scalars(values, step)
        budget = f" of {self.config.trainer.max_minutes:g}" if self.config.trainer.max_minutes else ""
        self.summary = f"{summary} {speed / 1000:.1f}k frames/s {minutes:.1f}{budget} min"
        self.bar.set_postfix_str(self.summary)

    def validation(self, metrics: dict[str, float], step: int, minutes: float) -> None:
        self.board.scalars({f"valid/{name}": value for name, value in metrics.items()}, step)
        shown = ", ".join(f"{name} {in_words(value)}" for name, value in metrics.items())
        self.line(f"step {step}, {minutes:.1f} min: {shown}")

    def close(self) -> None:
        self.bar.close()
        self.board.close()

    def _frames_per_second(self) -> float:
        """Valid mel frames per second of wall time over all processes, since the last reading."""
        now = time.monotonic()
        speed = self.world_size * self.frames / max(now - self.since, 1e-9)
        self.frames, self.since = 0, now
        return speed

    def line(self, text: str) -> None:
        tqdm.write(text, file=sys.stderr)


def memory_mb(device: torch.device) -> float:
    """Memory in use: the most so far of the GPU, if training is there, else what the process holds now."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20
    return float(psutil.Process().memory_info().rss) / 2**20
