"""Optimiser, learning-rate schedule and averaged weights."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.swa_utils import AveragedModel

from tts.training.config import OptimizerConfig


def make_optimizer(model: nn.Module, config: OptimizerConfig) -> AdamW:
    """AdamW; matrices and kernels decay, biases, norms and embeddings do not."""
    embeddings = {id(m.weight) for m in model.modules() if isinstance(m, nn.Embedding)}
    decayed = [p for p in model.parameters() if p.dim() > 1 and id(p) not in embeddings]
    others = [p for p in model.parameters() if p.dim() <= 1 or id(p) in embeddings]
    groups: list[dict[str, Any]] = [{"params": decayed}, {"params": others, "weight_decay": 0.0}]
    first, second = config.betas
    return AdamW(groups, lr=config.lr, betas=(first, second), weight_decay=config.weight_decay)


def learning_rate(config: OptimizerConfig, step: int, progress: float) -> float:
    """Linear warm-up by step, then level, then a cosine down to `final` by `progress`, the share of the run done."""
    warm = min(1.0, (step + 1) / max(1, config.warmup_steps))
    if progress <= config.decay_from or config.decay_from >= 1:
        return config.lr * warm
    fall = min(1.0, (progress - config.decay_from) / (1 - config.decay_from))
    return config.lr * warm * (config.final + (1 - config.final) * 0.5 * (1 + math.cos(math.pi * fall)))


def averaged(model: nn.Module, decay: float) -> AveragedModel:
    """Exponential moving average of the weights; its decay after n updates is min(decay, (1 + n) / (10 + n))."""

    def average(averaged_weights: list[Tensor], current: list[Tensor], _: Any) -> None:
        n = int(averages.n_averaged)  # not the third argument, which is on the GPU: reading it would wait for the GPU
        torch._foreach_lerp_(averaged_weights, current, 1 - min(decay, (1 + n) / (10 + n)))

    update: Callable[..., None] = torch.no_grad()(average)
    averages = AveragedModel(model, multi_avg_fn=update)
    return averages
