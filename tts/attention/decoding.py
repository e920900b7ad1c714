"""Stepwise monotonic paths one frame at a time, for autoregressive decoders.

B batch, h monotonic heads, N tokens. A path is advanced frame by frame by the logits of staying on each token, and
gives its weights on the tokens: `[B, h, N]`, summing to one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

PathMode = Literal["soft", "hard"]


@dataclass(frozen=True)
class Bounds:
    """How a path may go through a text."""

    text_lengths: Tensor
    """int64 `[B]`, tokens."""
    shortest: Tensor
    """int64 `[B, N]`, frames that a stepwise path stays on each token at least."""
    longest: Tensor
    """int64 `[B, N]`, at most."""
    mode: PathMode = "soft"
    """`soft`, the expectation over paths, or `hard`, one token at a time."""


class StepwisePath(Protocol):
    def advance(self, stay: Tensor) -> Tensor:
        """Move to the next frame. `stay`: `[B, h, N]`, logits."""
        ...

    def extend(self, text_lengths: Tensor, shortest: Tensor, longest: Tensor) -> None:
        """Go on in a text that has become longer; the bounds of its first tokens are as before."""
        ...

    def farthest(self) -> int:
        """The last token that any head has read."""
        ...


class SoftPath:
    """The expectation over all paths whose stay on each token is within bounds: what training computes over all frames
    at once, without the paths that predicted durations rule out.

    The expectation spreads with every token, and in a long sentence or among equal words it would mix the sounds of
    neighbours. So each frame drops the paths that are not on the `width` neighbouring tokens of most probability, and
    weights the rest by the power `sharpness` of their probability.

    Parameters
    ----------
    shortest, longest: int64 `[B, N]`, frames.
    """

    def __init__(
        self, text_lengths: Tensor, shortest: Tensor, longest: Tensor, width: int = 2, sharpness: float = 4.0
    ) -> None:
        self.width, self.sharpness = width, sharpness
        self.stayed: Tensor | None = None
        """`[B, h, N, K]`, probability of being on each token for the k-th frame in a row."""
        self.extend(text_lengths, shortest, longest)

    def extend(self, text_lengths: Tensor, shortest: Tensor, longest: Tensor) -> None:
        stayed = torch.arange(1, int(longest.max()) + 1, device=longest.device)
        absorbing = F.one_hot(text_lengths - 1, longest.shape[1]).bool()[..., None]
        self.may_move = ((stayed >= shortest[..., None]) & ~absorbing)[:, None]
        self.must_move = ((stayed >= longest[..., None]) & ~absorbing)[:, None]
        if self.stayed is not None:
            tokens, most = self.may_move.shape[-2:]
            self.stayed = F.pad(self.stayed, (0, most - self.stayed.shape[-1], 0, tokens - self.stayed.shape[-2]))

    def farthest(self) -> int:
        return 0 if self.stayed is None else int(self.stayed.sum((0, 1, 3)).nonzero().max())

    def advance(self, stay: Tensor) -> Tensor:
        if self.stayed is None:
            self.stayed = stay.new_zeros(*stay.shape, self.may_move.shape[-1], dtype=torch.float32)
            self.stayed[:, :, 0, 0] = 1.0
        else:
            leaving = self.stayed * torch.where(
                self.must_move, 1.0, self.may_move * torch.sigmoid(-stay.float())[..., None]
            )
            staying = self.stayed - leaving
            arrived = F.pad(leaving.sum(-1)[..., :-1], (1, 0))
            self.stayed = torch.cat([arrived[..., None], staying[..., :-1]], -1)
            self.stayed[..., -1] += staying[..., -1]  # the last token's alone
        place = self.stayed.sum(-1)
        kept = self._likeliest(place)
        self.stayed = self.stayed * kept[..., None]
        place = place * kept
        self.stayed = self.stayed / place.sum(-1)[..., None, None]
        read = place**self.sharpness
        return read / read.sum(-1, keepdim=True)

    def _likeliest(self, place: Tensor) -> Tensor:
        """bool `[B, h, N]`: the neighbours that have the most of `place` `[B, h, N]` together."""
        width = min(self.width, place.shape[-1])
        first = place.unfold(-1, width, 1).sum(-1).argmax(-1, keepdim=True)
        token = torch.arange(place.shape[-1], device=place.device)
        return (token >= first) & (token < first + width)


class HardPath:
    """One token at a time. It moves on once a path drawn from the gates would have left the token with probability one
    half, not before the token's shortest and not after its longest stay.

    A gate compared with one half each frame by itself would never leave a token whose gate is 0.8 throughout, though
    such a stay lasts five frames on average.

    Parameters
    ----------
    shortest, longest: int64 `[B, N]`, frames.
    """

    def __init__(self, text_lengths: Tensor, shortest: Tensor, longest: Tensor) -> None:
        self.token: Tensor | None = None
        self.extend(text_lengths, shortest, longest)

    def extend(self, text_lengths: Tensor, shortest: Tensor, longest: Tensor) -> None:
        self.last, self.shortest, self.longest = text_lengths - 1, shortest, longest

    def farthest(self) -> int:
        return 0 if self.token is None else int(self.token.max())

    def advance(self, stay: Tensor) -> Tensor:
        if self.token is None:
            self.token = torch.zeros(stay.shape[:2], dtype=torch.long, device=stay.device)
            self.stayed = torch.ones_like(self.token)
            self.survival = torch.ones(stay.shape[:2], device=stay.device)
        else:
            here = stay.float().sigmoid().gather(2, self.token[..., None])[..., 0]
            self.survival = self.survival * here
            shortest, longest = (b.gather(1, self.token) for b in (self.shortest, self.longest))
            due = (self.survival < 0.5) & (self.stayed >= shortest) | (self.stayed >= longest)
            move = due & (self.token < self.last[:, None])
            self.token = self.token + move
            self.stayed = torch.where(move, 1, self.stayed + 1)
            self.survival = torch.where(move, 1.0, self.survival)
        return (torch.arange(stay.shape[2], device=stay.device) == self.token[..., None]).float()


class GivenPath:
    """The durations of a recording, int64 `[B, N]` frames, whatever the energies say; it stays on the last token.

    Parameters
    ----------
    reduction: frames a step.
    """

    def __init__(self, durations: Tensor, text_lengths: Tensor, reduction: int) -> None:
        self.ends, self.last, self.reduction, self.frame = durations.cumsum(1), text_lengths - 1, reduction, 0

    def advance(self, energy: Tensor, mel: Tensor) -> Tensor:
        token = (self.ends <= self.frame).sum(1).minimum(self.last)
        self.frame += self.reduction
        return F.one_hot(token, energy.shape[2]).float()[:, None].expand(-1, energy.shape[1], -1)
