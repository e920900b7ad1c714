"""The recursions as Triton kernels: one program per row (batch × heads), its state in registers.

A program holds all tokens of a row, at most 1,024, and loops over its frames; what a frame needs is prefetched `STAGES`
frames ahead, since a load takes longer than a frame. Neighbours exchange state through `tl.gather`, which stays
within a warp for short texts. Mathematics and signs are those of `tts.ops.cpu.kernels`, where they are explained.
"""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit
def _softplus(x):
    return tl.maximum(x, 0.0) + tl.log(1.0 + tl.exp(-tl.abs(x)))


@triton.jit
def _gates(value, n, last, LOGITS: tl.constexpr):
    """Stay and move of every token; the last one stays."""
    if LOGITS:
        x = tl.exp(-tl.abs(value))
        near = 1.0 / (1.0 + x)
        far = x * near
        stay = tl.where(value >= 0, near, far)
        move = tl.where(value >= 0, far, near)
    else:
        stay = value
        move = 1.0 - value
    return tl.where(n < last, stay, 1.0), tl.where(n < last, move, 0.0)


@triton.jit
def expectation(
    gate, start, texts, mels, alpha, H, T, N,
    LOGITS: tl.constexpr, HAS_START: tl.constexpr, STAGES: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    last = tl.load(texts + row // H) - 1
    length = tl.load(mels + row // H)
    mask = n < N
    left = tl.maximum(n - 1, 0)
    here = row * T * N + n
    if HAS_START:
        state = tl.load(start + row * N + n, mask=n <= last, other=0.0)
    else:
        state = tl.where(n == 0, 1.0, 0.0).to(alpha.dtype.element_ty)
    for t in tl.range(T, num_stages=STAGES):
        value = tl.load(gate + here, mask=(n < last) & (t < length), other=0.0)
        stay, move = _gates(value, n, last, LOGITS)
        arrived = tl.where(n > 0, tl.gather(state * move, left, 0), 0.0)
        moved = state * stay + arrived
        if HAS_START:
            state = moved
        else:
            state = tl.where(t > 0, moved, state)
        tl.store(alpha + here, tl.where((n <= last) & (t < length), state, 0.0), mask=mask)
        here += N


@triton.jit
def expectation_adjoint(
    grad, gate, start, texts, mels, alpha, dgate, dstart, H, T, N,
    LOGITS: tl.constexpr, HAS_START: tl.constexpr, STAGES: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    last = tl.load(texts + row // H) - 1
    length = tl.load(mels + row // H)
    mask = n < N
    right = tl.minimum(n + 1, BLOCK - 1)
    here = row * T * N + (T - 1) * N + n
    first = start + row * N + n
    zero = tl.zeros([BLOCK], dtype=alpha.dtype.element_ty)
    difference, stay, move, total = zero, zero, zero, zero
    for step in tl.range(T, num_stages=STAGES):
        t = T - 1 - step
        valid = (n < last) & (t < length)
        g = tl.load(grad + here, mask=(n <= last) & (t < length), other=0.0)
        g_right = tl.load(grad + here + 1, mask=valid, other=0.0)
        value = tl.load(gate + here, mask=valid, other=0.0)
        prev = tl.load(alpha + here - N, mask=valid & (t > 0), other=0.0)
        if HAS_START:
            prev += tl.load(first, mask=valid & (t == 0), other=0.0)
        onward = tl.gather(move * difference, right, 0)
        difference = tl.where(valid, g - g_right + stay * difference + onward, 0.0)
        total += g
        stay, move = _gates(value, n, last, LOGITS)
        slope = prev * difference
        if LOGITS:
            slope = slope * stay * move
        tl.store(dgate + here, tl.where(valid, slope, 0.0), mask=mask)
        here -= N
    if HAS_START:
        # G[n] = Σ of the differences from n on, and all that ever reached the last token; then through the first gates.
        reached = tl.sum(tl.where(n == last, total, 0.0), 0)
        whole = tl.where(n <= last, tl.cumsum(difference, 0, reverse=True) + reached, 0.0)
        tl.store(dstart + row * N + n, whole * stay + tl.gather(whole, right, 0) * move, mask=n <= last)


@triton.jit
def look_ahead(energy, texts, mels, gate, log_z, H, T, N, STAGES: tl.constexpr, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    last = tl.load(texts + row // H) - 1
    length = tl.load(mels + row // H)
    mask = n < N
    left, right = tl.maximum(n - 1, 0), tl.minimum(n + 1, BLOCK - 1)
    here = row * T * N + (T - 1) * N + n
    gap = tl.full([BLOCK], float("inf"), dtype=gate.dtype.element_ty)
    for step in tl.range(T, num_stages=STAGES):
        t = T - 1 - step
        e = tl.load(energy + here, mask=(n <= last) & (t < length), other=0.0)
        e_right = tl.load(energy + here + 1, mask=(n < last) & (t < length), other=0.0)
        onward = tl.where(n + 1 < last, tl.gather(_softplus(gap), right, 0), 0.0)
        earlier = e_right - e - _softplus(-gap) + onward
        gap = tl.where(t < length - 1, earlier, gap)
        # What decides between frames t − 1 and t is known once frame t is.
        if t > 0:
            tl.store(gate + here, tl.where((n < last) & (t < length), -gap, 0.0), mask=mask)
        else:
            tl.store(gate + here, tl.zeros([BLOCK], dtype=gate.dtype.element_ty), mask=mask)
        here -= N
    tl.debug_barrier()
    # log Z along the likelier step at each frame.
    here = row * T * N + n
    at = n == 0
    total = tl.where(at, tl.load(energy + here, mask=at, other=0.0), 0.0).to(tl.float64)
    for _ in tl.range(1, length, num_stages=STAGES):
        here += N
        z = tl.load(gate + here, mask=n < last, other=0.0)
        e = tl.load(energy + here, mask=n <= last, other=0.0)
        total += tl.where(at & (n < last), tl.log(1.0 + tl.exp(-tl.abs(z))), 0.0).to(tl.float64)
        leaves = at & (n < last) & (z < 0)
        arrives = (n > 0) & (tl.gather(leaves.to(tl.int32), left, 0) > 0)
        at = (at & ~leaves) | arrives
        total += tl.where(at, e, 0.0).to(tl.float64)
    tl.store(log_z + row, tl.sum(total, 0).to(log_z.dtype.element_ty))


@triton.jit
def chain_adjoint(dgate, dlog_z, gate, texts, mels, denergy, H, T, N, STAGES: tl.constexpr, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    last = tl.load(texts + row // H) - 1
    length = tl.load(mels + row // H)
    left = tl.maximum(n - 1, 0)
    here = row * T * N + n
    state = tl.where(n == 0, tl.load(dlog_z + row), 0.0)
    for t in tl.range(T, num_stages=STAGES):
        valid = (n < last) & (t < length)
        value = tl.load(gate + here, mask=valid, other=0.0)
        slope = tl.load(dgate + here, mask=valid, other=0.0)
        stay, move = _gates(value, n, last, True)
        arrived = tl.where(n > 0, tl.gather(state * move - slope, left, 0), 0.0)
        state = tl.where(t > 0, state * stay + slope + arrived, state)
        tl.store(denergy + here, tl.where((n <= last) & (t < length), state, 0.0), mask=n < N)
        here += N


@triton.jit
def best_path(
    energy,
    texts,
    mels,
    backpointers,
    durations,
    H,
    T,
    N,
    FRAMES_A_WORD: tl.constexpr,
    STAGES: tl.constexpr,
    BLOCK: tl.constexpr,
):
    # `backpointers` has a bit for every frame of a token, FRAMES_A_WORD of them to a word.
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    last = tl.load(texts + row // H) - 1
    length = tl.load(mels + row // H)
    left = tl.maximum(n - 1, 0)
    here = row * T * N + n
    words = backpointers + row * ((T + FRAMES_A_WORD - 1) // FRAMES_A_WORD) * N + n
    best = tl.where(n == 0, tl.load(energy + here, mask=n <= last, other=0.0), -float("inf"))
    word = tl.zeros([BLOCK], dtype=tl.int32)
    for t in tl.range(1, length, num_stages=STAGES):
        here += N
        e = tl.load(energy + here, mask=n <= last, other=0.0)
        moves = tl.where(n > 0, tl.gather(best, left, 0), -float("inf"))
        bit = t % FRAMES_A_WORD
        word = tl.where(bit == 0, 0, word) | ((moves > best).to(tl.int32) << bit).to(tl.int32)
        whole = (bit == FRAMES_A_WORD - 1) | (t == length - 1)
        tl.store(words + (t // FRAMES_A_WORD) * N, word, mask=(n <= last) & whole)
        best = tl.where(moves > best, moves, best) + e
    tl.debug_barrier()
    token, count = last, last * 0
    for step in range(length - 1):
        t = length - 1 - step
        bit = t % FRAMES_A_WORD
        if (step == 0) | (bit == FRAMES_A_WORD - 1):
            word = tl.load(words + (t // FRAMES_A_WORD) * N, mask=n <= last, other=0)
        count += 1
        stepped = tl.sum(tl.where(n == token, (word >> bit) & 1, 0), 0) > 0
        moves = (token > 0) & (stepped | (token >= t))
        tl.store(durations + row * N + token, count, mask=moves)
        count = tl.where(moves, 0, count)
        token = tl.where(moves, token - 1, token)
    tl.store(durations + row * N + token, count + 1)
