"""A loss that is not a number stops the run and names the recordings."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tts.training.checkpoint import load_checkpoint
from tts.training.trainer import NonFiniteLoss


@pytest.mark.parametrize("bad_step", [1, 3])
def test_a_loss_that_is_not_finite_names_its_utterances(
    bad_step: int, make_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    trainer = make_trainer(
        tmp_path, "debug=fast", "trainer.max_steps=4", "trainer.checkpoint_every=1", "trainer.validate_every=100",
        "trainer.frames_per_batch=400", "trainer.validation_utterances=1",
    )  # fmt: skip
    step, ids = trainer.train_step, []

    def poisoned(batch: Any, progress: float) -> Any:
        if trainer.step == bad_step:
            batch.mel[0, 3, 5] = float("nan")
            ids.extend(batch.ids)
        return step(batch, progress)

    trainer.train_step = poisoned
    with pytest.raises(NonFiniteLoss, match=r"the loss is nan.*optimizer\.lr") as caught:
        trainer.fit()
    assert all(id in str(caught.value) for id in ids)
    assert re.search(rf"step {bad_step + 1}\b", str(caught.value))
    state = load_checkpoint(tmp_path / "checkpoints" / "last.pt")
    assert state["step"] == bad_step
    assert all(torch.isfinite(v).all() for v in state["model"].values()), "a diverged model was saved"


def test_a_gradient_that_is_not_finite_stops_the_run_before_it_is_kept(
    make_trainer: Callable[..., Any], tmp_path: Path
) -> None:
    trainer = make_trainer(
        tmp_path, "debug=fast", "trainer.max_steps=4", "trainer.checkpoint_every=1", "trainer.validate_every=100",
        "trainer.frames_per_batch=400", "trainer.validation_utterances=1",
    )  # fmt: skip
    weight = trainer.model.duration_predictor.out.weight

    def poison(gradient: torch.Tensor) -> torch.Tensor:
        return gradient * float("nan") if trainer.step == 2 else gradient

    weight.register_hook(poison)
    with pytest.raises(NonFiniteLoss, match=r"step 3: the gradient's norm is nan where the loss is \d"):
        trainer.fit()
    state = load_checkpoint(tmp_path / "checkpoints" / "last.pt")
    assert state["step"] == 2
    assert all(torch.isfinite(v).all() for v in state["model"].values()), "a diverged model was saved"
