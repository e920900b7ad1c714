"""Settings that every training run has, of a voice or a vocoder."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from tts.audio.config import AudioConfig
from tts.settings.defaults import NOT_COMPOSED
from tts.settings.schema import Choice


@dataclass(frozen=True)
class OptimizerConfig:
    """AdamW, its learning rate and the averaged weights."""

    lr: float = 2e-3
    """Largest learning rate."""
    betas: tuple[float, ...] = (0.9, 0.98)
    """Of AdamW."""
    weight_decay: float = 0.01
    """Of AdamW, on matrices and kernels."""
    warmup_steps: int = 100
    """Steps in which the learning rate rises."""
    decay_from: float = 0.3
    """Share of the run after which the learning rate falls, on a cosine, to `final` of itself."""
    final: float = 0.02
    """Share of the learning rate that is left at the end."""
    clip_norm: float = 1.0
    """Largest norm of the gradient."""
    ema_decay: float = 0.995
    """Of the averaged weights that validation, checkpoints' `average` and the voice use; ramps up from 0."""

    def __post_init__(self) -> None:
        if len(self.betas) != 2 or not all(0 <= beta < 1 for beta in self.betas):
            raise ValueError(f"betas must be two numbers from 0 to below 1, got {list(self.betas)}")
        if not 0 <= self.ema_decay < 1:
            raise ValueError(f"ema_decay must lie between 0 and below 1, got {self.ema_decay}")
        if not (self.lr > 0 and self.clip_norm > 0 and self.weight_decay >= 0 and 0 <= self.final <= 1):
            raise ValueError("lr and clip_norm must be positive, weight_decay not negative, final between 0 and 1")


@dataclass(frozen=True)
class TrainerConfig:
    """The training loop: budget, batches, hardware, how often it logs and saves."""

    max_steps: int = 4000
    """Of training."""
    max_minutes: float | None = None
    """Wall-clock budget; the learning rate is spread over whichever of steps and minutes ends first."""
    frames_per_batch: int = 6400
    """Mel frames per step over all processes, padding included."""
    batches_per_pool: int = 32
    """So many batches' worth of utterances are sorted by length at a time."""
    accelerator: Literal["auto", "cpu", "gpu", "cuda"] = "auto"
    """auto: a CUDA GPU where there is one, else the CPU."""
    devices: int | str = "auto"
    """`auto`: all GPUs, or on a CPU a process per core, up to 8: convolutions scale better so than over threads."""
    nodes: int = 1
    """Machines, each of which starts the same command with NODE_RANK, MASTER_ADDR and MASTER_PORT set."""
    strategy: str = "auto"
    """Of several processes, as Lightning Fabric names them."""
    precision: Literal["auto", "32-true", "bf16-mixed", "16-mixed"] = "auto"
    """`auto`: bf16-mixed where the hardware computes in it, else 32-true."""
    threads: int | None = None
    """CPU threads per process; null shares the cores among the processes."""
    loader_workers: int | str = "auto"
    """Processes that load batches ahead; `auto`: none on a CPU, whose cores all train, up to 4 for each GPU."""
    log_every: int = 10
    """Steps between figures in TensorBoard."""
    alignment_every: int = 100
    """Steps between alignment pictures in TensorBoard; 1 shows every step."""
    validate_every: int = 500
    """Steps between validations."""
    validation_utterances: int = 16
    """So many held-out utterances."""
    checkpoint_every: int = 500
    """Steps between checkpoints."""
    utterances: int | None = None
    """Train on the first so many utterances only: a model that cannot overfit them has a bug."""
    keep_every: int | None = None
    """Also keep a checkpoint for good every so many steps."""

    def __post_init__(self) -> None:
        for name in (
            "max_steps", "max_minutes", "frames_per_batch", "batches_per_pool", "nodes", "threads", "log_every",
            "alignment_every", "validate_every", "validation_utterances", "checkpoint_every", "keep_every",
            "utterances",
        ):  # fmt: skip
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ValueError(f"{name} must be positive, got {value}")
        workers = self.loader_workers
        if workers != "auto" and (isinstance(workers, str) or workers < 0):
            raise ValueError(f"loader_workers must be auto or a number of processes, got {workers}")


@dataclass(frozen=True)
class CorpusPart:
    out: str
    """Folder of a prepared corpus."""
    weight: float | None = None
    """Share of the frames, relative to the other parts; null, for all of them, takes them as long as they are."""

    def __post_init__(self) -> None:
        if self.weight is not None and self.weight <= 0:
            raise ValueError(
                f"weight must be above 0, got {self.weight}; to leave the corpus out, write ~ before its key"
            )


@dataclass(frozen=True)
class RunConfig(Choice, group="task", tag="task"):
    """What is trained, and what every training run has."""

    name: str
    """Of the run and its voice or vocoder; null for the last part of run_dir."""
    run_dir: str
    """Folder that everything is written to."""
    seed: int
    """Of everything random."""
    corpora: dict[str, CorpusPart] = field(metadata=NOT_COMPOSED)
    """In order; the first utterance's speaker is the voice's default."""
    audio: AudioConfig = field(default_factory=AudioConfig)
    """The mel definition."""
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    """AdamW, its learning rate and the averaged weights."""
    trainer: TrainerConfig = field(default_factory=TrainerConfig)
    """The training loop: budget, batches, hardware, how often it logs and saves."""
    resume: str | None = None
    """`auto`: from the run's last checkpoint if there is one; or a checkpoint's path."""
    init_from: str | None = None
    """A voice, or a vocoder, to start from."""
    profile: bool = False
    """Write a profiler table of a few steps and stop."""

    def __post_init__(self) -> None:
        if self.init_from == "":
            raise ValueError("init_from is missing: give the voice or vocoder to start from, init_from=PATH")
        without = [name for name, part in self.corpora.items() if part.weight is None]
        if 0 < len(without) < len(self.corpora):
            raise ValueError(
                f"corpus.parts: {', '.join(without)} without a weight beside others that have one, so there is nothing "
                f"to relate it to; give each part a weight, such as corpus.parts.{without[0]}.weight=1, or all null"
            )


def corpus_parts(corpus: dict[str, Any]) -> dict[str, Any]:
    """`corpus.parts` of a mix, or the one part that a plain corpus is."""
    return dict(corpus["parts"]) if "parts" in corpus else {str(corpus["name"]): {"out": corpus["out"]}}
