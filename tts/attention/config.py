"""Settings of the attention between text and mel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tts.attention.names import check_name
from tts.settings.schema import check_sizes

Selection = Literal["focused", "threshold", "all"]


@dataclass(frozen=True)
class AttentionConfig:
    """Which heads become monotonic, and how their energies become a choice between staying and moving on."""

    heads: int = 2
    """Number of attention heads."""
    head_dim: int = 32
    """Channels of the queries and keys of each head."""
    gate: str = "lookahead"
    """The mechanism of the monotonic phase: what makes weights on the text of the energies.

    Stepwise, staying on a token or moving on to the next: `contrast`, by the difference of their energies, σ(e[t,n] −
    e[t,n+1]); `sigmoid`, by the token's energy and a learnt bias, σ(e + bias) (He et al. 2019); `lookahead`, the
    posterior over all paths through the utterance, which reads all frames, so an autoregressive decoder cannot use it.

    Passing any number of tokens: `monotonic` (Raffel et al. 2017); `mocha`, which also reads the `chunk` before (Chiu
    and Raffel 2018); `lookback`, which reads all before (Ma et al. 2019). By where the frame before was: `forward`
    (Zhang et al. 2018), `location` (Chorowski et al. 2015), `dynamic_convolution` and `gmm` (Battenberg et al. 2020).

    To compare with: `softmax`, the plain phase to the end, and `snippet`, the arithmetic of a published SMMA. docs/
    ATTENTION.md has them side by side.
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
    """Speaking rate with which mechanisms start that learn one, in tokens per frame."""
    chunk: int = 3
    """`mocha`: tokens of a chunk, the pointer's own included; more reads further back."""
    mixtures: int = 5
    """`gmm`: number of Gaussians of each head."""
    filters: int = 8
    """`location` and `dynamic_convolution`: number of convolutions over the weights of the frame before."""
    filter_width: int = 21
    """Width of each of them, in tokens; odd."""

    def __post_init__(self) -> None:
        check_name(self.gate)
        if not 1 <= self.heads <= 64 or not 1 <= self.head_dim <= 1024:
            raise ValueError("heads must lie between 1 and 64, head_dim between 1 and 1024")
        check_sizes(self, chunk=1024, mixtures=64, filters=256, filter_width=255)
        if self.filter_width % 2 == 0:
            raise ValueError(f"filter_width must be odd, got {self.filter_width}")
        if not 0 < self.tokens_per_frame < 1:
            raise ValueError("tokens_per_frame must lie strictly between 0 and 1")
