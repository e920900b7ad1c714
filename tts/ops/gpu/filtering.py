"""The chain's posterior from the frames so far as Triton kernels: mathematics of `tts.ops.cpu.filtering`."""

from __future__ import annotations

import triton
import triton.language as tl

IMPOSSIBLE = tl.constexpr(-1e30)


@triton.jit
def _log_sigmoid(x):
    return tl.minimum(x, 0.0) - tl.log(1.0 + tl.exp(-tl.abs(x)))


@triton.jit
def _transitions(before, n, t, left, logit):
    """log weights of having stayed and of having moved on."""
    stay = tl.where(n < t, before + _log_sigmoid(-logit), IMPOSSIBLE)
    onward = tl.where(n > 0, tl.gather(before, left, 0) + _log_sigmoid(logit), IMPOSSIBLE)
    return stay, onward


@triton.jit
def weights(
    energy, move, texts, mels, weight, logs, H, T, N,
    HAS_MOVE: tl.constexpr, STAGES: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    text = tl.load(texts + row // H)
    length = tl.load(mels + row // H)
    mask = n < N
    left = tl.maximum(n - 1, 0)
    here = row * T * N + n
    state = tl.where(n == 0, 0.0, IMPOSSIBLE).to(weight.dtype.element_ty)
    for t in tl.range(T, num_stages=STAGES):
        valid = (n < text) & (n <= t) & (t < length)
        scores = tl.load(energy + here, mask=valid, other=0.0)
        if HAS_MOVE:
            logit = tl.load(move + row * T + t)
        else:
            logit = 0.0
        stay, onward = _transitions(state, n, t, left, logit)
        largest = tl.maximum(stay, onward)
        score = largest + tl.log(1.0 + tl.exp(tl.minimum(stay, onward) - largest)) + scores
        score = tl.where(valid, score, IMPOSSIBLE)
        score = score - tl.max(score, 0)
        score = score - tl.log(tl.sum(tl.exp(score), 0))
        state = tl.where(t > 0, tl.where(valid, score, IMPOSSIBLE), state).to(weight.dtype.element_ty)
        tl.store(weight + here, tl.where(valid, tl.exp(state), 0.0), mask=mask)
        tl.store(logs + here, tl.where(valid, state, IMPOSSIBLE), mask=mask)
        here += N


@triton.jit
def adjoint(
    grad, move, texts, mels, logs, denergy, dmove, H, T, N,
    HAS_MOVE: tl.constexpr, STAGES: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    text = tl.load(texts + row // H)
    length = tl.load(mels + row // H)
    mask = n < N
    left, right = tl.maximum(n - 1, 0), tl.minimum(n + 1, BLOCK - 1)
    here = row * T * N + (T - 1) * N + n
    later = tl.zeros([BLOCK], dtype=denergy.dtype.element_ty)
    for step in tl.range(T, num_stages=STAGES):
        t = T - 1 - step
        valid = (n < text) & (n <= t) & (t < length) & (t > 0)
        g = tl.load(grad + here, mask=valid, other=0.0)
        probability = tl.where(valid, tl.exp(tl.load(logs + here, mask=valid, other=IMPOSSIBLE)), 0.0)
        before = tl.load(logs + here - N, mask=valid & (n < t), other=IMPOSSIBLE)
        if HAS_MOVE:
            logit = tl.load(move + row * T + t)
        else:
            logit = 0.0
        stay, onward = _transitions(before, n, t, left, logit)
        slope = tl.where(valid, probability * (g - tl.sum(probability * g, 0)) + later, 0.0)
        x = tl.exp(-tl.abs(stay - onward))
        near, far = 1.0 / (1.0 + x), x / (1.0 + x)
        stayed = slope * tl.where(stay >= onward, near, far)
        moved = slope * tl.where(stay >= onward, far, near)
        stayed = tl.where(n < t, stayed, 0.0)
        moved = tl.where(n > 0, moved, 0.0)
        passed = tl.where(n + 1 < BLOCK, tl.gather(moved, right, 0), 0.0)
        later = tl.where(valid, stayed + passed, later).to(denergy.dtype.element_ty)
        tl.store(denergy + here, slope, mask=mask)
        if HAS_MOVE:
            odds = 1.0 / (1.0 + tl.exp(-tl.abs(logit)))
            p_move = tl.where(logit >= 0, odds, 1.0 - odds)
            change = tl.sum(moved * (1.0 - p_move) - stayed * p_move, 0)
            tl.store(dmove + row * T + t, tl.where((t > 0) & (t < length), change, 0.0))
        here -= N
