"""Runs that are stopped in the middle, watched, and compared to the last bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from tts.training.checkpoint import load_checkpoint

SETTINGS = (
    "debug=fast", "trainer.frames_per_batch=400", "trainer.batches_per_pool=2", "optimizer.warmup_steps=2",
    "smma.switch_step=4", "smma.hard_share=0.5", "model.attention.gate_noise=0.5", "optimizer.decay_from=0.5",
    "trainer.validation_utterances=1", "name=run",
)  # fmt: skip
"""Of a run of six steps with everything in it that draws random numbers."""


class PowerCut(Exception):
    pass


def watch(trainer: Any, stop_before: int | None = None) -> list[dict[str, Any]]:
    """What each step was given, from here on; the power goes off before step `stop_before`."""
    seen: list[dict[str, Any]] = []
    step = trainer.train_step

    def watched(batch: Any, progress: float) -> Any:
        if trainer.step == stop_before:
            raise PowerCut
        result = step(batch, progress)
        seen.append(
            {
                "step": trainer.step,
                "ids": batch.ids,
                "lr": trainer.optimizer.param_groups[0]["lr"],
                "phase": trainer.model.attention.smma_tunable,
                "conditions": trainer.phase.conditions(trainer.step),
                "loss": result[0].item(),
            }
        )
        return result

    trainer.train_step = watched
    return seen


def last(run_dir: Path) -> dict[str, Any]:
    """The last checkpoint of a run, without what differs between two runs of the same."""
    state = load_checkpoint(run_dir / "checkpoints" / "last.pt")
    assert state.pop("minutes") > 0
    for key in ("run_dir", "resume"):
        del state["config"][key]
    return state


def assert_same(ours: Any, theirs: Any, where: str = "state") -> None:
    if isinstance(ours, torch.Tensor):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0, equal_nan=True, msg=lambda m: f"{where}: {m}")
    elif isinstance(ours, dict):
        assert ours.keys() == theirs.keys(), where
        for key in ours:
            assert_same(ours[key], theirs[key], f"{where}.{key}")
    elif isinstance(ours, (list, tuple)):
        assert len(ours) == len(theirs), where
        for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            assert_same(a, b, f"{where}[{i}]")
    else:
        assert ours == theirs, f"{where}: {ours!r} is not {theirs!r}"
