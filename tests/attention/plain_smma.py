"""SMMA's formulas written plainly: one utterance, one head, one element at a time."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor

from tts.attention import StepwiseMonotonicMultiheadAttention


def stay_probability(gate: str, energy: Tensor, bias: Tensor | None, t: int, n: int) -> Tensor:
    if n == energy.shape[1] - 1:
        return torch.ones((), dtype=energy.dtype)
    if gate == "contrast":
        return torch.sigmoid(energy[t, n] - energy[t, n + 1])
    assert bias is not None
    return torch.sigmoid(energy[t, n] + bias)


def causal_path(gate: str, energy: Tensor, bias: Tensor | None) -> Tensor:
    frames, tokens = energy.shape
    zero, one = torch.zeros((), dtype=energy.dtype), torch.ones((), dtype=energy.dtype)
    rows = [[one if n == 0 else zero for n in range(tokens)]]
    for t in range(1, frames):
        row = []
        for n in range(tokens):
            mass = rows[-1][n] * stay_probability(gate, energy, bias, t, n)
            if n > 0:
                mass = mass + rows[-1][n - 1] * (1 - stay_probability(gate, energy, bias, t, n - 1))
            row.append(mass)
        rows.append(row)
    return torch.stack([torch.stack(row) for row in rows])


def posterior_path(energy: Tensor) -> Tensor:
    """Every path from the first token to the last, weighted by exp Σe."""
    frames, tokens = energy.shape
    paths = []
    for moving in itertools.combinations(range(1, frames), tokens - 1):
        paths.append([sum(t >= m for m in moving) for t in range(frames)])
    scores = torch.stack([torch.stack([energy[t, n] for t, n in enumerate(path)]).sum() for path in paths])
    one_hot = torch.nn.functional.one_hot(torch.tensor(paths), tokens).to(energy.dtype)
    return (scores.softmax(0)[:, None, None] * one_hot).sum(0)


def plainly(
    attention: StepwiseMonotonicMultiheadAttention, text: Tensor, mel: Tensor, prior: Tensor | None
) -> tuple[Tensor, Tensor, Tensor]:
    """Context, alignment and heads of one utterance, `[N, ·]` and `[T, ·]` in float64."""
    config, width = attention.config, attention.config.head_dim
    text_as_query = attention.query == "text"
    tunable = attention.smma_tunable
    values = attention.value_projection(mel if text_as_query else text)
    value_width = values.shape[1] // config.heads
    energies = []
    for h in range(config.heads):
        own = slice(h * width, (h + 1) * width)
        queries = mel @ attention.mel_projection.weight[own].T
        if text_as_query:
            queries = queries - queries.mean(0)
        keys = text @ attention.text_projection.weight[own].T
        energy = queries @ keys.T / width**0.5
        energies.append(energy + prior if prior is not None and not tunable else energy)

    rates = attention.focus.tolist()
    focused = rates.index(max(rates))
    if config.selection == "focused":
        monotonic = [focused]
    elif config.selection == "threshold":
        monotonic = [h for h, rate in enumerate(rates) if rate > config.focus_threshold]
    else:
        monotonic = list(range(config.heads))

    heads = [energy.softmax(1) for energy in energies]
    paths = {}
    if tunable:
        for h in monotonic:
            bias = attention.gate.bias[h] if config.gate == "sigmoid" else None
            lookahead = config.gate == "lookahead"
            paths[h] = posterior_path(energies[h]) if lookahead else causal_path(config.gate, energies[h], bias)
        for h in range(config.heads):
            if config.selection == "focused":
                heads[h] = paths[focused]
            elif h in paths:
                heads[h] = paths[h]
    used = list(paths.values()) if tunable else heads
    alignment = sum(used[1:], used[0]) / len(used)

    contexts = []
    for h in range(config.heads):
        value = values[:, h * value_width : (h + 1) * value_width]
        stepwise = tunable and (h in monotonic or config.selection == "focused")
        rows = []
        for query in range(len(text) if text_as_query else len(mel)):
            if not text_as_query:
                weight = heads[h][query]
            elif stepwise:
                weight = heads[h][:, query] / heads[h][:, query].sum().clamp(min=1e-5)
            else:
                weight = energies[h][:, query].softmax(0)
            rows.append((weight[:, None] * value).sum(0))
        contexts.append(torch.stack(rows))
    return attention.output_projection(torch.cat(contexts, 1)), alignment, torch.stack(heads)
