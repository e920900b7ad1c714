"""Settings of stepwise monotonic multihead attention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tts.attention.gates import gate_class

Selection = Literal["focused", "threshold", "all"]


@dataclass(frozen=True)
class AttentionConfig:
    """Which heads become monotonic, and how their energies become a choice between staying and moving on."""

    heads: int = 2
    """Of the multihead attention."""
    head_dim: int = 32
    """Width of queries and keys per head."""
    gate: str = "lookahead"
    """`contrast`: σ(e[t,n] − e[t,n+1]). `sigmoid`: σ(e + bias).

    `lookahead`: the posterior over paths through the whole utterance, which reads all frames: with text as query only.
    """
    selection: Selection = "focused"
    """`focused`: the sharpest head's path serves all heads. `threshold`: those above `focus_threshold`. `all`: all."""
    focus_threshold: float = 0.5
    """Liang et al. 2020 make heads above 0.5 monotonic; at least the sharpest always is."""
    focus_momentum: float = 0.98
    """Of the moving average of each head's focus rate."""
    gate_noise: float = 0.0
    """Standard deviation of the Gaussian noise on the gate's input, in training only."""
    tokens_per_frame: float = 0.15
    """Speaking rate from which the `sigmoid` gate's bias starts: the probability to move on in a frame."""

    def __post_init__(self) -> None:
        gate_class(self.gate)
        if not 1 <= self.heads <= 64 or not 1 <= self.head_dim <= 1024:
            raise ValueError("heads must lie between 1 and 64, head_dim between 1 and 1024")
        if not 0 < self.tokens_per_frame < 1:
            raise ValueError("tokens_per_frame must lie strictly between 0 and 1")
