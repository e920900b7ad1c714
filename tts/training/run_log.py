"""What a run shows of itself while it goes on: scalars and pictures in TensorBoard, a line on the terminal."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import torch
import yaml
from tqdm import tqdm

from tts.attention import StepwiseMonotonicMultiheadAttention
from tts.attention.focus import inspect_path
from tts.data.batch import Batch
from tts.models.acoustic import Conditions
from tts.models.losses import StepReport
from tts.schema import plain
from tts.training.config import TrainConfig
from tts.training.tensorboard import TensorBoard


class RunLog:
    """The first process's log of a run.

    Parameters
    ----------
    first_step: where the run goes on; what an interrupted run logged beyond it is dropped from the plots.
    world: number of processes, whose frames are counted together.
    """

    def __init__(self, config: TrainConfig, device: torch.device, first_step: int, world: int) -> None:
        self.config, self.device, self.first_step, self.world = config, device, first_step, world
        self.folder = Path(config.run_dir) / "tensorboard"
        self.board = TensorBoard(self.folder, device, first_step)
        self.bar = tqdm(
            total=config.trainer.max_steps, initial=first_step, desc=config.name, unit="step",
            disable=None, mininterval=1.0, dynamic_ncols=True,
        )  # fmt: skip
        self.frames, self.since = 0, time.monotonic()

    def start(self, model: torch.nn.Module, utterances: int, speakers: int) -> None:
        """Say what begins."""
        parameters = sum(p.numel() for p in model.parameters()) / 1e6
        self._line(
            f"{self.config.name}: {parameters:.2f} M parameters, {utterances} utterances, {speakers} speakers, "
            f"{self.world} process(es) on {self.device}; tensorboard --logdir {self.folder}"
        )
        text = yaml.safe_dump(plain(self.config), sort_keys=False, allow_unicode=True)
        self.board.text("run/config", f"```yaml\n{text}```", self.first_step)

    def switch(self, attentions: Sequence[StepwiseMonotonicMultiheadAttention], step: int) -> None:
        """Mark the switch to the monotonic phase."""
        heads = "; ".join(str(a.monotonic.nonzero().flatten().tolist()) for a in attentions)
        focus = "; ".join(", ".join(f"{rate:.2f}" for rate in a.focus.tolist()) for a in attentions)
        line = f"step {step}: smma_tunable on; monotonic heads {heads}; focus rates {focus}"
        self._line(line)
        self.board.text("run/switch", line, step)
        self.board.scalars({"train/switch": 1.0}, step)

    def step(
        self, step: int, batch: Batch, report: StepReport, conditions: Conditions, monotonic: bool,
        lr: float, norm: torch.Tensor, minutes: float,
    ) -> None:  # fmt: skip
        """Log the training step that ended as number `step`, where it is due."""
        self.frames += int(batch.mel_lengths.sum())
        self.bar.update()
        if step % self.config.trainer.log_every == 0:
            path = inspect_path(report.alignment, batch.text.lengths, batch.mel_lengths)
            speed = self._frames_per_second()
            values = {f"loss/{name}": float(term) for name, term in report.terms.items()}
            values |= {f"weight/{name}": weight for name, weight in self.config.loss.weights_at(step - 1).items()}
            values |= {f"focus_rate/head_{h}": rate for h, rate in enumerate(report.focus.tolist())}
            values |= {f"path/{name}": float(value.float().mean()) for name, value in vars(path).items()}
            values |= {f"train/{name}": float(value) for name, value in plain(conditions).items()}
            values |= {
                "train/phase": float(monotonic),
                "train/lr": lr,
                "train/gradient_norm": float(norm),
                "train/frames_per_second": speed,
                "train/memory_mb": memory_mb(self.device),
                "train/minutes": minutes,
            }
            self.board.scalars(values, step)
            self.bar.set_postfix_str(
                f"mel {values.get('loss/mel', float('nan')):.3f} focus {float(report.focus.max()):.2f} "
                f"{'smma' if monotonic else 'plain'} {speed / 1000:.1f}k frames/s {minutes:.1f} min"
            )
        if step % self.config.trainer.alignment_every == 0:
            frames, tokens = int(batch.mel_lengths[0]), int(batch.text.lengths[0])
            heads = report.heads[0, :, :frames, :tokens]
            self.board.alignment("alignment/used", report.alignment[0, :frames, :tokens], step)
            self.board.alignment("alignment/focused_head", heads[int(report.focus.argmax())], step)
            for h, head in enumerate(heads):
                self.board.alignment(f"alignment/head_{h}", head, step)

    def validation(self, metrics: dict[str, float], step: int, minutes: float) -> None:
        self.board.scalars({f"valid/{name}": value for name, value in metrics.items()}, step)
        shown = ", ".join(f"{name} {value:.3f}" for name, value in metrics.items())
        self._line(f"step {step}, {minutes:.1f} min: {shown}")

    def close(self) -> None:
        self.bar.close()
        self.board.close()

    def _frames_per_second(self) -> float:
        """Valid mel frames per second of wall time over all processes, since the last reading."""
        now = time.monotonic()
        speed = self.world * self.frames / max(now - self.since, 1e-9)
        self.frames, self.since = 0, now
        return speed

    def _line(self, text: str) -> None:
        tqdm.write(text, file=sys.stderr)


def memory_mb(device: torch.device) -> float:
    """Peak memory: of the GPU if training is there, else of the process."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**10 if sys.platform != "darwin" else peak / 2**20
