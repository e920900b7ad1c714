"""A gate: neighbouring energies compared, with a sharpness that each head learns."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts.attention.config import AttentionConfig
from tts.attention.gates import Gate


class SharpGate(Gate, name="sharp"):
    """σ(s · (e[t,n] − e[t,n+1])): as `contrast`, whose s is 1."""

    def __init__(self, config: AttentionConfig) -> None:
        super().__init__(config)
        self.log_sharpness = nn.Parameter(torch.zeros(config.heads))

    def stay(self, energy: Tensor, heads: tuple[int, ...]) -> Tensor:
        sharpness = torch.stack([self.log_sharpness[head] for head in heads]).exp()
        return sharpness[None, :, None, None] * (energy - F.pad(energy[..., 1:], (0, 1)))
