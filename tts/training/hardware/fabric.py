"""The hardware of a run: device, precision, machines, processes and threads, by Lightning Fabric."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import torch
from lightning_fabric import Fabric
from lightning_fabric.plugins import MixedPrecision
from lightning_fabric.strategies import DDPStrategy
from lightning_fabric.strategies.launchers import _SubprocessScriptLauncher
from lightning_fabric.utilities.exceptions import MisconfigurationException

from tts.errors import UserError
from tts.training.config import TrainerConfig
from tts.training.hardware.processes import CHILDREN

MOST_PROCESSES = 8
LONGEST_WAIT = timedelta(days=1)
"""Of processes for the first, while it computes features or validates. If it dies, they notice at once."""
Result = TypeVar("Result")


class _Mixed(MixedPrecision):
    """Mixed precision that leaves the batch as it is: rounded to bfloat16, pitch would be off by a hertz."""

    def convert_input(self, data: Any) -> Any:
        return data


def launch(config: TrainerConfig) -> Fabric:
    """Fabric on the configured hardware, in every process of the run.

    Raises
    ------
    UserError: the hardware is not there, or the processes do not find each other.
    """
    accelerator = config.accelerator
    if accelerator == "auto":  # Apple's GPU lacks the float64 that lengths are counted in
        accelerator = "cuda" if torch.cuda.is_available() else "cpu"
    on_gpu = accelerator != "cpu"
    if on_gpu and not torch.cuda.is_available():
        raise UserError(f"trainer.accelerator={accelerator}: there is no CUDA GPU here; take auto or cpu")
    devices = config.devices
    if devices == "auto":
        devices = torch.cuda.device_count() if on_gpu else min(cores(), MOST_PROCESSES)
    if not on_gpu and (not str(devices).isdecimal() or int(devices) < 1):
        raise UserError(f"trainer.devices={devices}: on a CPU this is the number of processes, 1 or more, or auto")
    precision: Any = config.precision
    if precision == "auto":
        native = (
            torch.cuda.is_bf16_supported(including_emulation=False) if on_gpu else torch.cpu._is_avx512_bf16_supported()
        )
        precision = "bf16-mixed" if native else "32-true"
    strategy: Any = config.strategy
    if strategy == "auto" and (devices not in (1, "1") or config.nodes > 1):
        # A step that reads predicted prosody leaves the bottleneck without a gradient.
        # Buffers are averaged over processes after the step and need not be broadcast before each pass.
        strategy = DDPStrategy(find_unused_parameters=True, forward_sync_buffers=False, timeout=LONGEST_WAIT)
    plugins: list[Any] = []
    if precision.endswith("-mixed"):
        plugins, precision = [_Mixed(precision, "cuda" if on_gpu else "cpu")], None
    try:
        fabric = Fabric(
            accelerator=accelerator,
            devices=devices,
            num_nodes=config.nodes,
            strategy=strategy,
            precision=precision,
            plugins=plugins,
        )
        _start_children(fabric)
        fabric.launch()
    except (ValueError, TypeError, RuntimeError, MisconfigurationException) as error:
        raise UserError(f"trainer: {error}") from error
    if config.threads or not on_gpu:  # after the launch, which sets its own
        torch.set_num_threads(config.threads or max(1, cores() // int(devices)))
    return fabric


def _start_children(fabric: Fabric) -> None:
    """Start the other processes of this machine, unless something else has, such as torchrun or Slurm.

    Fabric would do it too, but its watcher ends this process by SIGKILL when one of them fails.
    """
    launcher = fabric.strategy.launcher
    if not isinstance(launcher, _SubprocessScriptLauncher) or launcher.cluster_environment.creates_processes_externally:
        return
    cluster = launcher.cluster_environment
    os.environ |= {
        "MASTER_ADDR": cluster.main_address,
        "MASTER_PORT": str(cluster.main_port),
        "NODE_RANK": str(cluster.node_rank()),
        "LOCAL_RANK": str(cluster.local_rank()),
        "WORLD_SIZE": str(launcher.num_processes * launcher.num_nodes),
    }
    CHILDREN.start(launcher.num_processes - 1)


def cores() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def first_process_first(fabric: Fabric, work: Callable[[], Result]) -> Result:
    """`work` that writes files for the others: run by the first process, then by the first of every other machine,
    which may have a disk of its own, then by all others."""
    with fabric.rank_zero_first():
        if fabric.is_global_zero:
            result = work()
    with fabric.rank_zero_first(local=True):
        if not fabric.is_global_zero:
            result = work()
    return result
