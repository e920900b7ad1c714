"""Gaussian mixtures of every state, trained by expectation–maximisation (Rabiner 1989; Young et al., *The HTK Book*).

S states, M Gaussians each, C features.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

SPREAD = 0.2
"""Standard deviations by which the halves of a split Gaussian are set apart."""
LEAST_FRAMES = 10.0
"""A Gaussian with a smaller occupancy keeps its mean and variance."""


@dataclass
class Mixtures:
    """Diagonal Gaussians: means and variances `[S, M, C]`, weights `[S, M]`, float32. One of weight 0 is not there."""

    means: Tensor
    variances: Tensor
    weights: Tensor

    @classmethod
    def standard(cls, states: int, mixtures: int, features: int) -> Mixtures:
        """One Gaussian per state, of mean 0 and variance 1, and room for more."""
        shape = (states, mixtures, features)
        weights = torch.zeros(states, mixtures)
        weights[:, 0] = 1
        return cls(torch.zeros(shape), torch.ones(shape), weights)

    def components(self, x: Tensor) -> Tensor:
        """Log density of each weighted Gaussian at `[T, C]` → `[T, S, M]`."""
        states, mixtures, features = self.means.shape
        precision = 1 / self.variances
        constant = (self.means.square() * precision + self.variances.log()).sum(-1) + features * math.log(2 * math.pi)
        constant = self.weights.log() - 0.5 * constant
        linear = (self.means * precision).flatten(0, 1).T
        square = -0.5 * precision.flatten(0, 1).T
        return (x @ linear + x.square() @ square + constant.flatten()).unflatten(-1, (states, mixtures))

    def split_gaussians(self, states: range, generator: torch.Generator) -> Mixtures:
        """Twice as many in some states that have equally many, the halves of each a little apart, in a random
        direction."""
        means, variances, weights = self.means.clone(), self.variances.clone(), self.weights.clone()
        count = int((weights[states[0]] > 0).sum())
        rows, old, new = slice(states.start, states.stop), slice(count), slice(count, 2 * count)
        spread = variances[rows, old].sqrt()
        signs = 2.0 * torch.randint(2, spread.shape, generator=generator) - 1
        means[rows, new] = means[rows, old] + SPREAD * signs * spread
        means[rows, old] -= SPREAD * signs * spread
        variances[rows, new] = variances[rows, old]
        weights[rows, old] /= 2
        weights[rows, new] = weights[rows, old]
        return Mixtures(means, variances, weights)

    def take(self, states: Tensor) -> Mixtures:
        """The given states, in that order, also repeatedly."""
        return Mixtures(self.means[states], self.variances[states], self.weights[states])


class Statistics:
    """Sums over frames from which mixtures are estimated anew; float64."""

    def __init__(self, mixtures: Mixtures) -> None:
        self.mixtures = mixtures
        states, gaussians, features = mixtures.means.shape
        self.counts = torch.zeros(states * gaussians, dtype=torch.float64)
        self.sums = torch.zeros(states * gaussians, features, dtype=torch.float64)
        self.squares = torch.zeros_like(self.sums)

    def add(self, x: Tensor, rows: Tensor, components: Tensor, occupancy: Tensor) -> None:
        """Frames `[T, C]`, the states `rows` `[R]` that they may be in, the log densities `components` `[T, R, M]` of
        these, and their occupancy `[T, R]`."""
        gaussians = components.shape[-1]
        responsibilities = (components.softmax(-1) * occupancy[..., None]).flatten(1)
        index = (rows[:, None] * gaussians + torch.arange(gaussians)).flatten()
        self.counts.index_add_(0, index, responsibilities.sum(0).double())
        self.sums.index_add_(0, index, (responsibilities.T @ x).double())
        self.squares.index_add_(0, index, (responsibilities.T @ x.square()).double())

    def merge(self, other: Statistics) -> None:
        """Add what `other`, of the same mixtures, has gathered."""
        self.counts += other.counts
        self.sums += other.sums
        self.squares += other.squares

    def estimate(self, least_variance: float) -> Mixtures:
        """The mixtures of highest likelihood."""
        old = self.mixtures
        shape = old.means.shape
        counts = self.counts.clamp(min=1e-3)[:, None]
        means = self.sums / counts
        variances = (self.squares / counts - means.square()).clamp(min=least_variance)
        enough = (self.counts > LEAST_FRAMES).view(shape[:2])[..., None]
        weights = (self.counts.view(shape[:2]) + 1) * (old.weights > 0)
        return Mixtures(
            torch.where(enough, means.float().view(shape), old.means),
            torch.where(enough, variances.float().view(shape), old.variances),
            (weights / weights.sum(1, keepdim=True)).float(),
        )
