"""Raffel's recursion as Triton kernels: mathematics of `tts.ops.cpu.monotonic`. What goes from token to token is a
linear recurrence, and so an associative scan."""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit
def _compose(factor, addend, next_factor, next_addend):
    """Two steps x → factor·x + addend as one."""
    return factor * next_factor, next_factor * addend + next_addend


@triton.jit
def _stops(value, inside, LOGITS: tl.constexpr):
    """Stopping and passing, 0 outside the text."""
    if LOGITS:
        x = tl.exp(-tl.abs(value))
        near = 1.0 / (1.0 + x)
        far = x * near
        stop = tl.where(value >= 0, near, far)
        skip = tl.where(value >= 0, far, near)
    else:
        stop = value
        skip = 1.0 - value
    return tl.where(inside, stop, 0.0), tl.where(inside, skip, 0.0)


@triton.jit
def _reached(before, skip, n, left):
    """q[n] = q[n−1]·skip[n−1] + before[n]."""
    passed = tl.where(n > 0, tl.gather(skip, left, 0), 0.0)
    _, reached = tl.associative_scan((passed, before), 0, _compose)
    return reached


@triton.jit
def expectation(
    gate, start, texts, mels, alpha, H, T, N,
    LOGITS: tl.constexpr, HAS_START: tl.constexpr, STAGES: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    inside = n < tl.load(texts + row // H)
    length = tl.load(mels + row // H)
    mask = n < N
    left = tl.maximum(n - 1, 0)
    here = row * T * N + n
    if HAS_START:
        state = tl.load(start + row * N + n, mask=inside, other=0.0)
    else:
        state = tl.where(n == 0, 1.0, 0.0).to(alpha.dtype.element_ty)
    for t in tl.range(T, num_stages=STAGES):
        value = tl.load(gate + here, mask=inside & (t < length), other=0.0)
        stop, skip = _stops(value, inside, LOGITS)
        state = (_reached(state, skip, n, left) * stop).to(alpha.dtype.element_ty)
        tl.store(alpha + here, tl.where(inside & (t < length), state, 0.0), mask=mask)
        here += N


@triton.jit
def adjoint(
    grad, gate, start, texts, mels, alpha, dgate, dstart, H, T, N,
    LOGITS: tl.constexpr, HAS_START: tl.constexpr, STAGES: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    text = tl.load(texts + row // H)
    inside = n < text
    length = tl.load(mels + row // H)
    mask = n < N
    left, right = tl.maximum(n - 1, 0), tl.minimum(n + 1, BLOCK - 1)
    here = row * T * N + (T - 1) * N + n
    if HAS_START:
        first = tl.load(start + row * N + n, mask=inside, other=0.0)
    else:
        first = tl.where(n == 0, 1.0, 0.0).to(alpha.dtype.element_ty)
    later = tl.zeros([BLOCK], dtype=alpha.dtype.element_ty)
    for step in tl.range(T, num_stages=STAGES):
        t = T - 1 - step
        valid = inside & (t < length)
        g = tl.load(grad + here, mask=valid, other=0.0)
        value = tl.load(gate + here, mask=valid, other=0.0)
        before = tl.where(t > 0, tl.load(alpha + here - N, mask=valid & (t > 0), other=0.0), first)
        stop, skip = _stops(value, inside, LOGITS)
        reached = _reached(before, skip, n, left)
        total = g + later
        _, whole = tl.associative_scan((skip, total * stop), 0, _compose, reverse=True)
        beyond = tl.where(n + 1 < text, tl.gather(whole, right, 0), 0.0)
        slope = (total - beyond) * reached
        if LOGITS:
            slope = slope * stop * skip
        tl.store(dgate + here, tl.where(valid, slope, 0.0), mask=mask)
        later = tl.where(valid, whole, 0.0).to(alpha.dtype.element_ty)
        here -= N
    if HAS_START:
        tl.store(dstart + row * N + n, later, mask=inside)
