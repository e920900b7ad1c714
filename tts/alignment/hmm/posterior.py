"""Where in a recording the path of its text is: the chain of `tts.ops` over the likelihoods of an acoustic model.

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
class Spoken:
    """A recording and what is said in it, ready to be aligned."""

    name: str
    features: Tensor
    """`[T, C]`."""
    tokens: Tokens
    path: StatePath


@dataclass(frozen=True)
class Heard:
    """What the model makes of a recording."""

    spoken: Spoken
    rows: Tensor
    """The states of the model that are on the path, `[R]`."""
    places: Tensor
    """Which of `rows` each state of the path is, `[N]`."""
    components: Tensor
    """Log densities of their Gaussians, `[T, R, M]`."""
    posterior: Tensor
    """Where the path is, `[T, N]`."""
    score: float
    """Log-likelihood per frame."""

    @property
    def occupancy(self) -> Tensor:
        """How much every frame is in each of `rows`, `[T, R]`."""
        frames = torch.zeros(len(self.posterior), len(self.rows))
        return frames.index_add_(1, self.places, self.posterior)


def batches(spoken: Sequence[Spoken]) -> Iterator[list[Spoken]]:
    """Recordings of similar length together, some `CELLS_PER_BATCH` at a time."""
    batch: list[Spoken] = []
    for item in sorted(spoken, key=lambda s: len(s.features)):
        batch.append(item)
        if len(batch) * len(item.features) * len(item.path.states) > CELLS_PER_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def hear(mixtures: Mixtures, batch: Sequence[Spoken]) -> Iterator[Heard]:
    """The posterior of every recording's path.

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
        rows, places = torch.tensor(item.path.states).unique(return_inverse=True)
        components = mixtures.take(rows).components(item.features)
        energy[b, 0, : mels[b], : texts[b]] = components.logsumexp(-1)[:, places]
        skippable[b, : texts[b]] = torch.tensor(item.path.skippable)
        found.append((rows, places, components))
    gamma, log_z = stepwise_marginals(energy, texts, mels, skippable)
    for b, item in enumerate(batch):
        yield Heard(item, *found[b], gamma[b, 0, : mels[b], : texts[b]], float(log_z[b, 0] / mels[b]))
