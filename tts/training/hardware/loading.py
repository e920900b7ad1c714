"""Batches on the training device, read ahead by processes of their own where a GPU trains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from lightning_fabric import Fabric
from torch.utils.data import DataLoader

from tts.training.config import TrainerConfig
from tts.training.hardware.fabric import cores
from tts.training.hardware.stopping import ignore

MOST_WORKERS = 4


def load(dataset: Any, config: TrainerConfig, fabric: Fabric, **options: Any) -> Iterator[Any]:
    """Batches of `dataset` on the device of `fabric`, read by `DataLoader` with these `options`."""
    on_gpu = fabric.device.type == "cuda"  # training on a CPU needs every core
    share = cores() // (fabric.world_size // config.nodes)
    ahead = min(MOST_WORKERS, share) if on_gpu else 0
    workers = config.loader_workers if isinstance(config.loader_workers, int) else ahead
    loader = DataLoader(
        dataset,
        generator=torch.Generator(),  # its seed would be drawn from the model's, and a resumed run draw once more
        num_workers=workers,
        multiprocessing_context="spawn" if workers else None,
        worker_init_fn=_ignore_signals if workers else None,
        pin_memory=on_gpu,
        **options,
    )
    for batch in loader:
        yield batch.to(fabric.device)


def _ignore_signals(_: int) -> None:
    """In a worker process, which its parent ends."""
    ignore()
