"""The training loop, whatever is trained: budget, checkpoints, resuming, validation, processes.

What is trained fills in the rest: `tts.training.acoustic` a voice, `tts.training.vocoder` a vocoder.
"""

from __future__ import annotations

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
from torch.utils.data import DataLoader

from tts.errors import UserError
from tts.files import write_text
from tts.schema import plain
from tts.training.checkpoint import (
    gather_random_state,
    load_checkpoint,
    restore_random_state,
    save_checkpoint,
)
from tts.training.config import RunConfig
from tts.training.fabric import cores
from tts.training.run_log import RunLog

PROFILED_STEPS = 4
MOST_WORKERS = 4


class NonFiniteLoss(UserError):
    """The loss became infinite or not a number."""


class AnyBatch(Protocol):
    ids: list[str]


Config = TypeVar("Config", bound=RunConfig)
Batch = TypeVar("Batch", bound=AnyBatch)
Report = TypeVar("Report")


class Trainer(ABC, Generic[Config, Batch, Report]):
    """One run: `fit` trains until its steps or minutes are over.

    `run_dir/` receives config.yaml, checkpoints/, tensorboard/, and what a subclass exports at every checkpoint.
    """

    judged_by: ClassVar[str]
    """The validation metric whose lowest value makes the best checkpoint."""

    def __init__(self, config: Config, fabric: Fabric) -> None:
        self.config, self.fabric = config, fabric
        self.run_dir = Path(config.run_dir)
        state = self._state_to_resume()
        self.build()
        self.step, self.minutes, self.best = 0, 0.0, float("inf")
        torch.manual_seed(config.seed + fabric.global_rank)
        if state is not None:
            self._resume(state)
        self.log: RunLog | None = None
        if fabric.is_global_zero:
            self._save_config()
            self.log = RunLog(config, fabric.device, self.step, fabric.world_size)
            self.prepare_first_process()

    @abstractmethod
    def build(self) -> None:
        """Open the data; make the modules and their optimisers."""

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
        """Judge the averaged weights on held-out recordings, in the first process."""

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
        """Train to the end of the budget; returns the last validation."""
        trainer = self.config.trainer
        started = time.monotonic() - 60 * self.minutes
        checked: tuple[Tensor, Tensor, Tensor, list[str]] | None = None
        metrics: dict[str, float] = {}
        if self.log is not None:
            self.log.start(self.describe())
        for batch in self.batches():
            self.minutes = (time.monotonic() - started) / 60
            progress = self._progress()
            if progress >= 1:
                break
            self.before_step()
            loss, report, norm = self.train_step(batch, progress)
            # Read one step late, when a GPU is at work on the next.
            if checked is not None:
                self._check_finite(*checked)
            checked = (self.mean(loss.detach().clone()), loss.detach(), norm.detach(), batch.ids)
            self.step += 1
            if self.log is not None:
                self.log_step(self.log, batch, report, norm)
            validate, save = self.step % trainer.validate_every == 0, self._saves_now
            if validate or save:
                self._check_finite(*checked)  # a ruined model is neither judged nor kept
            if validate:
                metrics = self._validate()
            if save:
                self._save()
        if checked is not None:
            self._check_finite(*checked)
            if self.step % trainer.validate_every:
                metrics = self._validate()
            if not self._saves_now:
                self._save()
        if self.log is not None:
            self.log.close()
        return metrics

    def profile(self) -> str:
        """A few steps under torch's profiler → a table of what they spent their time on, by own CPU time."""
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

    def load(self, dataset: Any, **how: Any) -> Iterator[Any]:
        """Batches of `dataset` on the training device, read by `DataLoader` as `how` says."""
        config, device = self.config.trainer, self.fabric.device
        on_gpu = device.type == "cuda"  # training on a CPU needs every core
        share = cores() // (self.fabric.world_size // config.nodes)
        ahead = min(MOST_WORKERS, share) if on_gpu else 0
        workers = config.loader_workers if isinstance(config.loader_workers, int) else ahead
        loader = DataLoader(
            dataset,
            generator=torch.Generator(),  # its seed would be drawn from the model's, and a resumed run draw once more
            num_workers=workers,
            multiprocessing_context="spawn" if workers else None,
            pin_memory=on_gpu,
            **how,
        )
        for batch in loader:
            yield batch.to(device)

    def descend(self, loss: Tensor, module: Any, optimizer: Any) -> Tensor:
        """One step of `optimizer` down the gradient of `loss` on `module`, clipped → the gradient's norm before."""
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

    def _check_finite(self, mean: Tensor, own: Tensor, norm: Tensor, ids: list[str]) -> None:
        """`mean` of the `own` losses of all processes, so that all of them stop, as the gradient's `norm` is everywhere
        the same; `ids` of this one's batch."""
        if torch.isfinite(mean):
            # A float16 gradient that overflows is not taken, and the loss scaled down.
            if torch.isfinite(norm) or self.config.trainer.precision == "16-mixed":
                return
            raise NonFiniteLoss(
                f"step {self.step}: the gradient's norm is {float(norm)} where the loss is {float(mean)}; lower "
                "optimizer.lr, or take trainer.precision=32-true; resume=auto goes on from the last checkpoint"
            )
        lost = [[] if torch.isfinite(own) else ids]
        if self.fabric.world_size > 1:
            lost = [[] for _ in range(self.fabric.world_size)]
            torch.distributed.all_gather_object(lost, [] if torch.isfinite(own) else ids)
        raise NonFiniteLoss(
            f"step {self.step}: the loss is {float(mean)} in the batch of {', '.join(chain(*lost))}; look at these "
            "recordings, or lower optimizer.lr; resume=auto goes on from the last checkpoint"
        )

    @property
    def _saves_now(self) -> bool:
        trainer = self.config.trainer
        return any(every and self.step % every == 0 for every in (trainer.checkpoint_every, trainer.keep_every))

    def _validate(self) -> dict[str, float]:
        metrics: dict[str, float] = {}
        if self.log is not None:
            metrics = self.validate(self.log)
            self.log.validation(metrics, self.step, self.minutes)
            if metrics[self.judged_by] < self.best:
                self.best = metrics[self.judged_by]
                save_checkpoint(self.run_dir / "checkpoints" / "best.pt", self._state([torch.get_rng_state()]))
        self.fabric.barrier()
        return metrics

    def _save(self) -> None:
        rng = gather_random_state(self.fabric)
        if self.fabric.is_global_zero:
            folder = self.run_dir / "checkpoints"
            state = self._state(rng)
            self.export()  # first: a run that ends between the two exports again when it goes on
            save_checkpoint(folder / "last.pt", state)
            keep = self.config.trainer.keep_every
            if keep and self.step % keep == 0:
                save_checkpoint(folder / f"step_{self.step:07d}.pt", state)
            if self.log is not None:
                self.log.board.flush()
        self.fabric.barrier()

    def _save_config(self) -> None:
        self.run_dir.mkdir(parents=True, exist_ok=True)
        content = yaml.safe_dump(plain(self.config), sort_keys=False, allow_unicode=True)
        write_text(self.run_dir / "config.yaml", content)

    def _state(self, rng: list[Tensor]) -> dict[str, Any]:
        own = {"step": self.step, "minutes": self.minutes, "best": self.best, "rng": rng, "seed": self.config.seed}
        own["precision"] = self.fabric.strategy.precision.state_dict()  # float16's scale of the loss
        return self.state() | own

    def _state_to_resume(self) -> dict[str, Any] | None:
        last = self.run_dir / "checkpoints" / "last.pt"
        if self.config.resume is None:
            if last.exists():
                raise UserError(
                    f"{self.run_dir}: holds a run already; go on with resume=auto, or choose another run_dir"
                )
            return None
        if self.config.resume != "auto":
            return load_checkpoint(Path(self.config.resume))
        found = self.mean(torch.tensor(float(last.exists()), device=self.fabric.device))
        if 0 < found < 1:
            raise UserError(f"{last}: not on every machine of the run; copy it from the first to the others")
        return load_checkpoint(last) if found else None

    def _resume(self, state: dict[str, Any]) -> None:
        self.load_state(state)
        self.step, self.minutes, self.best = state["step"], state["minutes"], state["best"]
        if state.get("precision"):
            self.fabric.strategy.precision.load_state_dict(state["precision"])
        restore_random_state(self.fabric, state["rng"])
        if self.fabric.is_global_zero:
            print(f"resumed at step {self.step}", file=sys.stderr)
