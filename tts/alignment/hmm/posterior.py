"""The posterior over a text's states in every frame of a recording: the chain of `tts.ops` over HMM likelihoods.

T frames, N states on the path of an utterance, R different ones among them, M Gaussians a state, C features.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from tts.alignment.hmm.mixtures import Mixtures
from tts.alignment.hmm.states import StatePath
from tts.ops import stepwise_marginals
from tts.text.tokens import Tokens

CELLS_PER_BATCH = 500_000
"""Frames × states that are aligned at a time."""


@dataclass(frozen=True)
class AlignerInput:
    """A recording and its text, ready to be aligned."""

    name: str
    features: Tensor
    """`[T, C]`."""
    tokens: Tokens
    path: StatePath


@dataclass(frozen=True)
class PathPosterior:
    """What forward–backward over the path of a recording's text gives."""

    input: AlignerInput
    rows: Tensor
    """The different states of the model on the path, `[R]`."""
    row_of: Tensor
    """For each state of the path, its index in `rows`, `[N]`."""
    components: Tensor
    """Log densities of their Gaussians, `[T, R, M]`."""
    gamma: Tensor
    """Probability of each state of the path in each frame, `[T, N]`."""
    score: float
    """Log-likelihood per frame."""

    @property
    def occupancy(self) -> Tensor:
        """State occupancy: probability of each of `rows` in each frame, `[T, R]`."""
        frames = torch.zeros(len(self.gamma), len(self.rows))
        return frames.index_add_(1, self.row_of, self.gamma)


def batches(inputs: Sequence[AlignerInput]) -> Iterator[list[AlignerInput]]:
    """Recordings of similar length together, some `CELLS_PER_BATCH` at a time."""
    batch: list[AlignerInput] = []
    for item in sorted(inputs, key=lambda s: len(s.features)):
        batch.append(item)
        if len(batch) * len(item.features) * len(item.path.states) > CELLS_PER_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def path_posteriors(mixtures: Mixtures, batch: Sequence[AlignerInput]) -> Iterator[PathPosterior]:
    """Forward–backward over every recording of a batch.

    Raises
    ------
    ValueError: a recording has fewer frames than its path has states that may not be skipped.
    """
    texts = torch.tensor([len(item.path.states) for item in batch])
    mels = torch.tensor([len(item.features) for item in batch])
    energy = torch.zeros(len(batch), 1, int(mels.max()), int(texts.max()))
    skippable = torch.zeros(len(batch), int(texts.max()), dtype=torch.bool)
    found: list[tuple[Tensor, Tensor, Tensor]] = []
    for b, item in enumerate(batch):
        rows, row_of = torch.tensor(item.path.states).unique(return_inverse=True)
        components = mixtures.take(rows).components(item.features)
        energy[b, 0, : mels[b], : texts[b]] = components.logsumexp(-1)[:, row_of]
        skippable[b, : texts[b]] = torch.tensor(item.path.skippable)
        found.append((rows, row_of, components))
    gamma, log_z = stepwise_marginals(energy, texts, mels, skippable)
    for b, item in enumerate(batch):
        yield PathPosterior(item, *found[b], gamma[b, 0, : mels[b], : texts[b]], float(log_z[b, 0] / mels[b]))
