"""The recursions for the CPU, compiled by numba: one pass over memory each, text contiguous.

Kernels take contiguous arrays `[rows, T, N]`, rows being batch × heads, and release the GIL. Probabilities travel as
the pair (stay, move), never as `1 − stay`, which rounds small values away.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from numba import njit
from torch import Tensor

_compile = njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})


@_compile
def _expect(stay: Any, move: Any, start: Any, start_is_frame: bool, texts: Any, mels: Any, alpha: Any) -> None:
    for r in range(alpha.shape[0]):
        last = texts[r] - 1
        previous = start[r]
        for t in range(mels[r]):
            if t == 0 and start_is_frame:
                for n in range(last + 1):
                    alpha[r, t, n] = previous[n]
            elif last >= 0:
                for n in range(last):
                    alpha[r, t, n] = previous[n] * stay[r, t, n]
                alpha[r, t, last] = previous[last]
                for n in range(last):
                    alpha[r, t, n + 1] += previous[n] * move[r, t, n]
            previous = alpha[r, t]


@_compile
def _expect_adjoint(
    grad: Any,
    stay: Any,
    move: Any,
    start: Any,
    start_is_frame: bool,
    texts: Any,
    mels: Any,
    alpha: Any,
    dstay: Any,
) -> None:
    # Recurs on the differences D[n] = G[n] − G[n+1] of the adjoint G: cancelling them late costs digits.
    first = 1 if start_is_frame else 0
    for r in range(alpha.shape[0]):
        last = texts[r] - 1
        difference = np.zeros(last + 2, alpha.dtype)
        for t in range(mels[r] - 1, first - 1, -1):
            previous = alpha[r, t - 1] if t > 0 else start[r]
            onward = t + 1 < mels[r]
            for n in range(last):
                value = grad[r, t, n] - grad[r, t, n + 1]
                if onward:
                    value += stay[r, t + 1, n] * difference[n]
                    if n + 1 < last:
                        value += move[r, t + 1, n + 1] * difference[n + 1]
                difference[n] = value
                dstay[r, t, n] = previous[n] * value


@_compile
def _start_adjoint(grad: Any, stay: Any, move: Any, texts: Any, mels: Any, dstart: Any) -> None:
    for r in range(grad.shape[0]):
        last = texts[r] - 1
        for t in range(mels[r] - 1, -1, -1):
            for n in range(last + 1):
                total = grad[r, t, n] + dstart[r, n]
                dstart[r, n] = total
            for n in range(last):
                dstart[r, n] = dstart[r, n] * stay[r, t, n] + dstart[r, n + 1] * move[r, t, n]


@_compile
def _look_ahead(energy: Any, texts: Any, mels: Any, stay: Any, move: Any, log_z: Any) -> None:
    # Recurs on d[n] = (e+β)[t, n+1] − (e+β)[t, n] instead of β itself, whose size grows with T and eats the digits:
    # d[t−1, n] = Δe[t−1, n] − softplus(−d[t, n]) + softplus(d[t, n+1]). d = ∞ where only moving on reaches the end.
    for r in range(energy.shape[0]):
        last = texts[r] - 1
        gap = np.full(last + 1, np.inf, energy.dtype)
        for t in range(mels[r] - 1, 0, -1):
            softplus_here = 0.0
            softplus_minus = 0.0
            for n in range(last - 1, -1, -1):
                softplus_next = softplus_here
                value = gap[n]
                x = math.exp(-abs(value))
                log1p = math.log1p(x)
                if value > 0:
                    stay[r, t, n], move[r, t, n] = x / (1 + x), 1 / (1 + x)
                    softplus_here, softplus_minus = value + log1p, log1p
                else:
                    stay[r, t, n], move[r, t, n] = 1 / (1 + x), x / (1 + x)
                    softplus_here, softplus_minus = log1p, log1p - value
                gap[n] = energy[r, t - 1, n + 1] - energy[r, t - 1, n] - softplus_minus + softplus_next
        # log Z along the likelier step at each frame: every −log P is at most log 2, so nothing cancels.
        total = np.float64(0.0)
        if mels[r] > 0:
            n = 0
            total += energy[r, 0, 0]
            for t in range(1, mels[r]):
                if n < last:
                    if stay[r, t, n] >= 0.5:
                        total -= math.log(stay[r, t, n])
                    else:
                        total -= math.log(move[r, t, n])
                        n += 1
                total += energy[r, t, n]
        log_z[r] = total


@_compile
def _marginals_adjoint(dstay: Any, dlog_z: Any, stay: Any, move: Any, texts: Any, mels: Any, denergy: Any) -> None:
    # Gradients run forward through the backward messages: the expectation's recursion with a source term.
    for r in range(denergy.shape[0]):
        last = texts[r] - 1
        if mels[r] > 0 and last >= 0:
            denergy[r, 0, 0] = dlog_z[r]
        for t in range(1, mels[r]):
            for n in range(last):
                denergy[r, t, n] += denergy[r, t - 1, n] * stay[r, t, n]
                denergy[r, t, n + 1] += denergy[r, t - 1, n] * move[r, t, n]
                gate = dstay[r, t, n] * stay[r, t, n] * move[r, t, n]
                denergy[r, t, n] += gate
                denergy[r, t, n + 1] -= gate
            denergy[r, t, last] += denergy[r, t - 1, last]


@_compile
def _best_path(energy: Any, texts: Any, mels: Any, durations: Any) -> None:
    for r in range(energy.shape[0]):
        last, frames = texts[r] - 1, mels[r]
        moved = np.zeros((frames, last + 1), np.bool_)
        best = np.full(last + 1, -np.inf, energy.dtype)
        best[0] = energy[r, 0, 0]
        for t in range(1, frames):
            for n in range(last, -1, -1):
                if n > 0 and best[n - 1] > best[n]:
                    best[n] = best[n - 1]
                    moved[t, n] = True
                best[n] += energy[r, t, n]
        n = last
        for t in range(frames - 1, 0, -1):
            durations[r, n] += 1
            # A path that would not reach token 0 in time must move, whatever NaN or −inf made of the scores.
            if n > 0 and (moved[t, n] or n >= t):
                n -= 1
        durations[r, n] += 1


def _rows(tensor: Tensor) -> Any:
    return tensor.detach().contiguous().flatten(0, 1).numpy()


def _row_lengths(lengths: Tensor, heads: int) -> Any:
    return lengths.repeat_interleave(heads).numpy()


class _Expectation(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        gate: Tensor,
        initial: Tensor | None,
        text_lengths: Tensor,
        mel_lengths: Tensor,
        from_logits: bool,
    ) -> Tensor:
        stay = torch.sigmoid(gate) if from_logits else gate.contiguous()
        move = torch.sigmoid(-gate) if from_logits else 1 - gate
        batch, heads, _, tokens = gate.shape
        if initial is None:
            start = torch.zeros(batch, heads, tokens, dtype=gate.dtype)
            start[..., :1] = 1
        else:
            start = initial.to(gate.dtype).contiguous()
        alpha = torch.zeros_like(stay)
        texts, mels = _row_lengths(text_lengths, heads), _row_lengths(mel_lengths, heads)
        _expect(_rows(stay), _rows(move), _rows(start), initial is None, texts, mels, _rows(alpha))
        ctx.save_for_backward(stay, move, start, alpha, text_lengths, mel_lengths)
        ctx.has_initial, ctx.from_logits = initial is not None, from_logits
        return alpha

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        stay, move, start, alpha, text_lengths, mel_lengths = ctx.saved_tensors
        heads = stay.shape[1]
        texts, mels = _row_lengths(text_lengths, heads), _row_lengths(mel_lengths, heads)
        dstay = torch.zeros_like(stay)
        rows = _rows(grad), _rows(stay), _rows(move)
        _expect_adjoint(*rows, _rows(start), not ctx.has_initial, texts, mels, _rows(alpha), _rows(dstay))
        dstart = None
        if ctx.has_initial and ctx.needs_input_grad[1]:
            dstart = torch.zeros_like(start)
            _start_adjoint(*rows, texts, mels, _rows(dstart))
        return (dstay * stay * move if ctx.from_logits else dstay), dstart, None, None, None


class _Marginals(torch.autograd.Function):
    """γ is the expectation through the look-ahead gate; both adjoints are linear recursions over what is stored."""

    @staticmethod
    def forward(ctx: Any, energy: Tensor, text_lengths: Tensor, mel_lengths: Tensor) -> tuple[Tensor, Tensor]:
        batch, heads, _, tokens = energy.shape
        texts, mels = _row_lengths(text_lengths, heads), _row_lengths(mel_lengths, heads)
        stay, move, gamma = (torch.zeros(energy.shape, dtype=energy.dtype) for _ in range(3))
        log_z = torch.zeros(batch, heads, dtype=energy.dtype)
        _look_ahead(_rows(energy), texts, mels, _rows(stay), _rows(move), log_z.flatten().numpy())
        start = torch.zeros(batch, heads, tokens, dtype=energy.dtype)
        start[..., :1] = 1
        _expect(_rows(stay), _rows(move), _rows(start), True, texts, mels, _rows(gamma))
        ctx.save_for_backward(stay, move, start, gamma, text_lengths, mel_lengths)
        ctx.set_materialize_grads(False)
        return gamma, log_z

    @staticmethod
    def backward(ctx: Any, grad: Tensor | None, dlog_z: Tensor | None) -> tuple[Tensor | None, ...]:
        stay, move, start, gamma, text_lengths, mel_lengths = ctx.saved_tensors
        if grad is None:  # the gradient of log Z alone is γ
            return (gamma * dlog_z[..., None, None] if dlog_z is not None else None), None, None
        heads = stay.shape[1]
        texts, mels = _row_lengths(text_lengths, heads), _row_lengths(mel_lengths, heads)
        dstay, denergy = torch.zeros_like(stay), torch.zeros_like(stay)
        rows = _rows(stay), _rows(move)
        _expect_adjoint(_rows(grad), *rows, _rows(start), True, texts, mels, _rows(gamma), _rows(dstay))
        if dlog_z is None:
            dlog_z = torch.zeros(gamma.shape[:2], dtype=gamma.dtype)
        _marginals_adjoint(_rows(dstay), dlog_z.contiguous().flatten().numpy(), *rows, texts, mels, _rows(denergy))
        return denergy, None, None


def expectation(
    stay: Tensor, text_lengths: Tensor, mel_lengths: Tensor, initial: Tensor | None, from_logits: bool
) -> Tensor:
    return _Expectation.apply(stay, initial, text_lengths, mel_lengths, from_logits)


def marginals(energy: Tensor, text_lengths: Tensor, mel_lengths: Tensor) -> tuple[Tensor, Tensor]:
    return _Marginals.apply(energy, text_lengths, mel_lengths)


def viterbi(energy: Tensor, text_lengths: Tensor, mel_lengths: Tensor) -> Tensor:
    batch, heads, _, tokens = energy.shape
    durations = torch.zeros(batch, heads, tokens, dtype=torch.int64)
    texts, mels = _row_lengths(text_lengths, heads), _row_lengths(mel_lengths, heads)
    _best_path(_rows(energy), texts, mels, _rows(durations))
    return durations
