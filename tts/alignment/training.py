"""How an aligner learns: expectation–maximisation over recordings and their texts, from coarse to fine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableMapping, Sequence
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from tts.alignment.aligner import Aligner
from tts.alignment.config import AlignerConfig
from tts.alignment.hmm.features import Cepstra
from tts.alignment.hmm.mixtures import Mixtures, Statistics
from tts.alignment.hmm.posterior import Spoken, batches, hear
from tts.alignment.hmm.states import StateTable
from tts.alignment.hmm.threads import in_threads
from tts.errors import UserError
from tts.text.tokens import Tokens, is_silence

Progress = Callable[[str, float], None]


def train_aligner(
    recordings: Iterable[tuple[str, Tensor, Tokens]],
    config: AlignerConfig,
    progress: Progress = lambda _stage, _likelihood: None,
    left_out: MutableMapping[str, str] | None = None,
) -> Aligner:
    """Learn from recordings and their tokens: one Gaussian a phone from evenly cut speech, then more Gaussians of
    silence, more states a phone, states in context, more Gaussians of phones, each followed by a few rounds of
    expectation–maximisation.

    Parameters
    ----------
    recordings: name, waveform `[samples]` at `config.sample_rate`, tokens; gone through once, so that a generator
        need never hold more than one waveform.
    progress: told the stage and the log-likelihood per frame after every round.
    left_out: told the names of recordings that are too short for their text to learn from, with the reason.

    Raises
    ------
    UserError: no recording is long enough for its text.
    """
    left_out = {} if left_out is None else left_out
    spoken, scale, phones = _heard_first(recordings, config, left_out)
    full, table = config.table(phones), StateTable(phones, 1)
    spoken = [replace(s, path=table.path(s.tokens, s.name)) for s in spoken]
    mixtures = Mixtures.standard(table.silence + 1, config.mixtures, config.cepstra)
    mixtures = _cut_evenly(spoken, mixtures, table, config)
    mixtures = _improve(mixtures, spoken, config, "one state a phone", progress)
    generator = torch.Generator().manual_seed(config.seed)
    # Silence first: what fades and echoes in it would otherwise be learnt as the end of the phones before.
    for count in config.doublings:
        mixtures = mixtures.split_gaussians(range(table.silence, table.silence + 1), generator)
        mixtures = _improve(mixtures, spoken, config, f"silence of {count} Gaussians", progress)
    for finer, stage in ((replace(full, in_context=False), f"{config.states} states"), (full, "states in context")):
        if config.states > 1:
            mixtures = mixtures.take(finer.origin(table))
            spoken = [replace(s, path=finer.path(s.tokens, s.name)) for s in spoken]
            mixtures = _improve(mixtures, spoken, config, stage, progress)
            table = finer
    for count in config.doublings:
        mixtures = mixtures.split_gaussians(range(table.silence), generator)
        mixtures = _improve(mixtures, spoken, config, f"{count} Gaussians", progress)
    return Aligner(config, table, mixtures, scale)


def _heard_first(
    recordings: Iterable[tuple[str, Tensor, Tokens]], config: AlignerConfig, left_out: MutableMapping[str, str]
) -> tuple[list[Spoken], Tensor, tuple[str, ...]]:
    """Recordings that can be learnt from, their features in units of the deviation `[C]` that is returned, and all
    their phones."""
    cepstra = Cepstra(config)
    heard = [
        (name, cepstra(wav) if len(wav) > config.n_fft else wav[:0, None], tokens) for name, wav, tokens in recordings
    ]
    phones = tuple(sorted({s for _, _, tokens in heard for s in tokens.symbols if not is_silence(s)}))
    table = config.table(phones)
    spoken = []
    for name, features, tokens in heard:
        path = table.path(tokens, name)
        frames, needed = len(features), len(path.states) - sum(path.skippable)
        if frames < max(needed, 1):
            left_out[name] = f"too short for its text: {frames} frames for {needed} states that it has to pass through"
        else:
            spoken.append(Spoken(name, features, tokens, path))
    if not spoken:
        raise UserError("no recording is long enough for its text: nothing to learn from")
    scale = torch.cat([s.features for s in spoken]).std(0).clamp(min=1e-3)
    return [replace(s, features=s.features / scale) for s in spoken], scale, phones


def _cut_evenly(spoken: Sequence[Spoken], mixtures: Mixtures, table: StateTable, config: AlignerConfig) -> Mixtures:
    """Estimated on speech cut evenly: what is loud belongs to the phones, the rest to the silence."""
    statistics = Statistics(mixtures)
    rows = torch.arange(len(mixtures.weights))
    for item in spoken:
        phones = torch.tensor([s for s in item.path.states if s != table.silence])
        loud = (item.features[:, 0] > 0).nonzero().flatten()
        first, end = int(loud[0]), int(loud[-1]) + 1
        occupancy = torch.zeros(len(item.features), len(rows))
        occupancy[:first, table.silence] = occupancy[end:, table.silence] = 1
        if len(phones):
            frames = torch.arange(first, end)
            place = (frames - first) * len(phones) // (end - first)
            occupancy[frames, phones[place]] = 1
        statistics.add(item.features, rows, mixtures.components(item.features), occupancy)
    return statistics.estimate(config.least_variance)


def _improve(
    mixtures: Mixtures, spoken: Sequence[Spoken], config: AlignerConfig, stage: str, progress: Progress
) -> Mixtures:
    """Rounds of expectation–maximisation."""
    frames = sum(len(item.features) for item in spoken)
    together = list(batches(spoken))
    for _ in range(config.iterations):
        statistics, likelihood = Statistics(mixtures), 0.0
        for part, score in in_threads(partial(_expect, mixtures), together):
            statistics.include(part)
            likelihood += score
        mixtures = statistics.estimate(config.least_variance)
        progress(stage, likelihood / frames)
    return mixtures


def _expect(mixtures: Mixtures, batch: Sequence[Spoken]) -> tuple[Statistics, float]:
    """What a batch says of the mixtures, and its log-likelihood."""
    statistics, likelihood = Statistics(mixtures), 0.0
    for heard in hear(mixtures, batch):
        statistics.add(heard.spoken.features, heard.rows, heard.components, heard.occupancy)
        likelihood += heard.score * len(heard.posterior)
    return statistics, likelihood
