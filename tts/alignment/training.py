"""Training of an aligner: expectation–maximisation over recordings and their texts, from coarse to fine."""

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
from tts.alignment.hmm.posterior import AlignerInput, batches, path_posteriors
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
    """Learn from recordings and their tokens: one Gaussian a phone from a flat start, then more Gaussians of
    silence, more states a phone, states in context, more Gaussians of phones, each followed by a few rounds of
    expectation–maximisation.

    Parameters
    ----------
    recordings: name, waveform `[samples]` at `config.sample_rate`, tokens; iterated over once, so that a generator
        need never hold more than one waveform.
    progress: called with the stage and the log-likelihood per frame after every round.
    left_out: receives the names of recordings that are too short for their text to learn from, with the reason.

    Raises
    ------
    UserError: no recording is long enough for its text.
    """
    left_out = {} if left_out is None else left_out
    inputs, scale, phones = _extract_features(recordings, config, left_out)
    full, table = config.table(phones), StateTable(phones, 1)
    inputs = [replace(s, path=table.path(s.tokens, s.name)) for s in inputs]
    mixtures = Mixtures.standard(table.silence + 1, config.mixtures, config.cepstra)
    mixtures = _flat_start(inputs, mixtures, table, config)
    mixtures = _run_em(mixtures, inputs, config, "one state a phone", progress)
    generator = torch.Generator().manual_seed(config.seed)
    # Silence first: its decays and echoes would otherwise be learnt as the ends of the phones before it.
    for count in config.doublings:
        mixtures = mixtures.split_gaussians(range(table.silence, table.silence + 1), generator)
        mixtures = _run_em(mixtures, inputs, config, f"silence of {count} Gaussians", progress)
    for finer, stage in ((replace(full, in_context=False), f"{config.states} states"), (full, "states in context")):
        if config.states > 1:
            mixtures = mixtures.take(finer.origin(table))
            inputs = [replace(s, path=finer.path(s.tokens, s.name)) for s in inputs]
            mixtures = _run_em(mixtures, inputs, config, stage, progress)
            table = finer
    for count in config.doublings:
        mixtures = mixtures.split_gaussians(range(table.silence), generator)
        mixtures = _run_em(mixtures, inputs, config, f"{count} Gaussians", progress)
    return Aligner(config, table, mixtures, scale)


def _extract_features(
    recordings: Iterable[tuple[str, Tensor, Tokens]], config: AlignerConfig, left_out: MutableMapping[str, str]
) -> tuple[list[AlignerInput], Tensor, tuple[str, ...]]:
    """Recordings that can be learnt from, their features in units of the deviation `[C]` that is returned, and all
    their phones."""
    cepstra = Cepstra(config)
    extracted = [
        (name, cepstra(wav) if len(wav) > config.n_fft else wav[:0, None], tokens) for name, wav, tokens in recordings
    ]
    phones = tuple(sorted({s for _, _, tokens in extracted for s in tokens.symbols if not is_silence(s)}))
    table = config.table(phones)
    inputs = []
    for name, features, tokens in extracted:
        path = table.path(tokens, name)
        frames, needed = len(features), len(path.states) - sum(path.skippable)
        if frames < max(needed, 1):
            left_out[name] = f"too short for its text: {frames} frames for {needed} states that it has to pass through"
        else:
            inputs.append(AlignerInput(name, features, tokens, path))
    if not inputs:
        raise UserError("no recording is long enough for its text: nothing to learn from")
    scale = torch.cat([s.features for s in inputs]).std(0).clamp(min=1e-3)
    return [replace(s, features=s.features / scale) for s in inputs], scale, phones


def _flat_start(
    inputs: Sequence[AlignerInput], mixtures: Mixtures, table: StateTable, config: AlignerConfig
) -> Mixtures:
    """Estimated on speech divided evenly among its phones: the loud stretch is theirs, the rest silence."""
    statistics = Statistics(mixtures)
    rows = torch.arange(len(mixtures.weights))
    for item in inputs:
        phones = torch.tensor([s for s in item.path.states if s != table.silence])
        loud = (item.features[:, 0] > 0).nonzero().flatten()
        first, end = int(loud[0]), int(loud[-1]) + 1
        occupancy = torch.zeros(len(item.features), len(rows))
        occupancy[:first, table.silence] = occupancy[end:, table.silence] = 1
        if len(phones):
            frames = torch.arange(first, end)
            index = (frames - first) * len(phones) // (end - first)
            occupancy[frames, phones[index]] = 1
        statistics.add(item.features, rows, mixtures.components(item.features), occupancy)
    return statistics.estimate(config.least_variance)


def _run_em(
    mixtures: Mixtures, inputs: Sequence[AlignerInput], config: AlignerConfig, stage: str, progress: Progress
) -> Mixtures:
    """Rounds of expectation–maximisation."""
    frames = sum(len(item.features) for item in inputs)
    grouped = list(batches(inputs))
    for _ in range(config.iterations):
        statistics, likelihood = Statistics(mixtures), 0.0
        for part, score in in_threads(partial(_e_step, mixtures), grouped):
            statistics.merge(part)
            likelihood += score
        mixtures = statistics.estimate(config.least_variance)
        progress(stage, likelihood / frames)
    return mixtures


def _e_step(mixtures: Mixtures, batch: Sequence[AlignerInput]) -> tuple[Statistics, float]:
    """Sufficient statistics of a batch, and its log-likelihood."""
    statistics, likelihood = Statistics(mixtures), 0.0
    for p in path_posteriors(mixtures, batch):
        statistics.add(p.input.features, p.rows, p.components, p.occupancy)
        likelihood += p.score * len(p.gamma)
    return statistics, likelihood
