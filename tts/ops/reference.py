"""The recursions as their formulas read, in plain torch: slow, differentiable, on any device; the tests' reference.

Shapes: energies, gates and alignments `[B, H, T, N]`, time before text; lengths int64 `[B]`.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

IMPOSSIBLE = -1e30
"""Stands for log 0: adding two of them still gives a number, so that no gradient turns into NaN."""


def valid_mask(text_lengths: Tensor, mel_lengths: Tensor, shape: torch.Size) -> Tensor:
    """True within the lengths, `[B, 1, T, N]`."""
    frames = torch.arange(shape[2], device=mel_lengths.device) < mel_lengths[:, None]
    tokens = torch.arange(shape[3], device=text_lengths.device) < text_lengths[:, None]
    return frames[:, None, :, None] & tokens[:, None, None, :]


def expectation(
    stay: Tensor, text_lengths: Tensor, mel_lengths: Tensor, initial: Tensor | None, from_logits: bool
) -> Tensor:
    """α[t,n] = α[t−1,n]·stay[t,n] + α[t−1,n−1]·(1 − stay[t,n−1])."""
    move = torch.sigmoid(-stay) if from_logits else 1 - stay
    stay = torch.sigmoid(stay) if from_logits else stay
    tokens = torch.arange(stay.shape[3], device=stay.device)
    absorbing = (tokens == text_lengths[:, None] - 1)[:, None, None, :]
    stay = torch.where(absorbing, 1.0, stay)
    move = torch.where(absorbing, 0.0, move)
    previous = (tokens == 0).to(stay.dtype).expand(stay.shape[0], stay.shape[1], -1) if initial is None else initial
    frames = []
    for t, (keep, leave) in enumerate(zip(stay.unbind(2), move.unbind(2), strict=True)):
        if t > 0 or initial is not None:
            previous = previous * keep + F.pad(previous * leave, (1, -1))
        frames.append(previous)
    alpha = torch.stack(frames, 2) if frames else stay
    return torch.where(valid_mask(text_lengths, mel_lengths, stay.shape), alpha, 0.0)


def monotonic(
    stop: Tensor, text_lengths: Tensor, mel_lengths: Tensor, initial: Tensor | None, from_logits: bool
) -> Tensor:
    """q[t,n] = q[t,n−1]·(1 − stop[t,n−1]) + α[t−1,n]; α[t,n] = stop[t,n]·q[t,n]."""
    skip = torch.sigmoid(-stop) if from_logits else 1 - stop
    stop = torch.sigmoid(stop) if from_logits else stop
    inside = torch.arange(stop.shape[3], device=stop.device) < text_lengths[:, None]
    stop = torch.where(inside[:, None, None], stop, 0.0)
    first = (torch.arange(stop.shape[3], device=stop.device) == 0).to(stop.dtype)
    previous = first.expand(stop.shape[0], stop.shape[1], -1) if initial is None else initial
    frames = []
    for attend, leave in zip(stop.unbind(2), skip.unbind(2), strict=True):
        reached, row = torch.zeros_like(previous[..., 0]), []
        for n in range(stop.shape[3]):
            reached = reached + previous[..., n]
            row.append(reached * attend[..., n])
            reached = reached * leave[..., n]
        previous = torch.stack(row, -1)
        frames.append(previous)
    alpha = torch.stack(frames, 2) if frames else stop
    return torch.where(valid_mask(text_lengths, mel_lengths, stop.shape), alpha, 0.0)


def filtering(energy: Tensor, text_lengths: Tensor, mel_lengths: Tensor, move: Tensor | None) -> tuple[Tensor, Tensor]:
    """w[t,n] ∝ exp e[t,n] · (w[t−1,n]·(1 − σ(move[t])) + w[t−1,n−1]·σ(move[t])) → w and log w."""
    mask = valid_mask(text_lengths, mel_lengths, energy.shape)
    energy = torch.where(mask, energy, IMPOSSIBLE)
    if move is None:
        move = energy.new_zeros(energy.shape[:3])
    first = torch.arange(energy.shape[3], device=energy.device) == 0
    row = torch.where(first, 0.0, IMPOSSIBLE).expand_as(energy[:, :, 0])
    frames = []
    for t, scores in enumerate(energy.unbind(2)):
        if t > 0:
            arriving = F.pad(row, (1, -1), value=IMPOSSIBLE) + F.logsigmoid(move[:, :, t, None])
            row = torch.logaddexp(row + F.logsigmoid(-move[:, :, t, None]), arriving)
            row = (row + scores).clamp(min=IMPOSSIBLE).log_softmax(-1)
        frames.append(row)
    weights = torch.stack(frames, 2) if frames else energy
    return torch.where(mask, weights.exp(), 0.0), weights


def _predecessors(score: Tensor, skippable: Tensor) -> Tensor:
    """The three ways a path gets to (t, n), `[3, B, H, N]`: staying, from n−1, from n−2 over a skippable n−1."""
    one = F.pad(score, (1, -1), value=IMPOSSIBLE)
    two = F.pad(score, (2, -2), value=IMPOSSIBLE) if score.shape[-1] > 1 else torch.full_like(score, IMPOSSIBLE)
    skipped = F.pad(skippable, (1, -1), value=False)[:, None]
    return torch.stack([score, one, torch.where(skipped, two, IMPOSSIBLE)])


def _successors(score: Tensor, skippable: Tensor) -> Tensor:
    """The three ways a path leaves (t, n), `[3, B, H, N]`, mirrored."""
    flipped = _predecessors(score.flip(-1), skippable.flip(-1))
    return flipped.flip(-1)


def _no_skips(energy: Tensor, skippable: Tensor | None) -> Tensor:
    if skippable is not None:
        return skippable
    return torch.zeros(energy.shape[0], energy.shape[3], dtype=torch.bool, device=energy.device)


def marginals(
    energy: Tensor, text_lengths: Tensor, mel_lengths: Tensor, skippable: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Forward–backward over the chain in log space → (γ `[B,H,T,N]`, log Z `[B,H]`)."""
    skippable = _no_skips(energy, skippable)
    frames, tokens = energy.shape[2:]
    mask = valid_mask(text_lengths, mel_lengths, energy.shape)
    # Double: the sums over thousands of frames keep too few digits for their differences.
    dtype, energy = energy.dtype, torch.where(mask, energy.double(), IMPOSSIBLE)
    start = torch.arange(tokens, device=energy.device) == 0
    final = (torch.arange(tokens, device=energy.device) == text_lengths[:, None] - 1)[:, None]
    last_frame = mel_lengths[:, None, None] - 1

    forward = [torch.where(start, energy[:, :, 0], IMPOSSIBLE)]
    for t in range(1, frames):
        forward.append(torch.logsumexp(_predecessors(forward[-1], skippable), 0) + energy[:, :, t])
    backward = [torch.where(final, 0.0, IMPOSSIBLE).expand_as(forward[0])]
    for t in range(frames - 2, -1, -1):
        onward = torch.logsumexp(_successors(backward[-1] + energy[:, :, t + 1], skippable), 0)
        backward.append(torch.where(t < last_frame, onward, torch.where(final, 0.0, IMPOSSIBLE)))
    before, after = torch.stack(forward, 2), torch.stack(backward[::-1], 2)
    log_z = (before[:, :, 0] + after[:, :, 0])[:, :, 0]
    gamma = torch.exp(before + after - log_z[:, :, None, None])
    return torch.where(mask, gamma, 0.0).to(dtype), log_z.to(dtype)


def viterbi(energy: Tensor, text_lengths: Tensor, mel_lengths: Tensor, skippable: Tensor | None) -> Tensor:
    """Frames per token on the best path, int64 `[B, H, N]`. Of equally good paths, the one that stays."""
    skippable = _no_skips(energy, skippable)
    batch, heads, frames, tokens = energy.shape
    energy = energy.double()
    best = torch.full((batch, heads, tokens), IMPOSSIBLE, dtype=energy.dtype, device=energy.device)
    best[..., 0] = energy[:, :, 0, 0]
    backpointers = []
    for t in range(1, frames):
        value, step_back = _predecessors(best, skippable).max(0)
        backpointers.append(step_back)
        best = value + energy[:, :, t]
    durations = torch.zeros(batch, heads, tokens, dtype=torch.int64, device=energy.device)
    for b in range(batch):
        for h in range(heads):
            n = int(text_lengths[b]) - 1
            durations[b, h, n] += 1
            for t in range(int(mel_lengths[b]) - 1, 0, -1):
                n -= int(backpointers[t - 1][b, h, n])
                durations[b, h, n] += 1
    return durations
