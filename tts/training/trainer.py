"""The training loop, whatever is trained: budget, checkpoints, resuming, validation, processes.

What is trained fills in the rest: `tts.training.acoustic.trainer` a voice, `tts.training.vocoder.trainer` a vocoder.
"""

from __future__ import annotations

import math
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import torch
import yaml
from lightning_fabric import Fabric
from torch import Tensor
from torch.profiler import ProfilerActivity, profile

from tts.errors import UserError
from tts.reporting.progress import counted
from tts.settings.schema import plain
from tts.storage.files import write_text
from tts.training.changes import check_changes
from tts.training.checkpoint import (
    gather_random_state,
    load_checkpoint,
    restore_random_state,
    save_checkpoint,
)
from tts.training.config import RunConfig
from tts.training.hardware.stopping import StopRequest
from tts.training.monitoring.run_log import RunLog
from tts.training.run_folder import BEST, CHECKPOINTS, CONFIG, LAST, starting_point

PROFILED_STEPS = 4


class NonFiniteLoss(UserError):
    """The loss became infinite or not a number."""


class AnyBatch(Protocol):
    ids: list[str]


Config = TypeVar("Config", bound=RunConfig)
Batch = TypeVar("Batch", bound=AnyBatch)
Report = TypeVar("Report")


class Trainer(ABC, Generic[Config, Batch, Report]):
    """One run: `fit` trains until its steps or minutes are over, or `stop`, in any of its processes, is asked for.

    `run_dir/` receives config.yaml, checkpoints/, tensorboard/, and what a subclass exports at every checkpoint.

    A subclass's constructor calls this one, which reads the checkpoint to go on from; then opens the data and makes the
    modules and their optimisers; and ends with `start`, which resumes and opens the log.
    """

    monitor: ClassVar[str]
    """The validation metric whose lowest value makes the best checkpoint."""

    def __init__(self, config: Config, fabric: Fabric, stop: StopRequest | None = None) -> None:
        self.config, self.fabric, self.stop = config, fabric, stop or StopRequest()
        self.run_dir = Path(config.run_dir)
        self.step, self.minutes, self.best = 0, 0.0, float("inf")
        self.stopped = False
        """Whether a signal ended `fit`."""
        self.validated: list[tuple[int, float]] = []
        """Steps of this process's validations, and the monitored figure of each."""
        self.log: RunLog | None = None
        self.last_checkpoint = self._starting_point()
        """The checkpoint to go on from, should the run end here."""
        self._resumed = None if self.last_checkpoint is None else load_checkpoint(self.last_checkpoint)
        self._changes = ""
        if self.last_checkpoint is not None and self._resumed is not None:
            self._changes = check_changes(self.last_checkpoint, self._resumed, config)

    def start(self) -> None:
        """Go on from the checkpoint, if there is one, and open the log; the last line of a subclass's constructor."""
        state, self._resumed = self._resumed, None
        torch.manual_seed(self.config.seed + self.fabric.global_rank)
        if state is not None:
            self._resume(state)
        if self.fabric.is_global_zero:
            if state is not None:
                self._report_resumed(len(state["rng"]))
            self._save_config()
            self.log = RunLog(self.config, self.fabric.device, self.step, self.fabric.world_size)
            self.prepare_first_process()

    @abstractmethod
    def prepare_first_process(self) -> None:
        """What only the process that logs needs: reports and the validator."""

    @abstractmethod
    def describe(self) -> str:
        """What is trained on what, in a few words."""

    @abstractmethod
    def batches(self) -> Iterator[Batch]:
        """Batches of this process from the current step on, without end, on the training device."""

    def before_step(self) -> None:
        """Called before the work of every step."""

    @abstractmethod
    def train_step(self, batch: Batch, progress: float) -> tuple[Tensor, Report, Tensor]:
        """One optimiser step on `batch`, `progress` of the way through the run → the loss, what led to it, and the
        gradient's norm."""

    @abstractmethod
    def log_step(self, log: RunLog, batch: Batch, report: Report, norm: Tensor) -> None:
        """Log the training step that ended as number `self.step`."""

    @abstractmethod
    def validate(self, log: RunLog) -> dict[str, float]:
        """Measure the averaged weights on held-out recordings, in the first process."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """What a checkpoint holds of the subclass."""

    @abstractmethod
    def load_state(self, state: dict[str, Any]) -> None:
        """The inverse of `state`.

        Raises
        ------
        UserError: the checkpoint is of another run.
        """

    @abstractmethod
    def export(self) -> None:
        """Write what the run is for into `run_dir`."""

    def fit(self) -> dict[str, float]:
        """Train to the end of the budget, or until asked to stop; returns the last validation.

        Raises
        ------
        NonFiniteLoss: the run has diverged. The checkpoints are from before.
        UserError: something could not be written, as on a full disk. Earlier checkpoints remain.
        """
        if self.log is not None:
            self.log.start(self.describe())
        try:
            with self.stop.deferred():
                return self._fit()
        except OSError as error:
            raise UserError(f"step {self.step}: {_reason(error)}; {self._how_to_resume()}") from error
        finally:
            if self.log is not None:
                self.log.bar.close()

    def _fit(self) -> dict[str, float]:
        trainer = self.config.trainer
        started = time.monotonic() - 60 * self.minutes
        unchecked: tuple[Tensor, Tensor, Tensor, list[str]] | None = None
        delayed = self.fabric.device.type == "cuda"
        stop_flag = torch.zeros((), device=self.fabric.device)
        metrics: dict[str, float] = {}
        progress = 0.0
        for batch in self.batches():
            self.minutes = (time.monotonic() - started) / 60
            progress = self._progress()
            if self.stopped or progress >= 1:
                break
            self.before_step()
            loss, report, norm = self.train_step(batch, progress)
            if delayed and unchecked is not None:  # read while a GPU is at work on the next step
                self.stopped = self._check(*unchecked)
            stop_flag.fill_(float(self.stop.number is not None))
            shared = self.mean(torch.stack([loss.detach().float(), stop_flag]))
            unchecked = (shared, loss.detach(), norm.detach(), batch.ids)
            self.step += 1
            if self.log is not None:
                self.log_step(self.log, batch, report, norm)
            validate, save = self.step % trainer.validate_every == 0, self._save_due
            if validate or save or not delayed:
                self.stopped |= self._check(*unchecked)  # a diverged model is neither validated nor saved
            if validate:
                metrics = self._validate()
            if save:
                self._save()
        self.stopped &= progress < 1
        if unchecked is not None:
            self._check(*unchecked)
            if not self.stopped and self.step % trainer.validate_every:
                metrics = self._validate()
            if not self._save_due:
                self._save()
        if self.log is not None:
            self.log.close()
        return metrics

    def trend(self) -> str:
        """What the last steps were worth, in words, and how to go on; empty where there is nothing to compare."""
        if len(self.validated) < 2:
            return ""
        (before, worse), (after, better) = self.validated[-2:]
        if not 0 < worse < math.inf or not math.isfinite(better):
            return ""
        change = f"{'rose' if better > worse else 'fell'} by {100 * abs(1 - better / worse):.1f} %"
        budget = "max_steps" if self.config.trainer.max_minutes is None else "max_steps or max_minutes"
        return f"{self.monitor} {change} in the last {after - before} steps; resume=auto with a larger {budget} goes on"

    def profile(self) -> str:
        """A few steps under torch's profiler → a table of operators by their own CPU time."""
        batches = self.batches()
        self.before_step()
        for _ in range(5):
            self.train_step(next(batches), 0.0)
        with profile(activities=[ProfilerActivity.CPU]) as profiler:
            for _ in range(PROFILED_STEPS):
                self.train_step(next(batches), 0.0)
        if self.log is not None:
            self.log.close()
        return profiler.key_averages().table(sort_by="self_cpu_time_total", row_limit=25)

    def optimizer_step(self, loss: Tensor, module: Any, optimizer: Any) -> Tensor:
        """One step of `optimizer` on `module` by the clipped gradient of `loss` → the gradient's norm before."""
        self.fabric.backward(loss)
        most = self.config.optimizer.clip_norm
        norm = self.fabric.clip_gradients(module, optimizer, max_norm=most, error_if_nonfinite=False)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        assert norm is not None
        return norm

    def mean(self, value: Tensor) -> Tensor:
        """`value`, replaced by its mean over the processes."""
        if self.fabric.world_size > 1:
            torch.distributed.all_reduce(value)
            value.div_(self.fabric.world_size)
        return value

    def _progress(self) -> float:
        trainer = self.config.trainer
        progress = self.step / trainer.max_steps
        if trainer.max_minutes is None:
            return progress
        progress = max(progress, self.minutes / trainer.max_minutes)
        if self.fabric.world_size > 1:  # clocks differ; stopping must not
            progress = float(self.fabric.broadcast(progress))
        return progress

    def _check(self, shared: Tensor, own: Tensor, norm: Tensor, ids: list[str]) -> bool:
        """Whether one of the processes was asked to stop.

        Parameters
        ----------
        shared: means over all processes, so that all of them do the same: of the loss, and of whether to stop.
        own: the loss of this process, in its batch of `ids`.
        norm: of the gradient, everywhere the same.

        Raises
        ------
        NonFiniteLoss: the loss, or the gradient, is not finite.
        """
        mean, stop = shared.tolist()
        if math.isfinite(mean):
            # A float16 gradient that overflows is not taken, and the loss scaled down.
            if torch.isfinite(norm) or self.config.trainer.precision == "16-mixed":
                return bool(stop > 0)
            raise NonFiniteLoss(
                f"step {self.step}: the gradient's norm is {float(norm)} where the loss is {mean}; lower "
                "optimizer.lr, or take trainer.precision=32-true; resume=auto goes on from the last checkpoint"
            )
        affected = [[] if torch.isfinite(own) else ids]
        if self.fabric.world_size > 1:
            affected = [[] for _ in range(self.fabric.world_size)]
            torch.distributed.all_gather_object(affected, [] if torch.isfinite(own) else ids)
        raise NonFiniteLoss(
            f"step {self.step}: the loss is {mean} in the batch of {', '.join(chain(*affected))}; look at these "
            "recordings, or lower optimizer.lr; resume=auto goes on from the last checkpoint"
        )

    @property
    def _save_due(self) -> bool:
        trainer = self.config.trainer
        return any(every and self.step % every == 0 for every in (trainer.checkpoint_every, trainer.keep_every))

    def _validate(self) -> dict[str, float]:
        metrics: dict[str, float] = {}
        if self.log is not None:
            metrics = self.validate(self.log)
            self.log.validation(metrics, self.step, self.minutes)
            self.validated.append((self.step, metrics[self.monitor]))
        rng = gather_random_state(self.fabric)
        if self.log is not None and metrics[self.monitor] < self.best:
            self.best = metrics[self.monitor]
            save_checkpoint(self.run_dir / CHECKPOINTS / BEST, self._state(rng))
        self.fabric.barrier()
        return metrics

    def _save(self) -> None:
        rng = gather_random_state(self.fabric)
        if self.fabric.is_global_zero:
            folder = self.run_dir / CHECKPOINTS
            state = self._state(rng)
            self.export()  # first: a run that ends between the two exports again when it goes on
            save_checkpoint(folder / LAST, state)
            self.last_checkpoint = folder / LAST
            keep = self.config.trainer.keep_every
            if keep and self.step % keep == 0:
                save_checkpoint(folder / f"step_{self.step:07d}.pt", state)
            if self.log is not None:
                self.log.board.flush()
        self.fabric.barrier()

    def _how_to_resume(self) -> str:
        if self.last_checkpoint is None:
            return "there is no checkpoint yet; put that right and start again"
        resume = "auto" if self.last_checkpoint == self.run_dir / CHECKPOINTS / LAST else self.last_checkpoint
        return f"{self.last_checkpoint} is as it was; put that right and go on with resume={resume}"

    def _save_config(self) -> None:
        self.run_dir.mkdir(parents=True, exist_ok=True)
        content = yaml.safe_dump(plain(self.config), sort_keys=False, allow_unicode=True)
        write_text(self.run_dir / CONFIG, content)

    def _state(self, rng: list[Tensor]) -> dict[str, Any]:
        own = {"step": self.step, "minutes": self.minutes, "best": self.best, "rng": rng, "seed": self.config.seed}
        own["config"] = plain(self.config)
        own["precision"] = self.fabric.strategy.precision.state_dict()  # float16's scale of the loss
        return self.state() | own

    def _starting_point(self) -> Path | None:
        path = starting_point(self.run_dir, self.config.resume)
        if self.config.resume != "auto":
            return path
        last = self.run_dir / CHECKPOINTS / LAST
        found = self.mean(torch.tensor(float(path is not None), device=self.fabric.device))
        if 0 < found < 1:
            raise UserError(f"{last}: not on every machine of the run; copy it from the first to the others")
        return last if found else None

    def _resume(self, state: dict[str, Any]) -> None:
        self.load_state(state)
        self.step, self.minutes, self.best = state["step"], state["minutes"], state["best"]
        if state.get("precision"):
            self.fabric.strategy.precision.load_state_dict(state["precision"])
        restore_random_state(self.fabric, state["rng"])

    def _report_resumed(self, trained: int) -> None:
        """
        Parameters
        ----------
        trained: number of processes that had trained.
        """
        line = f"resumed at step {self.step}"
        if trained != self.fabric.world_size:
            here = counted(self.fabric.world_size, "process")
            line += f" with {here} instead of {trained}: its batches and random draws are others from here on"
        print(line, file=sys.stderr)
        if self._changes:
            print(f"resume: {self._changes}", file=sys.stderr)


def _reason(error: OSError) -> str:
    return ": ".join(str(part) for part in (error.filename, error.strerror or error) if part)
