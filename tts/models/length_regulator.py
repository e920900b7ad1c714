"""Length regulator: token states repeated over their frames, each with its place in the token.

B batch, N tokens, T frames (or steps of several), D model width. Counts are on a logarithmic scale.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

COUNTS = 3
PLACES = 1 + COUNTS


class LengthRegulator(nn.Module):
    """Token states `[B, N, D]` and alignment `[B, T, N]` → the state of each frame's token and the frame's place in it,
    `[B, T, D]`."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.place = nn.Linear(PLACES, width)

    def forward(self, states: Tensor, alignment: Tensor) -> Tensor:
        return alignment.to(states.dtype) @ states + self.place(place_in_token(alignment).to(states.dtype))


class Progress(nn.Module):
    """How far each frame is within its token, for a decoder that goes frame by frame: without it, the decoder cannot
    make the end of a phone before the path has left it."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.project_in = nn.Linear(COUNTS, width)

    def forward(self, alignment: Tensor, passed: Tensor, expected: Tensor) -> Tensor:
        """Alignment and frames passed on each token, `[B, T, N]` both, and expected frames per token, `[B, N]` →
        `[B, T, D]`."""
        return self.project_in(_counts(alignment, passed, expected[:, None]).to(self.project_in.weight.dtype))


def place_in_token(alignment: Tensor) -> Tensor:
    """Where in its token each frame is, `[B, T, N]` → `[B, T, 4]`: share passed, frames passed, frames left, length.

    Expected values under the alignment: a soft one gives gradients, a hard one the exact place.
    """
    passed, total = passed_until(alignment), alignment.sum(1, keepdim=True)
    share = (alignment * (passed / total.clamp(min=1e-3))).sum(-1, keepdim=True)
    return torch.cat([share, _counts(alignment, passed, total)], -1)


def passed_until(alignment: Tensor, before: Tensor | float = 0.0) -> Tensor:
    """Frames on each token until the middle of every frame, `[B, T, N]`, after those `before`, `[B, 1, N]`."""
    return before + alignment.cumsum(1) - 0.5 * alignment


def _counts(alignment: Tensor, passed: Tensor, total: Tensor) -> Tensor:
    """Passed, left and in all, of the token each frame is on, `[B, T, 3]`; `total` is `[B, 1, N]`."""
    left = (total - passed).clamp(min=0.0)
    return torch.stack([(alignment * count.log1p()).sum(-1) for count in (passed, left, total)], -1)


def stretched(x: Tensor, lengths: Tensor, wanted: Tensor, smooth: bool = True) -> Tensor:
    """The first `lengths` `[B]` frames of `[B, T, C]` as `wanted` `[B]` ones, `[B, max(wanted), C]`.

    Each utterance by itself, interpolated where `smooth`, else the nearest frame. Beyond `wanted` it has no meaning.
    """
    time = torch.arange(wanted.max().item(), device=x.device) + 0.5  # not int(), which export cannot follow
    place = (time * (lengths / wanted.clamp(min=1))[:, None] - 0.5).clamp(min=0).minimum(lengths[:, None] - 1.0)
    below, above = (
        x.gather(1, index.long()[..., None].expand(-1, -1, x.shape[2])) for index in (place.floor(), place.ceil())
    )
    share = (place - place.floor())[..., None]
    return torch.lerp(below, above, share if smooth else (share >= 0.5).to(share.dtype))
