"""Learning rate, weight decay and averaged weights."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from tts.training.config import OptimizerConfig
from tts.training.optimizer import averaged, learning_rate, make_optimizer

CONFIG = OptimizerConfig(lr=1.0, warmup_steps=10, decay_from=0.5, final=0.1)


@given(st.integers(0, 1000), st.floats(0, 2))
def test_the_learning_rate_stays_between_nothing_and_its_peak(step: int, progress: float) -> None:
    assert 0 < learning_rate(CONFIG, step, progress) <= CONFIG.lr


def test_the_learning_rate_warms_up_stays_and_falls_to_its_share() -> None:
    assert learning_rate(CONFIG, 0, 0.0) == pytest.approx(0.1)
    assert learning_rate(CONFIG, 9, 0.0) == learning_rate(CONFIG, 500, 0.5) == 1.0
    assert learning_rate(CONFIG, 500, 0.75) == pytest.approx(0.55)
    assert learning_rate(CONFIG, 500, 1.0) == learning_rate(CONFIG, 500, 1.7) == pytest.approx(0.1)
    assert learning_rate(OptimizerConfig(decay_from=1.0), 500, 1.0) == OptimizerConfig().lr


def test_embeddings_norms_and_biases_do_not_decay() -> None:
    model = nn.ModuleDict({"e": nn.Embedding(3, 4), "l": nn.Linear(4, 4), "n": nn.LayerNorm(4)})
    optimizer = make_optimizer(model, OptimizerConfig(weight_decay=0.3))
    decay = {id(p): group["weight_decay"] for group in optimizer.param_groups for p in group["params"]}
    assert {name: decay[id(p)] for name, p in model.named_parameters()} == {
        "e.weight": 0.0, "l.weight": 0.3, "l.bias": 0.0, "n.weight": 0.0, "n.bias": 0.0,
    }  # fmt: skip


def test_the_average_follows_its_formula_and_never_holds_the_model_back() -> None:
    model = nn.Linear(2, 2)
    average = averaged(model, 0.5)
    expected = model.weight.detach().clone()
    for n in range(12):
        with torch.no_grad():
            model.weight.add_(1.0)
        average.update_parameters(model)
        kept = min(0.5, (1 + n) / (10 + n)) if n else 0.0  # the first update copies
        expected = kept * expected + (1 - kept) * model.weight.detach()
    torch.testing.assert_close(average.module.weight, expected)
    assert average.module.weight is not model.weight
