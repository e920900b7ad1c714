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
    """Largest learning rate; more learns faster, until training becomes unstable."""
    betas: tuple[float, ...] = (0.9, 0.98)
    """Decay rates of AdamW's two moving averages, of gradients and of their squares."""
    weight_decay: float = 0.01
    """How strongly AdamW pulls matrices and kernels towards 0; more holds back learning by heart."""
    warmup_steps: int = 100
    """Number of steps at the start in which the learning rate rises to `lr`."""
    decay_from: float = 0.3
    """Share of the run after which the learning rate falls, along a cosine, to `final` times `lr`."""
    final: float = 0.02
    """Learning rate at the end of the run, as a share of `lr`."""
    clip_norm: float = 1.0
    """Largest norm of the gradient; longer ones are scaled down to it."""
    ema_decay: float = 0.995
    """How slowly the averaged weights, which validation and the voice use, follow the trained ones: the share that
    they keep at each step, which rises from 0 to this."""

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
    """Number of training steps after which the run ends."""
    max_minutes: float | None = None
    """Minutes after which the run ends, if the steps are not done before; the learning rate falls over whichever ends
    first. null: no limit."""
    frames_per_batch: int = 6400
    """Size of a batch: mel frames per step over all processes, padding included. Fewer need less memory."""
    batches_per_pool: int = 32
    """How many batches are filled at a time from utterances sorted by length; more wastes less on padding and mixes
    lengths less."""
    accelerator: Literal["auto", "cpu", "gpu", "cuda"] = "auto"
    """What it trains on. auto: a CUDA GPU where there is one, else the CPU."""
    devices: int | str = "auto"
    """Number of processes, one per GPU, or on a CPU one per core. `auto`: all GPUs, or on a CPU one per core up to
    8, which is faster than threads."""
    nodes: int = 1
    """Number of machines, each of which starts the same command with NODE_RANK, MASTER_ADDR and MASTER_PORT set."""
    strategy: str = "auto"
    """How several processes train together, by Lightning Fabric's names; `auto`: DDP."""
    precision: Literal["auto", "32-true", "bf16-mixed", "16-mixed"] = "auto"
    """Number format of the computation. `auto`: bf16-mixed where the hardware computes in it, which saves memory and
    time, else 32-true."""
    threads: int | None = None
    """CPU threads in each process; null shares the cores among the processes."""
    loader_workers: int | str = "auto"
    """Number of processes that load batches ahead. `auto`: none on a CPU, whose cores all train, up to 4 for each
    GPU."""
    log_every: int = 10
    """Steps between figures in TensorBoard."""
    alignment_every: int = 100
    """Steps between alignment pictures in TensorBoard; 1 shows every step."""
    validate_every: int = 500
    """Steps between validations on held-out utterances."""
    validation_utterances: int = 16
    """Number of held-out utterances that a validation uses."""
    checkpoint_every: int = 500
    """Steps between checkpoints, each of which replaces the one before and refreshes the voice."""
    utterances: int | None = None
    """Train on the first so many utterances only, to see whether a model can learn them by heart; null for all."""
    keep_every: int | None = None
    """Steps between checkpoints that are kept for good as well; null keeps none."""

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
    """Name of the run and of its voice or vocoder; null for the last part of run_dir."""
    run_dir: str
    """Folder that everything is written to."""
    seed: int
    """Start of all random numbers: the same seed and settings on the same machine repeat a run, another one varies
    it."""
    corpora: dict[str, CorpusPart] = field(metadata=NOT_COMPOSED)
    """In order; the first utterance's speaker is the voice's default."""
    audio: AudioConfig = field(default_factory=AudioConfig)
    """How sound becomes a mel (a spectrogram)."""
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    """AdamW, its learning rate and the averaged weights."""
    trainer: TrainerConfig = field(default_factory=TrainerConfig)
    """The training loop: budget, batches, hardware, how often it logs and saves."""
    resume: str | None = None
    """Continue a run: `auto` from the last checkpoint in run_dir, if there is one; or the path of a checkpoint. null
    starts anew."""
    init_from: str | None = None
    """Folder of a voice, or a vocoder, whose weights a new run starts from."""
    profile: bool = False
    """Write a table of where a few steps spend their time, and stop."""

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
