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
    """Number of attention heads."""
    head_dim: int = 32
    """Channels of the queries and keys of each head."""
    gate: str = "lookahead"
    """What decides, frame by frame, between staying on a token and moving on. `contrast`: the difference of the
    energies of this token and the next, σ(e[t,n] − e[t,n+1]). `sigmoid`: the token's energy and a learnt bias, σ(e +
    bias).

    `lookahead`: the posterior over all paths through the utterance. It reads all frames, so an autoregressive decoder
    cannot use it.
    """
    selection: Selection = "focused"
    """Which heads become monotonic at the switch. `focused`: the sharpest, whose path serves all heads. `threshold`:
    those sharper than `focus_threshold`. `all`: all."""
    focus_threshold: float = 0.5
    """selection=threshold: focus rate (mean of the largest weight, 0 to 1) above which a head becomes monotonic, 0.5
    in Liang et al. 2020; the sharpest always does."""
    focus_momentum: float = 0.98
    """Share of the old value that the moving average of each head's focus rate keeps at a step; more is steadier and
    slower."""
    gate_noise: float = 0.0
    """Standard deviation of the Gaussian noise on the gate's input, in training only; more pushes the gate to decide
    clearly."""
    tokens_per_frame: float = 0.15
    """Speaking rate with which the `sigmoid` gate starts, in tokens per frame."""

    def __post_init__(self) -> None:
        gate_class(self.gate)
        if not 1 <= self.heads <= 64 or not 1 <= self.head_dim <= 1024:
            raise ValueError("heads must lie between 1 and 64, head_dim between 1 and 1024")
        if not 0 < self.tokens_per_frame < 1:
            raise ValueError("tokens_per_frame must lie strictly between 0 and 1")
