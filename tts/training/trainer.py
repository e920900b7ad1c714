"""The training loop."""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, cast

import torch
import yaml
from lightning_fabric import Fabric
from torch.profiler import ProfilerActivity, profile
from torch.utils.data import DataLoader

from tts.data.batch import Batch
from tts.data.batching import FrameBudgetBatches
from tts.errors import UserError
from tts.files import write_rows, write_text
from tts.models.acoustic import AcousticModel
from tts.models.losses import Objective, StepReport
from tts.schema import plain
from tts.synthesis.voice import VoiceConfig, VoiceInfo, save_voice
from tts.training.checkpoint import (
    gather_random_state,
    load_checkpoint,
    restore_random_state,
    save_checkpoint,
)
from tts.training.config import TrainConfig
from tts.training.optimizer import averaged, learning_rate, make_optimizer
from tts.training.phase import PhaseSchedule
from tts.training.run_log import RunLog
from tts.training.setup import build_model, load_data
from tts.training.validation import Validator

PROFILED_STEPS = 4
NAMED = 3
"""Utterances left out that the terminal names."""


class NonFiniteLoss(UserError):
    """The loss became infinite or not a number."""


class Trainer:
    """One run: `fit` trains until its steps or minutes are over.

    `run_dir/` receives config.yaml, checkpoints/, tensorboard/, alignments/ (PNG) and voice/, which is
    refreshed at every checkpoint; with `alignment=from_files` left_out.tsv too.
    """

    def __init__(self, config: TrainConfig, fabric: Fabric) -> None:
        self.config, self.fabric = config, fabric
        self.run_dir = Path(config.run_dir)
        state = self._state_to_resume()
        with fabric.rank_zero_first():
            self.data = load_data(config)
        self.model = build_model(config, self.data)
        optimizer = make_optimizer(self.model, config.optimizer)
        self.objective, self.optimizer = fabric.setup(Objective(self.model, config.loss), optimizer)
        self.average = averaged(self.model, config.optimizer.ema_decay)
        self.averaged_model = cast(AcousticModel, self.average.module)
        self.phase = PhaseSchedule(config.smma, config.seed, aligned=config.alignment.kind == "from_files")
        self.step, self.minutes, self.best = 0, 0.0, float("inf")
        torch.manual_seed(config.seed + fabric.global_rank)
        if state is not None:
            self._load_state(state)
        self.log: RunLog | None = None
        self.validator: Validator | None = None
        if fabric.is_global_zero:
            self._save_config()
            self._report_left_out()
            self.log = RunLog(config, fabric.device, self.step, fabric.world_size)
            self.validator = Validator(
                self.data.valid, fabric.device, config.trainer.validation_utterances, self.run_dir / "alignments"
            )

    def fit(self) -> dict[str, float]:
        """Train to the end of the budget; returns the last validation."""
        trainer = self.config.trainer
        started = time.monotonic() - 60 * self.minutes
        checked: tuple[torch.Tensor, torch.Tensor, list[str]] | None = None
        metrics: dict[str, float] = {}
        if self.log is not None:
            self.log.start(self.model, len(self.data.train), len(self.data.speakers))
        for batch in self.batches():
            self.minutes = (time.monotonic() - started) / 60
            progress = self._progress()
            if progress >= 1:
                break
            self._agree_on_focus()
            if self.phase.update(self.step, self.model.attentions) and self.log is not None:
                self.log.switch(self.model.attentions, self.step)
            conditions = self.phase.conditions(self.step)
            loss, report, norm = self.train_step(batch, progress)
            # Read one step late, so that a GPU is never waited for.
            if checked is not None:
                self._check_finite(*checked)
            checked = (self._mean(loss.detach().clone()), loss.detach(), batch.ids)
            self.step += 1
            if self.log is not None:
                monotonic, lr = self.model.smma_tunable, self.optimizer.param_groups[0]["lr"]
                self.log.step(self.step, batch, report, conditions, monotonic, lr, norm, self.minutes)
            validate, save = self.step % trainer.validate_every == 0, self.step % trainer.checkpoint_every == 0
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
            if self.step % trainer.checkpoint_every:
                self._save()
        if self.log is not None:
            self.log.close()
        return metrics

    def profile(self) -> str:
        """A few steps under torch's profiler → a table of what they spent their time on, by own CPU time."""
        batches = self.batches()
        self.phase.update(self.step, self.model.attentions)
        for _ in range(5):
            self.train_step(next(batches), 0.0)
        with profile(activities=[ProfilerActivity.CPU]) as profiler:
            for _ in range(PROFILED_STEPS):
                self.train_step(next(batches), 0.0)
        if self.log is not None:
            self.log.close()
        return profiler.key_averages().table(sort_by="self_cpu_time_total", row_limit=25)

    def train_step(self, batch: Batch, progress: float) -> tuple[torch.Tensor, StepReport, torch.Tensor]:
        """One optimiser step on `batch` → the loss, what led to it, and the gradient's norm."""
        self.objective.train()
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.config.optimizer, self.step, progress)
        loss, report = self.objective(batch, self.phase.conditions(self.step), self.step)
        self.fabric.backward(loss)
        norm = self.fabric.clip_gradients(
            self.objective, self.optimizer, max_norm=self.config.optimizer.clip_norm, error_if_nonfinite=False
        )
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.average.update_parameters(self.model)
        assert norm is not None
        return loss, report, norm

    def _agree_on_focus(self) -> None:
        """Every process saw other batches; all must switch at the same step, to the same heads."""
        if not self.model.smma_tunable:
            for attention in self.model.attentions:
                self._mean(attention.focus)

    def _mean(self, value: torch.Tensor) -> torch.Tensor:
        """`value`, replaced by its mean over the processes."""
        if self.fabric.world_size > 1:
            torch.distributed.all_reduce(value)
            value.div_(self.fabric.world_size)
        return value

    def _progress(self) -> float:
        trainer = self.config.trainer
        shares = [self.step / trainer.max_steps]
        if trainer.max_minutes is not None:
            shares.append(self.minutes / trainer.max_minutes)
        progress = max(shares)
        if self.fabric.world_size > 1:  # clocks differ; stopping must not
            progress = float(self.fabric.broadcast(progress))
        return progress

    def batches(self) -> Iterator[Batch]:
        """Batches of this process from the current step on, without end, on the training device."""
        trainer, train = self.config.trainer, self.data.train
        sampler = FrameBudgetBatches(
            frames=[item.frames for item in train.items],
            part=[item.part for item in train.items],
            weights=self.data.weights,
            budget=trainer.frames_per_batch // self.fabric.world_size,
            pool=trainer.batches_per_pool,
            seed=self.config.seed,
            rank=self.fabric.global_rank,
            world=self.fabric.world_size,
            start=self.step,
        )
        loader = DataLoader(
            train,
            batch_sampler=sampler,
            collate_fn=train.collate,
            generator=torch.Generator(),  # its seed would be drawn from the model's, and a resumed run draw once more
            num_workers=trainer.loader_workers,
            multiprocessing_context="spawn" if trainer.loader_workers else None,
        )
        for batch in loader:
            yield batch.to(self.fabric.device)

    def _check_finite(self, mean: torch.Tensor, own: torch.Tensor, ids: list[str]) -> None:
        """`mean` of the `own` losses of all processes, so that all of them stop; `ids` of this one's batch."""
        if torch.isfinite(mean):
            return
        lost = [[] if torch.isfinite(own) else ids]
        if self.fabric.world_size > 1:
            lost = [[] for _ in range(self.fabric.world_size)]
            torch.distributed.all_gather_object(lost, [] if torch.isfinite(own) else ids)
        raise NonFiniteLoss(
            f"step {self.step}: the loss is {float(mean)} in the batch of {', '.join(chain(*lost))}; look at these "
            "recordings, or lower optimizer.lr; resume=auto goes on from the last checkpoint"
        )

    def _validate(self) -> dict[str, float]:
        metrics: dict[str, float] = {}
        if self.validator is not None and self.log is not None:
            metrics = self.validator(self.averaged_model.eval(), self.log.board, self.step)
            self.log.validation(metrics, self.step, self.minutes)
            if metrics["mel_from_text"] < self.best:
                self.best = metrics["mel_from_text"]
                save_checkpoint(self.run_dir / "checkpoints" / "best.pt", self._state())
        self.fabric.barrier()
        return metrics

    def _save(self) -> None:
        rng = gather_random_state(self.fabric)
        if self.fabric.is_global_zero:
            folder = self.run_dir / "checkpoints"
            state = self._state() | {"rng": rng}
            save_checkpoint(folder / "last.pt", state)
            keep = self.config.trainer.keep_every
            if keep and self.step % keep == 0:
                save_checkpoint(folder / f"step_{self.step:07d}.pt", state)
            self._save_voice()
            if self.log is not None:
                self.log.board.flush()
        self.fabric.barrier()

    def _save_voice(self) -> None:
        config, data = self.config, self.data
        language = data.languages[0]  # of the corpus, not of the run's own settings: it must speak what it learnt
        text = dataclasses.replace(config.text, language=language)
        settings = VoiceConfig(audio=config.audio, text=text, model=config.model)
        info = VoiceInfo(
            speakers=tuple(data.speakers),
            language=language,
            licence="; ".join(data.licences),
            credits="; ".join(data.credits),
            training={
                "name": config.name,
                "step": self.step,
                "minutes": round(self.minutes, 2),
                "smma_tunable": self.model.smma_tunable,
                "switched_at": self.phase.switched_at,
                "utterances": len(data.train),
                "corpora": ", ".join(config.corpora),
                "alignment": config.alignment.kind,
            },
        )
        save_voice(self.run_dir / "voice", self.averaged_model, settings, data.table, info)

    def _save_config(self) -> None:
        self.run_dir.mkdir(parents=True, exist_ok=True)
        content = yaml.safe_dump(plain(self.config), sort_keys=False, allow_unicode=True)
        write_text(self.run_dir / "config.yaml", content)

    def _report_left_out(self) -> None:
        if self.config.alignment.kind == "learnt":
            return
        path, left_out = self.run_dir / "left_out.tsv", self.data.left_out
        write_rows(path, [("id", "reason"), *left_out.items()])
        if left_out:
            kept = f"{len(self.data.train)} for training and {len(self.data.valid)} for validation remain"
            print(f"alignment: {len(left_out)} utterances are left out ({path}); {kept}")
        for id, reason in list(left_out.items())[:NAMED]:
            print(f"  {id}: {reason}")

    def _state(self) -> dict[str, Any]:
        return {
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "phase": self.phase.state_dict(),
            "step": self.step,
            "minutes": self.minutes,
            "best": self.best,
            "rng": [torch.get_rng_state()],
            "symbols": list(self.data.table.symbols),
            "speakers": list(self.data.speakers),
            "seed": self.config.seed,
            "alignment": self.config.alignment.kind,
        }

    def _state_to_resume(self) -> dict[str, Any] | None:
        last = self.run_dir / "checkpoints" / "last.pt"
        if self.config.resume is None:
            if last.exists():
                raise UserError(
                    f"{self.run_dir}: holds a run already; go on with resume=auto, or choose another run_dir"
                )
            return None
        if self.config.resume == "auto":
            return load_checkpoint(last) if last.exists() else None
        return load_checkpoint(Path(self.config.resume))

    def _load_state(self, state: dict[str, Any]) -> None:
        for key, ours in (("symbols", list(self.data.table.symbols)), ("speakers", list(self.data.speakers))):
            if state[key] != ours:
                raise UserError(
                    f"resume: the checkpoint's {key} are not those of the corpora now ({state[key]} against {ours}); "
                    "train on the same corpora, or start a new run with init_from=VOICE"
                )
        source = state.get("alignment", "learnt")  # checkpoints from before there was a choice
        if source != self.config.alignment.kind:
            raise UserError(
                f"resume: the checkpoint was trained with alignment={source}, this run has "
                f"alignment={self.config.alignment.kind}; take the former, or start a new run with init_from=VOICE"
            )
        try:
            self.model.load_state_dict(state["model"])
            self.average.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
        except (RuntimeError, ValueError) as error:
            raise UserError(f"resume: the checkpoint is of another model: {str(error).splitlines()[0]}") from error
        self.phase.load_state_dict(state["phase"])
        self.step, self.minutes, self.best = state["step"], state["minutes"], state["best"]
        restore_random_state(self.fabric, state["rng"])
        if self.fabric.is_global_zero:
            print(f"resumed at step {self.step}", file=sys.stderr)
