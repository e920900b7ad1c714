"""The hardware of a run: device, precision, processes and threads, by Lightning Fabric."""

from __future__ import annotations

import os
from typing import Any

import torch
from lightning_fabric import Fabric
from lightning_fabric.plugins import MixedPrecision
from lightning_fabric.utilities.exceptions import MisconfigurationException

from tts.errors import UserError
from tts.training.config import TrainerConfig

MOST_PROCESSES = 8


class _Mixed(MixedPrecision):
    """Mixed precision that leaves the batch as it is: rounded to bfloat16, pitch would be off by a hertz."""

    def convert_input(self, data: Any) -> Any:
        return data


def make_fabric(config: TrainerConfig) -> Fabric:
    """Fabric for the configured hardware; `precision=auto` is bfloat16 where the hardware computes in it."""
    precision: Any = config.precision
    if precision == "auto":
        on_gpu = config.accelerator in ("auto", "gpu", "cuda") and torch.cuda.is_available()
        native = torch.cuda.is_bf16_supported() if on_gpu else torch.cpu._is_avx512_bf16_supported()
        precision = "bf16-mixed" if native else "32-true"
    strategy: Any = config.strategy
    devices = config.devices
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if devices == "auto" and (config.accelerator == "cpu" or not torch.cuda.is_available()):
        devices = min(cores, MOST_PROCESSES)
    if not torch.cuda.is_available():
        torch.set_num_threads(config.threads or max(1, cores // int(devices)))
    if strategy == "auto" and devices not in (1, "1"):
        # A step that reads predicted prosody leaves the bottleneck without a gradient.
        strategy = "ddp_find_unused_parameters_true"
    plugins: list[Any] = []
    if precision.endswith("-mixed"):
        on_gpu = config.accelerator != "cpu" and torch.cuda.is_available()
        plugins, precision = [_Mixed(precision, "cuda" if on_gpu else "cpu")], None
    try:
        return Fabric(
            accelerator=config.accelerator, devices=devices, strategy=strategy, precision=precision, plugins=plugins
        )
    except (ValueError, RuntimeError, MisconfigurationException) as error:
        raise UserError(f"trainer: {error}") from error
