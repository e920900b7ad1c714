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
"""A Gaussian that fewer frames speak for stays as it is."""


@dataclass
class Mixtures:
    """Diagonal Gaussians: means and variances `[S, M, C]`, weights `[S, M]`, float32."""

    means: Tensor
    variances: Tensor
    weights: Tensor

    @classmethod
    def standard(cls, states: int, features: int) -> Mixtures:
        """One Gaussian per state, of mean 0 and variance 1."""
        shape = (states, 1, features)
        return cls(torch.zeros(shape), torch.ones(shape), torch.ones(states, 1))

    def components(self, x: Tensor) -> Tensor:
        """Log density of each weighted Gaussian at `[T, C]` → `[T, S, M]`."""
        states, mixtures, features = self.means.shape
        precision = 1 / self.variances
        constant = (self.means.square() * precision + self.variances.log()).sum(-1) + features * math.log(2 * math.pi)
        constant = self.weights.log() - 0.5 * constant
        linear = (self.means * precision).flatten(0, 1).T
        square = -0.5 * precision.flatten(0, 1).T
        return (x @ linear + x.square() @ square + constant.flatten()).unflatten(-1, (states, mixtures))

    def split_gaussians(self) -> Mixtures:
        """Twice as many, the two halves of each a little apart."""
        apart = SPREAD * self.variances.sqrt()
        return Mixtures(
            torch.cat([self.means - apart, self.means + apart], 1),
            self.variances.repeat(1, 2, 1),
            self.weights.repeat(1, 2) / 2,
        )

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

    def add(self, x: Tensor, components: Tensor, occupancy: Tensor) -> None:
        """Frames `[T, C]`, their `components`, and how much each is in each state, `[T, S]`."""
        shares = (components.softmax(-1) * occupancy[..., None]).flatten(1)
        self.counts += shares.sum(0).double()
        self.sums += (shares.T @ x).double()
        self.squares += (shares.T @ x.square()).double()

    def estimate(self, least_variance: float) -> Mixtures:
        """The mixtures of highest likelihood."""
        old = self.mixtures
        shape = old.means.shape
        counts = self.counts.clamp(min=1e-3)[:, None]
        means = self.sums / counts
        variances = (self.squares / counts - means.square()).clamp(min=least_variance)
        spoken_for = (self.counts > LEAST_FRAMES).view(shape[:2])[..., None]
        weights = self.counts.view(shape[:2]) + 1
        return Mixtures(
            torch.where(spoken_for, means.float().view(shape), old.means),
            torch.where(spoken_for, variances.float().view(shape), old.variances),
            (weights / weights.sum(1, keepdim=True)).float(),
        )
